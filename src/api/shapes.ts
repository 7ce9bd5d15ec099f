// What routes have in common: how a list is asked for, how times are written, and the answers every path may give.
import type { Readable } from "node:stream";
import { z } from "zod";
import { problemSchema } from "./problems.ts";

const problem = (description: string) => ({
  description,
  content: { "application/problem+json": { schema: problemSchema } },
});

/** Sent as it is, whether at once or as a stream; a string to whoever reads the schema. */
const sentAsIs: z.ZodType<string | Uint8Array | Readable> = z.string();

/** An answer that is no JSON: its media types, and what it holds. */
export const answerIn = (types: readonly string[], description: string) => ({
  description,
  content: Object.fromEntries(types.map((type) => [type, { schema: sentAsIs }])),
});

/** RFC 9457, for every path. */
export const problems = {
  "4xx": problem("The request cannot be answered as it is; `detail` says why."),
  "5xx": problem("Something went wrong here, or is away for now."),
};

const LIMIT_USUAL = 100;

/** `?limit=&cursor=` of every list; `limitMax` items at most. */
export const sliceOf = (limitMax: number) => ({
  limit: z.coerce.number().int().min(1).max(limitMax).default(Math.min(LIMIT_USUAL, limitMax)),
  cursor: z.string().min(1).max(4_096).optional(),
});

export const cursorOut = z
  .string()
  .nullable()
  .meta({ description: "for the next page; null: this was the last" });

export const time = z.iso.datetime();
export const isoOf = (atMs: number): string => new Date(atMs).toISOString();
export const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : isoOf(atMs));

/** Without the keys that were not given. */
export function given<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}
