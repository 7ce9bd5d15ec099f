// Reads a journal from its first byte to its last: its records in order, how far it is good, and where it is damaged. Changes nothing.
import { open } from "node:fs/promises";
import { z } from "zod";
import { type Found, FrameReader, frameOf } from "./frames.ts";

const FORMAT = 1;
const CHUNK_BYTES = 1024 * 1024;
/** Places of damage that are told one by one. */
const DAMAGES_MAX = 20;

const head = z.object({ millrace_rows: z.number() });
/** Rows written anew end here; from then on changes. */
const end = z.object({ end: z.literal("rows"), s: z.number() });
const change = z.object({
  /** The change's number; of a row that was written anew that of the last change before. */
  s: z.number(),
  t: z.string(),
  k: z.record(z.string(), z.unknown()),
  /** The row; null or absent: it was deleted. */
  r: z.record(z.string(), z.unknown()).nullish(),
});
export type RowChange = z.infer<typeof change>;
const payload = z.union([change, end, head]);

export const HEAD = frameOf(JSON.stringify({ millrace_rows: FORMAT }));
export const endOfRows = (seq: number): Buffer => frameOf(JSON.stringify({ end: "rows", s: seq }));

export interface Damage {
  readonly atByte: number;
  readonly bytes: number;
}

export interface Scan {
  /** Up to here there are whole records; behind them what a kill tore. */
  readonly goodBytes: number;
  readonly tornBytes: number;
  readonly changes: number;
  readonly lastSeq: number;
  /** Size when it was written anew last; 0 when it never was. */
  readonly compactBytes: number;
  readonly damages: readonly Damage[];
}

export class JournalTooNew extends Error {
  override readonly name = "JournalTooNew";
}

/** Null when there is no file. Damaged records are left out. */
export async function scanJournal(
  path: string,
  each: (record: RowChange, bytes: number) => Promise<void> | void = () => undefined,
): Promise<Scan | null> {
  const file = await open(path, "r").catch((thrown: unknown) => {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  });
  if (file === null) return null;
  const scan = { goodBytes: 0, tornBytes: 0, changes: 0, lastSeq: 0, compactBytes: 0 };
  const damages: Damage[] = [];
  const noteDamage = ({ atByte, bytes }: Damage): void => {
    if (damages.length < DAMAGES_MAX) damages.push({ atByte, bytes });
  };
  const take = async (found: Found): Promise<void> => {
    if (found.kind !== "record") {
      if (found.kind === "damaged") noteDamage(found);
      else scan.tornBytes = found.bytes;
      return;
    }
    const bytes = Buffer.byteLength(found.payload) + frameOf("").length;
    scan.goodBytes = found.atByte + bytes;
    const record = payload.safeParse(JSON.parse(found.payload));
    if (!record.success) return noteDamage({ atByte: found.atByte, bytes });
    if ("millrace_rows" in record.data) {
      if (record.data.millrace_rows <= FORMAT) return;
      throw new JournalTooNew(
        `${path} has format ${record.data.millrace_rows}, this program knows up to ${FORMAT}: use the newer program`,
      );
    }
    scan.lastSeq = Math.max(scan.lastSeq, record.data.s);
    if ("end" in record.data) {
      scan.compactBytes = scan.goodBytes;
      return;
    }
    scan.changes++;
    await each(record.data, bytes);
  };
  try {
    const reader = new FrameReader();
    for (;;) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) break;
      for (const found of reader.push(buffer.subarray(0, bytesRead))) await take(found);
    }
    for (const found of reader.end()) await take(found);
  } finally {
    await file.close();
  }
  return { ...scan, damages };
}
