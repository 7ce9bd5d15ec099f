// Compiles the scanner (src/extract/scanner/scanner.as, AssemblyScript) to the WebAssembly that is kept beside it: who only builds or tests
// quickly needs no compiler. After a change of the source: `npm run scanner`. Knows no test.
import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

const PACKAGE = "assemblyscript@0.28.20";
const HOME = fileURLToPath(new URL("../../.cache/assemblyscript", import.meta.url));
const COMPILER = join(HOME, "node_modules", "assemblyscript", "bin", "asc.js");
const SOURCE = fileURLToPath(new URL("../../src/extract/scanner/scanner.as", import.meta.url));
/** What is kept with the sources. */
export const COMPILED = fileURLToPath(new URL("../../src/extract/scanner/scanner.wasm", import.meta.url));
const INSTALL_MS_MAX = 300_000;
const COMPILE_MS_MAX = 120_000;

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
    return [`the scanner's compiler is not at hand: ${why}`];
  }
}

/** The scanner as its source has it now; throws with the compiler's words where that is none. */
export function compiledScanner(): Buffer {
  // The compiler takes no other ending than ".ts".
  const place = mkdtempSync(join(tmpdir(), "millrace-scanner-"));
  try {
    copyFileSync(SOURCE, join(place, "scanner.ts"));
    const flags = ["--runtime", "stub", "--enable", "simd", "--use", "abort=", "--noAssert", "--converge"];
    const sizes = ["--optimizeLevel", "3", "--shrinkLevel", "0", "--initialMemory", "32"];
    const args = [COMPILER, "scanner.ts", "--outFile", "scanner.wasm", ...flags, ...sizes];
    const ended = spawnSync(process.execPath, args, {
      cwd: place,
      encoding: "utf8",
      timeout: COMPILE_MS_MAX,
    });
    if (ended.status !== 0) throw new Error(ended.stderr);
    return readFileSync(join(place, "scanner.wasm"));
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const problem of await setUpAssembly()) console.error(problem);
  writeFileSync(COMPILED, compiledScanner());
}
