// The built program as a user runs it, measured in a fresh folder. Built first: the figures are those of what is shipped.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Cost, costOf } from "./process-tree.ts";

export const builtHere: string = fileURLToPath(new URL("../dist/main.js", import.meta.url));

export interface ProgramRun extends Cost {
  readonly lines: readonly string[];
}

/** Runs `millrace ARGS` (`program`: its main.js) in a fresh folder; `OUT` among the arguments is a file there, read by `linesOf` before all is removed. */
export async function runProgram(
  program: string,
  args: readonly string[],
  linesOf: (outFile: string) => readonly string[],
): Promise<ProgramRun> {
  if (!existsSync(program)) throw new Error(`${program} is missing: npm run build first`);
  const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
  try {
    const out = join(folder, "out.jsonl");
    const placed = args.map((arg) => (arg === "OUT" ? out : arg));
    const cost = await costOf(process.execPath, [program, ...placed], folder);
    return { ...cost, lines: linesOf(out) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
