// A module that is compiled beforehand and kept beside its sources, as far as it is used here: its memory and the functions it exports.
// Knows none of them by name.
import { readFileSync } from "node:fs";
import { z } from "zod";

/** The engine's own types know it only in a browser. */
declare const WebAssembly: {
  readonly Module: new (code: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: unknown };
};

export interface CompiledMemory {
  readonly buffer: ArrayBuffer;
  /** By pages of 64 KiB; every view of the buffer is empty afterwards. */
  grow(pages: number): number;
}

const isFunction = (value: unknown): boolean => typeof value === "function";

/** Of an export. What it takes and gives is what its source says. */
export const exported = <F>() => z.custom<F>(isFunction);

export const compiledMemory = z.custom<CompiledMemory>(
  (value) => z.object({ buffer: z.instanceof(ArrayBuffer) }).safeParse(value).success,
);

/** The module of that file; a thread needs one, however many instances it has. */
export function compiledModule(file: URL): object {
  return new WebAssembly.Module(readFileSync(file));
}

/** An instance with a memory of its own: its exports, which the schema knows. */
export function instanceOf<E>(
  module: object,
  imports: Readonly<Record<string, Readonly<Record<string, (...numbers: number[]) => number>>>>,
  schema: z.ZodType<E>,
): E {
  return schema.parse(new WebAssembly.Instance(module, imports).exports);
}
