// What the whole suite needs beyond npm. Idempotent: each step looks first and installs only what is missing, into .cache/.
// Returns one line for each thing that could not be had and whose tests are therefore missing.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Of the second reader of WARC files; test/scenario/export.test.ts looks for it here. */
const PYTHON = join(root, ".cache", "python");
const WARCIO = "warcio==1.8.1";

export function setUp() {
  secondWarcReader();
  return [];
}

/**
 * warcio of the Webrecorder project in Python, beside npm's of the same name. One reader is enough where there is no Python
 * or no way to its packages, so this is no problem to tell.
 */
function secondWarcReader() {
  const python = join(PYTHON, "bin", "python");
  if (existsSync(python) && runs(python, ["-c", "import warcio"])) return;
  rmSync(PYTHON, { recursive: true, force: true });
  const isThere =
    runs("python3", ["-m", "venv", PYTHON]) &&
    runs(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", WARCIO]);
  if (isThere) return;
  rmSync(PYTHON, { recursive: true, force: true });
  console.log("python3 with pip is not at hand: WARC exports are read by npm's warcio alone");
}

function runs(command, args) {
  return spawnSync(command, args, { stdio: "ignore", timeout: 120_000 }).status === 0;
}
