// The test of the tests: each fault of faults.ts is put into a throw-away copy of the source, and the test named beside it
// must turn red there, by its assertion and not because the file no longer loads. Without a fault the same tests are green.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";
import { FAULTS, type SeededFault } from "./faults.ts";
import { root } from "./program.ts";

/** A test that hangs is ended and counts as neither green nor red. */
const RUN_MS_MAX = 180_000;
const COPIED = ["src", "test", "demo", "config", "package.json", "tsconfig.json"];

const folders: string[] = [];
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

function copyOfSource(): string {
  const copy = mkdtempSync(join(tmpdir(), "millrace-fault-"));
  folders.push(copy);
  for (const name of COPIED) cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, "node_modules"), join(copy, "node_modules"));
  // The built database template, so that no copy has to make one of its own.
  const template = "store/pglite/template.tar.gz";
  if (existsSync(join(root, "dist", template)))
    cpSync(join(root, "dist", template), join(copy, "src", template));
  return copy;
}

function seed(copy: string, { title, edits }: SeededFault): void {
  for (const { file, old, seeded } of edits) {
    const path = join(copy, file);
    const text = readFileSync(path, "utf8");
    const count = text.split(old).length - 1;
    assert.equal(
      count,
      1,
      `"${title}" no longer applies: this text stands ${count} times in ${file}; bring faults.ts up to date:\n${old}`,
    );
    writeFileSync(
      path,
      text.replace(old, () => seeded),
    );
  }
}

interface Ran {
  readonly verdicts: ReadonlyMap<string, "ok" | "not ok">;
  readonly output: string;
}

/** Runs the named tests of a file in the copy; their verdicts by title. */
async function runTests(copy: string, file: string, titles: readonly string[]): Promise<Ran> {
  const patterns = titles.map(
    (title) => `--test-name-pattern=${title.replace(/[/\\^$.*+?()[\]{}|]/g, "\\$&")}`,
  );
  const env = { ...process.env };
  delete env.NODE_TEST_CONTEXT; // else the child reports to the runner above it, as its own
  const child = spawn(
    process.execPath,
    [
      "--disable-warning=ExperimentalWarning",
      "--test",
      "--test-force-exit",
      "--test-reporter=tap",
      ...patterns,
      file,
    ],
    { cwd: copy, env, stdio: ["ignore", "pipe", "pipe"], detached: true },
  );
  let output = "";
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding("utf8").on("data", (text: string) => {
      output += text;
    });
  const timer = setTimeout(() => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  }, RUN_MS_MAX);
  await new Promise((resolve) => child.on("close", resolve));
  clearTimeout(timer);
  const verdicts = new Map<string, "ok" | "not ok">();
  for (const [, verdict, title] of output.matchAll(/^\s*(ok|not ok) \d+ - (.*?)(?: # .*)?$/gm)) {
    if (title !== undefined && titles.includes(title))
      verdicts.set(title, verdict === "ok" ? "ok" : "not ok");
  }
  return { verdicts, output };
}

const byFile = Map.groupBy(FAULTS, ({ caughtBy }) => caughtBy.file);

test("there are at least ten faults, each with a title of its own", () => {
  assert.ok(FAULTS.length >= 10);
  assert.equal(new Set(FAULTS.map(({ title }) => title)).size, FAULTS.length);
});

describe("without a fault", { concurrency: 2 }, () => {
  const copy = copyOfSource();
  for (const [file, faults] of byFile) {
    const titles = [...new Set(faults.map(({ caughtBy }) => caughtBy.title))];
    test(`the tests that catch faults are green: ${file}`, async () => {
      const { verdicts, output } = await runTests(copy, file, titles);
      assert.deepEqual(
        titles.map((title) => [title, verdicts.get(title)]),
        titles.map((title) => [title, "ok"]),
        output,
      );
    });
  }
});

describe("a fault turns its test red", { concurrency: 2 }, () => {
  for (const fault of FAULTS) {
    test(fault.title, async () => {
      const copy = copyOfSource();
      seed(copy, fault);
      const { file, title } = fault.caughtBy;
      const { verdicts, output } = await runTests(copy, file, [title]);
      assert.equal(verdicts.get(title), "not ok", `${file}: "${title}" does not notice it\n${output}`);
    });
  }
});
