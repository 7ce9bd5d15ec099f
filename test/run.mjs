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
  const totals = { passed: 0, failed: 0, skipped: 0, msOf: new Map() };
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
  // Whole processes and real servers measure nothing but use both cores: they run one at a time, after the rest.
  const isHeavy = (file) => /^test\/(browser|scenario|servers|services)\//.test(file);
  const needsSetUp = (file) => isHeavy(file) || file.startsWith("test/deploy/");
  const groups = [
    files.filter((file) => !needsSetUp(file)),
    files.filter((file) => needsSetUp(file) && !isHeavy(file)),
    files.filter(isHeavy),
  ];
  await runFiles(groups[0], 2, totals);
  for (const problem of (await settingUp) ?? []) {
    console.log(`${inCi ? "✖" : "﹣"} ${problem}`);
    totals[inCi ? "failed" : "skipped"]++;
  }
  await runFiles(groups[1], 2, totals);
  await runFiles(groups[2], 1, totals);
  const slowest = [...totals.msOf].sort(([, a], [, b]) => b - a).slice(0, 25);
  if (mode === "all")
    console.log(
      `slowest files, s:\n${slowest.map(([file, ms]) => `${Math.round(ms / 1000)}\t${file}`).join("\n")}`,
    );
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
    });
    stream.on("end", resolve);
    stream.compose(spec).pipe(process.stdout, { end: false });
  });
}
