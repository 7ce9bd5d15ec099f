// Compiles what is written in AssemblyScript to the WebAssembly that is kept beside it: who only builds or tests quickly needs no compiler.
// After a change of a source: `npm run assembly`. Knows no test.
import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

const PACKAGE = "assemblyscript@0.28.20";
const HOME = fileURLToPath(new URL("../../.cache/assemblyscript", import.meta.url));
const COMPILER = join(HOME, "node_modules", "assemblyscript", "bin", "asc.js");
const INSTALL_MS_MAX = 300_000;
const COMPILE_MS_MAX = 120_000;

const EXTRACT = fileURLToPath(new URL("../../src/extract", import.meta.url));
const SOURCE = ".as";

/** A folder of sources that import each other as `./name`, compiled as one. */
interface Module {
  /** What it exports to the host; the folder's other sources are what it imports. */
  readonly entry: string;
  /** What is kept with the sources. */
  readonly compiled: string;
  /** Pages of 64 KiB that the memory begins with: the layout and some room. */
  readonly memoryPages: number;
}

/** A module's folder, its entry and what is compiled bear one name. */
function moduleOf(name: string, memoryPages: number): Module {
  const file = join(EXTRACT, name, name);
  return { entry: `${file}${SOURCE}`, compiled: `${file}.wasm`, memoryPages };
}

export const MODULES: readonly Module[] = [moduleOf("scanner", 128), moduleOf("words", 12)];

export function hasCompiler(): boolean {
  return existsSync(COMPILER);
}

/** Answers one line where the compiler could not be had. */
export async function setUpAssembly(): Promise<string[]> {
  if (hasCompiler()) return [];
  const flags = ["--prefix", HOME, "--no-save", "--no-audit", "--no-fund", "--ignore-scripts"];
  try {
    await run("npm", ["install", ...flags, PACKAGE], { msMax: INSTALL_MS_MAX });
    return [];
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [`the compiler of AssemblyScript is not at hand: ${why}`];
  }
}

/** The module as its sources have it now; throws with the compiler's words where that is none. */
export function compile({ entry, memoryPages }: Module): Buffer {
  const place = mkdtempSync(join(tmpdir(), "millrace-assembly-"));
  const from = dirname(entry);
  // The compiler takes no other ending than ".ts".
  const named = (source: string): string => `${basename(source, SOURCE)}.ts`;
  try {
    for (const source of readdirSync(from))
      if (source.endsWith(SOURCE)) copyFileSync(join(from, source), join(place, named(source)));
    const flags = ["--runtime", "stub", "--enable", "simd", "--use", "abort=", "--noAssert", "--converge"];
    const sizes = ["--optimizeLevel", "3", "--shrinkLevel", "0", "--initialMemory", String(memoryPages)];
    const args = [COMPILER, named(entry), "--outFile", "compiled.wasm", ...flags, ...sizes];
    const ended = spawnSync(process.execPath, args, {
      cwd: place,
      encoding: "utf8",
      timeout: COMPILE_MS_MAX,
    });
    if (ended.status !== 0) throw new Error(ended.stderr);
    return readFileSync(join(place, "compiled.wasm"));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const problem of await setUpAssembly()) console.error(problem);
  for (const module of MODULES) writeFileSync(module.compiled, compile(module));
}
