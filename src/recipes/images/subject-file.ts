// Subjects from a CSV file: a header that names id, name and, as one likes, url and others, which become variables. Read as a
// stream, checked line by line; a bad line is told and left out. Writes in batches.
import { type Unpacked, unpackStream } from "../../base/index.ts";
import { csvRows } from "./csv.ts";
import { type NewSubject, newSubjectSchema } from "./subject.ts";
import type { SubjectTable } from "./subject-table.ts";

export interface SubjectFileCounts {
  readonly added: number;
  readonly changed: number;
  readonly bad: number;
}

export interface SubjectFileParts {
  readonly table: Pick<SubjectTable, "add">;
  readonly subjectsMax: number;
  /** A line that is left out, in words; or what ended the reading. */
  readonly onBad: (line: number, why: string) => void;
  readonly signal: AbortSignal;
}

const BATCH = 500;
/** What the file may unpack to, bytes. */
const OUTPUT_BYTES_MAX = 16 * 1024 ** 3;

/** Rejects with WrongHeader, or as reading and the table do; what was read before stays. */
export async function subjectsFromCsv(
  bytes: AsyncIterable<Uint8Array>,
  { table, subjectsMax, onBad, signal }: SubjectFileParts,
): Promise<SubjectFileCounts> {
  const counts = { added: 0, changed: 0, bad: 0 };
  let batch: NewSubject[] = [];
  const flush = async (): Promise<void> => {
    if (batch.length === 0) return;
    const { added, changed } = await table.add(batch, "file");
    counts.added += added;
    counts.changed += changed;
    batch = [];
  };
  const bad = (line: number, why: string): void => {
    counts.bad++;
    onBad(line, why);
  };
  let columns: readonly string[] | null = null;
  let taken = 0;
  for await (const { line, fields } of csvRows(texts(bytes, (why) => bad(0, why)))) {
    signal.throwIfAborted();
    if (!fields.ok) bad(line, fields.error);
    else if (columns === null) columns = columnsOf(fields.value);
    else {
      const subject = subjectOf(columns, fields.value);
      if (typeof subject === "string") bad(line, subject);
      else if (++taken > subjectsMax) {
        bad(
          line,
          `is beyond the ${subjectsMax} subjects of recipes.images.subjectsMax, as is all that follows`,
        );
        break;
      } else batch.push(subject);
      if (batch.length >= BATCH) await flush();
    }
  }
  await flush();
  return counts;
}

/** The file is no list of subjects. */
export class WrongHeader extends Error {
  override readonly name = "WrongHeader";
}

async function* texts(
  bytes: AsyncIterable<Uint8Array>,
  onBroken: (why: string) => void,
): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const unpacked of unpackStream(bytes, { outputBytesMax: OUTPUT_BYTES_MAX })) {
    if (!unpacked.ok) {
      onBroken(`reading stopped: ${unpacked.error.message}`);
      return;
    }
    const piece: Unpacked = unpacked.value;
    yield decoder.decode(piece.bytes, { stream: true });
  }
  yield decoder.decode();
}

function columnsOf(header: readonly string[]): readonly string[] {
  const columns = header.map((name) => name.trim());
  const lower = columns.map((name) => name.toLowerCase());
  for (const wanted of ["id", "name"])
    if (!lower.includes(wanted))
      throw new WrongHeader(
        `the first line must name the columns id and name; it is ${header.join(",").slice(0, 200)}`,
      );
  if (new Set(lower).size !== lower.length) throw new WrongHeader("the first line names a column twice");
  return columns.map((name, at) =>
    ["id", "name", "url"].includes(lower[at] ?? "") ? (lower[at] ?? "") : name,
  );
}

/** Or why it is none. */
function subjectOf(columns: readonly string[], fields: readonly string[]): NewSubject | string {
  if (fields.length > columns.length) return `has ${fields.length} fields, the first line ${columns.length}`;
  return subjectOfRow(columns.map((name, at) => [name, fields[at] ?? ""]));
}

/** Of a file or a table: names and texts; empty texts count as none. Or why it is no subject. */
export function subjectOfRow(cells: readonly (readonly [name: string, text: string])[]): NewSubject | string {
  const whole: Record<string, unknown> = {};
  const variables: Record<string, string> = {};
  for (const [name, text] of cells) {
    if (text.trim() === "") continue;
    if (["id", "name", "url"].includes(name)) whole[name] = text;
    else variables[name] = text;
  }
  const parsed = newSubjectSchema.safeParse({ ...whole, variables });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  return `${where}: ${issue?.message ?? "is not allowed"}`;
}
