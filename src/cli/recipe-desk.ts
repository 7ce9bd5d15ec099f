// What a process that runs batch jobs answers about recipes to whoever reaches its data folder: subjects entered, a run begun and
// looked at. In rows that others read too; knows no flag and no socket.
import type { JobsService } from "../jobs/index.ts";
import { newSubjectSchema, SubjectTable } from "../recipes/index.ts";
import type { Store } from "../store/index.ts";
import type { ControlAnswer, ControlRequest } from "./control.ts";

export interface RecipeDesk {
  addSubjects(request: ControlRequest<"subjectsAdd">): Promise<ControlAnswer<"subjectsAdd">>;
  /** Null: there is no such job. */
  begin(job: string): Promise<string | null>;
  /** Null: there is no such run. */
  run(runId: string): Promise<ControlAnswer<"jobRun">>;
}

export function recipeDesk(jobs: JobsService, { session }: Store): RecipeDesk {
  const table = new SubjectTable(session);
  return {
    addSubjects: ({ subjects }) =>
      table.add(
        subjects.map((subject) => newSubjectSchema.parse(subject)),
        "file",
      ),
    begin: async (job) => (await jobs.runner.run(job, "person"))?.id ?? null,
    async run(runId) {
      const row = await jobs.table.run(runId);
      return row === null
        ? null
        : { status: row.status, errorMessage: row.error_message, summary: row.summary };
    },
  };
}
