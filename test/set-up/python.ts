// The checkers that come from Python's packages, in an environment of their own: a second reader of WARC files (warcio of the
// Webrecorder project, beside npm's of the same name) and the fuzzer of the API's schema (schemathesis). Knows no test.
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { run } from "./run.ts";

/** Here test/scenario/export.test.ts and test/scenario/openapi.test.ts look for them. */
const PYTHON = fileURLToPath(new URL("../../.cache/python", import.meta.url));
const PACKAGES = ["warcio==1.8.1", "schemathesis==4.32.5"];
const INSTALL_MS_MAX = 300_000;

/** Answers one line where they could not be had. */
export async function setUpPython(): Promise<string[]> {
  const python = join(PYTHON, "bin", "python");
  if (spawnSync(python, ["-c", "import warcio, schemathesis"], { timeout: 60_000 }).status === 0) return [];
  rmSync(PYTHON, { recursive: true, force: true });
  try {
    await run("python3", ["-m", "venv", PYTHON], { msMax: INSTALL_MS_MAX });
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", ...PACKAGES], {
      msMax: INSTALL_MS_MAX,
    });
    return [];
  } catch (thrown) {
    rmSync(PYTHON, { recursive: true, force: true });
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return [`Python's warcio and schemathesis are not at hand: ${why}`];
  }
}
