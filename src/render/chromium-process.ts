// A Chromium of our own: started with a profile that goes with it, spoken to over two pipes, ended with all that it started.
// Closing the pipes ends it too, so it never outlives this program. Knows no page.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { asError, type Clock, InvariantError, within } from "../base/index.ts";
import { DevTools } from "./devtools.ts";

export interface ChromiumProcess {
  readonly devtools: DevTools;
  readonly isGone: boolean;
  /** Resolves when it has gone and its profile with it. Never rejects. */
  readonly gone: Promise<void>;
  kill(): void;
}

export interface ChromiumStart {
  readonly executable: string;
  readonly args: readonly string[];
  readonly launchTimeoutMs: number;
  readonly clock: Clock;
}

const SAID_CHARS_MAX = 400;
const STDERR_CHARS_MAX = 8_192;

/** Resolves when it answers. Rejects with what it said when it does not. */
export async function startChromium(start: ChromiumStart): Promise<ChromiumProcess> {
  const { executable, args, launchTimeoutMs, clock } = start;
  const profile = await mkdtemp(join(tmpdir(), "millrace-chromium-"));
  const child = spawn(
    executable,
    [...args, `--user-data-dir=${profile}`, "--remote-debugging-pipe", "about:blank"],
    {
      stdio: ["ignore", "ignore", "pipe", "pipe", "pipe"],
      // A group of its own: an interrupt from the terminal is this program's to answer, and all of it can be ended at once.
      detached: process.platform !== "win32",
    },
  );
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-STDERR_CHARS_MAX);
  });
  const [, , , output, input] = child.stdio;
  if (!(output instanceof Writable && input instanceof Readable))
    throw new InvariantError("no pipes to Chromium");
  const devtools = new DevTools(input, output);
  let isGone = false;
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`it ended at once (${code ?? signal})`));
  });
  void devtools.ended.then(() => {
    isGone = true;
  });
  const gone = ended.then(async (how) => {
    devtools.end(new Error("the browser is gone"));
    // What cannot be removed stays in the system's folder for such things.
    await rm(profile, { recursive: true, force: true, maxRetries: 2 }).catch(() => undefined);
    return how;
  });
  const answered = devtools.browser.send("Browser.getVersion").then(() => true);
  const started = await within(clock, launchTimeoutMs, answered.catch(asError));
  if (started !== true) {
    kill(child);
    const how = await gone;
    throw new Error(saidBy(said) || (started === null ? `no answer within ${launchTimeoutMs} ms` : how));
  }
  return {
    devtools,
    get isGone() {
      return isGone;
    },
    gone: gone.then(() => undefined),
    kill: () => kill(child),
  };
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(process.platform === "win32" ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // Gone already is what was wanted.
  }
}

const saidBy = (stderr: string): string =>
  stderr
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .join("; ")
    .slice(0, SAID_CHARS_MAX);
