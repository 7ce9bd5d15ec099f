// Runs the tests: `quick` (npm alone, no root) or `all` (sets up what the scenarios need first, then everything).
// Closes with one line, "N passed, N failed"; under CI=true a skipped test counts as a failure.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);
const mode = process.argv[2] ?? "quick";
const only = process.argv.slice(3);
const inCi = process.env.CI === "true";
/** What the runner says at the end of a run. */
const TOTAL = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;

const pinned = join(root, "node_modules", ".bin", "node");
const node = existsSync(pinned) ? pinned : process.execPath;
const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  // Started by hand under an old Node: the tests run from TypeScript source and need the pinned one.
  if (!existsSync(pinned)) {
    console.error(
      "millrace tests need Node 22.19 or newer; run `npm ci` to get the pinned one, or install Node 24",
    );
    process.exit(2);
  }
  const again = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  again.on("exit", (code, signal) => process.exit(signal === null ? (code ?? 1) : 1));
} else {
  await main();
}

async function main() {
  const totals = { passed: 0, failed: 0, skipped: 0, failures: [], msOf: new Map() };
  if (only.length === 0) {
    for (const [title, args] of checks()) {
      const good = spawnSync(node, args, { stdio: "inherit" }).status === 0;
      console.log(`${good ? "✔" : "✖"} ${title}`);
      totals[good ? "passed" : "failed"]++;
    }
  }
  // Beside the tests that need nothing of it: much of it waits for registries.
  const settingUp = mode === "all" && only.length === 0 ? setUp() : null;
  const patterns =
    only.length > 0
      ? only
      : mode === "all"
        ? ["src/**/*.test.ts", "demo/**/*.test.ts", "bench/**/*.test.ts", "test/**/*.test.ts"]
        : [
            "src/**/*.test.ts",
            "demo/*.test.ts",
            "test/tidy/*.test.ts",
            "test/conformance/**/*.test.ts",
            "test/sim/*.test.ts",
            "test/quick/*.test.ts",
          ];
  const files = [...new Set(patterns.flatMap((pattern) => globSync(pattern)))]
    .filter((file) => !file.includes("node_modules") && !file.startsWith("demo/dist"))
    .sort();
  // Whole programs and browsers use both cores; real servers, and what is done to them, mostly wait.
  const computes = (file) => /^test\/(browser|scenario)\//.test(file);
  const waits = (file) => /^test\/(servers|services)\//.test(file);
  const isDeploy = (file) => file.startsWith("test/deploy/");
  const isQuick = (file) => !computes(file) && !waits(file) && !isDeploy(file);
  await runFiles(files.filter(isQuick), 2, totals);
  for (const problem of (await settingUp) ?? []) {
    console.log(`${inCi ? "✖" : "﹣"} ${problem}`);
    totals[inCi ? "failed" : "skipped"]++;
  }
  await runFiles(files.filter(isDeploy), 2, totals);
  await runLanes(first(files.filter(waits), isLong), first(files.filter(computes), mindsLoad), totals);
  const slowest = [...totals.msOf].sort(([, a], [, b]) => b - a).slice(0, 25);
  if (mode === "all")
    console.log(
      `slowest files, s:\n${slowest.map(([file, ms]) => `${Math.round(ms / 1000)}\t${file}`).join("\n")}`,
    );
  if (totals.failures.length > 0) console.log(`failed:\n${totals.failures.join("\n")}`);
  if (totals.skipped > 0) console.log(`${totals.skipped} skipped${inCi ? " (a failure under CI=true)" : ""}`);
  if (inCi) totals.failed += totals.skipped;
  console.log(`${totals.passed} passed, ${totals.failed} failed`);
  process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;
}

/** One line for each thing that could not be had. */
async function setUp() {
  const { setUp } = await import("./set-up.mjs");
  try {
    return await setUp();
  } catch (thrown) {
    return [`the set-up broke off: ${thrown instanceof Error ? thrown.message : String(thrown)}`];
  }
}

/** What a machine can check of the source itself. */
function checks() {
  return [
    ["the built program is current", [".ci/prepare.mjs"]],
    ["types hold (tsc)", ["node_modules/typescript/bin/tsc", "--noEmit", "-p", "tsconfig.json"]],
    ["format and lint hold (biome)", ["node_modules/@biomejs/biome/bin/biome", "check", "."]],
    ["nothing is dead (knip)", ["node_modules/knip/bin/knip.js"]],
  ];
}

/** What takes a quarter of an hour is not begun last. */
function isLong(file) {
  return file === "test/servers/faults.test.ts";
}
/** What compares the times of two things runs beside servers, never beside its like: the other lane does not come to it. */
function mindsLoad(file) {
  return /\/(serve-busy|serve-urgent|contract-politeness)\.test\.ts$/.test(file);
}

function first(files, isFirst) {
  return [...files.filter(isFirst), ...files.filter((file) => !isFirst(file))];
}

/** A file of each at a time. A lane that is at its end takes files from the other's, the last ones first. */
async function runLanes(waiting, computing, totals) {
  const lane = async (own, others) => {
    for (let file = own.shift() ?? others.pop(); file !== undefined; file = own.shift() ?? others.pop())
      await runFiles([file], 1, totals);
  };
  await Promise.all([lane(waiting, computing), lane(computing, waiting)]);
}

/** Those of one file say nothing of the whole. */
async function* withoutTotals(events) {
  for await (const event of events) {
    const { nesting, message } = event.data;
    if (event.type !== "test:diagnostic" || nesting !== 0 || !TOTAL.test(message)) yield event;
  }
}

/** Of a run of one file: what it says of itself is shown when it has ended, so that two that run at once do not mix. */
function runFiles(files, concurrency, totals) {
  if (files.length === 0) return Promise.resolve();
  return new Promise((resolve) => {
    const stream = run({
      files,
      concurrency,
      // A file, not a test: the faults on real servers take a quarter of an hour on two cores.
      timeout: 2_400_000,
      execArgv: ["--disable-warning=ExperimentalWarning"],
    });
    // Count leaves only: a suite's own line says nothing that its tests do not.
    const isLeaf = (event) => event.details.type !== "suite";
    const timed = ({ file, details }) => {
      const name = relative(root, file ?? "");
      totals.msOf.set(name, (totals.msOf.get(name) ?? 0) + details.duration_ms);
    };
    stream.on("test:pass", (event) => {
      if (!isLeaf(event)) return;
      timed(event);
      if (event.skip !== undefined || event.todo !== undefined) totals.skipped++;
      else totals.passed++;
    });
    stream.on("test:fail", (event) => {
      if (!isLeaf(event)) return;
      timed(event);
      totals.failed++;
      totals.failures.push(`${relative(root, event.file ?? "")}: ${event.name}`);
    });
    if (files.length > 1) {
      const said = stream.compose(spec);
      said.on("end", resolve);
      said.pipe(process.stdout, { end: false });
      return;
    }
    const chunks = [];
    const said = stream.compose(withoutTotals).compose(spec);
    said.on("data", (chunk) => chunks.push(chunk));
    said.on("end", () => {
      process.stdout.write(chunks.join(""));
      resolve();
    });
  });
}
