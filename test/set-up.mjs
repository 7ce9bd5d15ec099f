// What the whole suite needs beyond npm. Idempotent: each step looks first and installs only what is missing, into .cache/
// or as a package of the system. By hand: `node test/set-up.mjs`.
// Returns one line for each thing that could not be had and whose tests are therefore missing.
import { fileURLToPath } from "node:url";
import { setUpAssembly } from "./set-up/assembly.ts";
import { setUpBrowser } from "./set-up/browser.ts";
import { setUpDeploy } from "./set-up/deploy.ts";
import { setUpPython } from "./set-up/python.ts";
import { setUpServers } from "./set-up/servers.ts";

export async function setUp() {
  const [problems, ofPython] = await Promise.all([setUpServers(), setUpPython()]);
  problems.push(...ofPython, ...(await setUpAssembly()));
  // After the servers: it uses their Java, Maven and packages.
  problems.push(...(await setUpDeploy()));
  return [...problems, ...(await setUpBrowser())];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = await setUp();
  for (const problem of problems) console.log(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
