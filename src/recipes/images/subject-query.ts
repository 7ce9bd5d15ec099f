// Subjects from an existing table: the configured SELECT, read in slices by id in transactions that may only read.
import { z } from "zod";
import { type SqlSession, StatementFailed } from "../../store/index.ts";
import type { NewSubject } from "./subject.ts";
import { subjectOfRow } from "./subject-file.ts";
import type { SubjectTable } from "./subject-table.ts";

const SLICE = 500;
const cell = z.union([z.string(), z.number(), z.boolean(), z.bigint()]).nullable();

export interface QueryParts {
  readonly session: SqlSession;
  readonly table: SubjectTable;
  readonly sql: string;
  readonly subjectsMax: number;
  readonly onBad: (id: string, why: string) => void;
  readonly signal: AbortSignal;
}

/** Rejects with QueryRefused where the database does not take the SELECT. */
export async function subjectsFromQuery(
  parts: QueryParts,
): Promise<{ readonly added: number; readonly changed: number; readonly bad: number }> {
  const { session, table, sql, subjectsMax, onBad, signal } = parts;
  const counts = { added: 0, changed: 0, bad: 0 };
  let after = "";
  for (let read = 0; read < subjectsMax; ) {
    const limit = Math.min(SLICE, subjectsMax - read);
    const rows = await slice(session, sql, after, limit, signal);
    read += rows.length;
    const subjects: NewSubject[] = [];
    for (const row of rows) {
      const { millrace_key: key, ...cells } = row;
      after = String(key);
      const subject = subjectOfRow(Object.entries(cells).map(([name, value]) => [name, textOf(value)]));
      if (typeof subject !== "string") subjects.push(subject);
      else {
        counts.bad++;
        onBad(after, subject);
      }
    }
    const { added, changed } = await table.add(subjects, "query");
    counts.added += added;
    counts.changed += changed;
    if (rows.length < limit) break;
  }
  return counts;
}

/** The configured SELECT is wrong: somebody has to mend it. */
export class QueryRefused extends Error {
  override readonly name = "QueryRefused";
}

async function slice(session: SqlSession, sql: string, after: string, limit: number, signal: AbortSignal) {
  const inner = sql.trim().replace(/;\s*$/, "");
  try {
    const [, rows] = await session.transaction(
      [
        { sql: "set transaction read only", values: [] },
        {
          // In lines of its own, so that a comment at its end ends there.
          sql: `select (q.id)::text collate "C" as millrace_key, q.* from (\n${inner}\n) as q
where (q.id)::text collate "C" > $1 order by 1 limit $2::integer`,
          values: [after, limit],
        },
      ],
      signal,
    );
    return rows ?? [];
  } catch (thrown) {
    if (thrown instanceof StatementFailed)
      throw new QueryRefused(`recipes.images.query: ${thrown.message}`, { cause: thrown });
    throw thrown;
  }
}

/** What is no text, number or truth is left out as if it were empty. */
function textOf(value: unknown): string {
  const parsed = cell.safeParse(value);
  return parsed.success && parsed.data !== null ? String(parsed.data) : "";
}
