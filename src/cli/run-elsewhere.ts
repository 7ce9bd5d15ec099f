// `run` on a data folder that another process holds: subjects and run go to that process, whose settings they follow; here is only
// waited and told. Knows no table.
import { z } from "zod";
import { CODES } from "../model/index.ts";
import type { ImagesSummary, NewSubject } from "../recipes/index.ts";
import type { ExitCode } from "./command.ts";
import type { Control } from "./control.ts";
import type { Io } from "./io.ts";

const LOOK_MS = 250;

const count = z.number();
const summarySchema = z.object({
  recipe: z.literal("images"),
  ...{ taken: count, stored: count, unchanged: count, failed: count, skipped: count },
  codes: z.partialRecord(z.enum(CODES), count),
  ...{ bytes: count, due: count, elapsed_ms: count },
});

/** Where the lines of a file go; rejects as the process answers. */
export function subjectsElsewhere(control: Pick<Control, "subjectsAdd">) {
  return {
    async add(subjects: readonly NewSubject[]): Promise<{ added: number; changed: number }> {
      const answer = await control.subjectsAdd({ subjects: [...subjects] });
      if (!answer.ok) throw new Error(answer.error.message);
      return answer.value;
    },
  };
}

/** Begins the recipe there and waits for the run's end, whose summary it hands to `told`. */
export async function imagesElsewhere(
  { pid, control }: { readonly pid: number; readonly control: Control },
  told: (summary: ImagesSummary) => Promise<void>,
  io: Io,
): Promise<ExitCode> {
  const begun = await control.jobBegin({ job: "images" });
  if (!begun.ok) return io.failure(begun.error);
  if (begun.value === null)
    return io.failure({ code: "policy", message: `process ${pid} does not run this recipe` });
  for (;;) {
    const run = await control.jobRun({ runId: begun.value.runId });
    if (!run.ok) return io.failure(run.error);
    if (run.value === null) return io.failure({ code: "store", message: "the run's row is gone" });
    const { status, summary, errorMessage } = run.value;
    if (status === "failed")
      return io.failure({ code: "internal", message: errorMessage ?? "the run failed" });
    if (status === "completed") {
      const parsed = summarySchema.safeParse(JSON.parse(summary ?? "null"));
      if (!parsed.success)
        return io.failure({ code: "internal", message: "the run's summary is of another version" });
      await told(parsed.data);
      return 0;
    }
    try {
      await io.clock.sleep(LOOK_MS, io.stop);
    } catch {
      io.say(`the run goes on in process ${pid}`);
      return 0;
    }
  }
}
