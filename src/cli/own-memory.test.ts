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
  const { MALLOC_ARENA_MAX: _, ...env } = process.env;
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

test("arenas are bounded in the process itself, once and without a word", async () => {
  const arenas = isLinux ? "2" : null;
  assert.deepEqual(await told(["--list", "a b", ""]), { arenas, args: ["--list", "a b", ""], given: null });
});

test("what the user said about arenas stands", async () => {
  assert.deepEqual(await told(["x"], "7"), { arenas: "7", args: ["x"], given: null });
});

test("a file that was handed over stays open", { skip: isLinux ? false : "no such files here" }, async () => {
  assert.deepEqual(await told(["/dev/fd/3"]), {
    arenas: null,
    args: ["/dev/fd/3"],
    given: readFileSync(program, "utf8"),
  });
});
