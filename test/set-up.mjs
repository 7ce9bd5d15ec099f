// What the whole suite needs beyond npm. Idempotent: each step looks first and installs only what is missing, into .cache/
// or as a package of the system. By hand: `node test/set-up.mjs`.
// Returns one line for each thing that could not be had and whose tests are therefore missing.
import { spawnSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { setUpBrowser } from "./set-up/browser.ts";
import { setUpDeploy } from "./set-up/deploy.ts";
import { run } from "./set-up/run.ts";
import { setUpServers } from "./set-up/servers.ts";

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Of the second reader of WARC files; test/scenario/export.test.ts looks for it here. */
const PYTHON = join(root, ".cache", "python");
const WARCIO = "warcio==1.8.1";

export async function setUp() {
  const [problems] = await Promise.all([setUpServers(), secondWarcReader()]);
  // After the servers: it uses their Java, Maven and packages.
  problems.push(...(await setUpDeploy()));
  return [...problems, ...(await setUpBrowser())];
}

/**
 * warcio of the Webrecorder project in Python, beside npm's of the same name. One reader is enough where there is no Python
 * or no way to its packages, so this is no problem to tell.
 */
async function secondWarcReader() {
  const python = join(PYTHON, "bin", "python");
  if (existsSync(python) && spawnSync(python, ["-c", "import warcio"], { timeout: 60_000 }).status === 0)
    return;
  rmSync(PYTHON, { recursive: true, force: true });
  const bounded = { msMax: 120_000 };
  try {
    await run("python3", ["-m", "venv", PYTHON], bounded);
    await run(python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", WARCIO], bounded);
  } catch {
    rmSync(PYTHON, { recursive: true, force: true });
    console.log("python3 with pip is not at hand: WARC exports are read by npm's warcio alone");
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = await setUp();
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
