// Failure as a value. Only broken invariants throw (see assert.ts); all else returns a Result.

import { inspect } from "node:util";

export type Result<T, E> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: E };

export const ok = <T>(value: T): { readonly ok: true; readonly value: T } => ({ ok: true, value });
export const err = <E>(error: E): { readonly ok: false; readonly error: E } => ({ ok: false, error });

/** What was thrown, as an Error: JavaScript lets anything be thrown. */
export function asError(thrown: unknown): Error {
  if (thrown instanceof Error) return thrown;
  if (typeof thrown !== "object" || thrown === null) return new Error(String(thrown));
  // An error that lost its class between threads, or a bare object: what it says is kept.
  const message = "message" in thrown ? String(thrown.message) : inspect(thrown, { depth: 2 });
  return new Error(message, { cause: thrown });
}

/** One line for a log or a record: message and the chain of causes, without stacks. At most 1,000 characters. */
export function describe(thrown: unknown): string {
  const parts: string[] = [];
  let current: unknown = thrown;
  while (current !== undefined && current !== null && parts.length < 5) {
    const error = asError(current);
    const code = "code" in error && typeof error.code === "string" ? error.code : "";
    parts.push(error.message.startsWith(code) ? error.message : `${code}: ${error.message}`);
    current = error === current ? error.cause : undefined;
  }
  return parts.join(" <- ").slice(0, 1000);
}
