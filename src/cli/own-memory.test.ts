// A long command bounds its own memory: the process stays the same one with the same arguments and streams.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const program = fileURLToPath(new URL("./testing/own-memory-process.ts", import.meta.url));
const isLinux = process.platform === "linux" && process.execve !== undefined;

/** What the program tells; whatever it says beside that is a failure. A file is handed over beyond its streams. */
async function told(args: readonly string[], arenas?: string): Promise<Record<string, unknown>> {
  const { MALLOC_ARENA_MAX: _, MALLOC_MMAP_THRESHOLD_: __, ...env } = process.env;
  const file = openSync(program, "r");
  const child = spawn(process.execPath, [program, ...args], {
    stdio: ["ignore", "pipe", "pipe", file],
    env: { ...env, ...(arenas === undefined ? {} : { MALLOC_ARENA_MAX: arenas }) },
  });
  closeSync(file);
  const texts = ["", ""];
  for (const [at, stream] of [child.stdout, child.stderr].entries())
    stream?.setEncoding("utf8").on("data", (text: string) => {
      texts[at] += text;
    });
  const [code] = await once(child, "close");
  assert.deepEqual([code, texts[1]], [0, ""]);
  const answer: unknown = JSON.parse(texts[0] ?? "");
  assert.ok(typeof answer === "object" && answer !== null);
  const { pid, ...rest } = Object.fromEntries(Object.entries(answer));
  assert.equal(pid, child.pid);
  return rest;
}

/** MiB: of the process's nursery one half or both, as large as they ever become; of a thread's what it was given. */
function assertNurseries(nurseries: unknown): void {
  assert.ok(Array.isArray(nurseries));
  const [own, ofThread] = nurseries.map(Number);
  assert.ok(own === 16 || own === 32, `${own} MiB`);
  assert.ok(Number(ofThread) <= 8, `${ofThread} MiB`);
}

test("malloc and the nursery are bounded in the process itself, once and without a word", async () => {
  const { nurseries, ...rest } = await told(["--list", "a b", ""]);
  const [arenas, mapped] = isLinux ? ["2", "131072"] : [null, null];
  assert.deepEqual(rest, { arenas, mapped, args: ["--list", "a b", ""], given: null });
  if (isLinux) assertNurseries(nurseries);
});

test("what the user said about arenas stands", async () => {
  const { nurseries, ...rest } = await told(["x"], "7");
  assert.deepEqual(rest, { arenas: "7", mapped: isLinux ? "131072" : null, args: ["x"], given: null });
  if (isLinux) assertNurseries(nurseries);
});

test("a file that was handed over stays open", { skip: isLinux ? false : "no such files here" }, async () => {
  const { nurseries: _, ...rest } = await told(["/dev/fd/3"]);
  assert.deepEqual(rest, {
    arenas: null,
    mapped: null,
    args: ["/dev/fd/3"],
    given: readFileSync(program, "utf8"),
  });
});
