// Cursors: where a slice ended, as an opaque word. Checked when it comes back, because anyone may send one.
import type { z } from "zod";

export class CursorInvalid extends Error {
  override readonly name = "CursorInvalid";
}

export const encodeCursor = (value: unknown): string =>
  Buffer.from(JSON.stringify(value), "utf8").toString("base64url");

export function decodeCursor<T>(cursor: string, shape: z.ZodType<T>): T {
  try {
    return shape.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
  } catch (thrown) {
    throw new CursorInvalid(`not a cursor of this list: ${cursor.slice(0, 100)}`, { cause: thrown });
  }
}

export const LIMIT_DEFAULT = 100;
export const LIMIT_MAX = 1000;

export const limitOf = (limit: number | undefined): number =>
  Math.min(LIMIT_MAX, Math.max(1, Math.trunc(limit ?? LIMIT_DEFAULT)));
