// README's commands, every one, in the order in which they stand there: run in a folder of their own against the demonstration
// web, as a reader would type them. Each must end well and leave the file it names.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, test } from "node:test";
import { type DemoWeb, startDemoWeb } from "../../demo/index.ts";
import { root, scratch, start } from "./program.ts";

/** Would run this very suite, or take longer than a test may. */
const NOT_RUN = ["npm run test:all"];
/** Installing and building came before any test could run. */
const DONE_BEFORE = "npm ci && ";
/** Works until it is stopped, which the test does once it answers. */
const UNTIL_STOPPED = /^millrace serve\b/;
/** Looks into a crawl that runs at the time, so one is begun beside it. */
const BESIDE_A_CRAWL = /^millrace top\b/;

const readme = readFileSync(join(root, "README.md"), "utf8");
const commands = [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, fence = ""]) =>
  fence.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#")),
);

const folder = scratch({ after: (fn) => process.on("exit", fn) });
let web: DemoWeb;

before(async () => {
  web = await startDemoWeb();
  const settings = join(folder, "web.yaml");
  // JSON is YAML.
  writeFileSync(settings, JSON.stringify({ net: { resolve: web.resolve }, frontier: { delayMs: 0 } }));
  // What the README takes for granted: the installed program, a list, a page, fields, subjects.
  mkdirSync(join(folder, "bin"));
  const program = join(folder, "bin", "millrace");
  const quoted = [process.execPath, join(root, "dist", "main.js")].map((path) => `'${path}'`).join(" ");
  writeFileSync(program, `#!/bin/sh\nexec ${quoted} "$@" --config '${settings}'\n`);
  chmodSync(program, 0o755);
  writeFileSync(join(folder, "urls.txt"), `1,${new URL(web.origins.docs).host}\n${web.origins.news}/\n`);
  writeFileSync(join(folder, "page.html"), "<!doctype html><title>A page</title><main><p>Some text.</main>");
  writeFileSync(join(folder, "fields.yaml"), "fields: { text: p }");
  writeFileSync(join(folder, "artists.csv"), `id,name,url\n1,The documents,${web.origins.docs}/\n`);
});
after(() => web.close());

/** The line as it can be run here: on served pages, by the installed program. */
const runnable = (line: string): string =>
  line
    .replace(DONE_BEFORE, "")
    .replaceAll("node dist/main.js", "millrace")
    .replaceAll("https://example.com", web.origins.docs);

/** On a free port, until it says that it answers; then stopped as by Ctrl-C. */
async function stopped(line: string): Promise<{ code: number | null; stderr: string }> {
  const [, ...args] = line.split(" ");
  const { child, ended, stderr } = start([...args, "--port", "0", "--config", "web.yaml"], { cwd: folder });
  while (!stderr().includes("API and console on") && child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill("SIGINT");
  return ended;
}

async function shell(line: string): Promise<{ code: number | null; stderr: string }> {
  const path = `${join(folder, "bin")}${delimiter}${process.env.PATH}`;
  const child = spawn("sh", ["-c", line], {
    cwd: folder,
    env: { ...process.env, PATH: path },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = new Promise<number | null>((resolve) => child.on("close", resolve));
  return { stderr: await text(child.stderr), code: await ended };
}

/** A crawl that lasts, on the folder that the README uses, for as long as `work` takes. */
async function besideACrawl<T>(work: () => Promise<T>): Promise<T> {
  const slow = ["crawl", `${web.origins.news}/`, "--delay", "60000", "--config", "web.yaml"];
  const crawl = start(slow, { cwd: folder });
  const socket = join(folder, "millrace-data", "millrace.sock");
  while (!existsSync(socket) && crawl.child.exitCode === null) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  try {
    return await work();
  } finally {
    crawl.child.kill("SIGKILL");
    await crawl.ended;
  }
}

test("README shows commands, and those that are not run here are among them", () => {
  assert.ok(commands.length >= 10);
  for (const line of NOT_RUN) assert.ok(commands.includes(line), line);
  assert.ok(commands.some((line) => line.startsWith(DONE_BEFORE)));
});

for (const line of commands) {
  if (NOT_RUN.includes(line)) continue;
  test(`README: ${line}`, async () => {
    const command = runnable(line);
    const run = () => (UNTIL_STOPPED.test(command) ? stopped(command) : shell(command));
    const { code, stderr } = await (BESIDE_A_CRAWL.test(command) ? besideACrawl(run) : run());
    assert.equal(code, 0, stderr);
    const made = / (?:--out|>) (?!-)(\S+)/.exec(command.replace("--out - ", ""))?.[1];
    if (made !== undefined) assert.ok(statSync(join(folder, made)).size > 0, `${made} is empty`);
  });
}
