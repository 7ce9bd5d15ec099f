// Runs the built program as a user does: a child process, its exit code, its lines; and kills it as a power switch does.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");
const entry = join(root, "dist", "main.js");

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** Standard error so far. */
  stderr(): string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** Another build's main.js. */
  readonly program?: string;
}

export function start(args: readonly string[], options: RunOptions = {}): Running {
  const child = spawn(process.execPath, [options.program ?? entry, ...args], {
    cwd: options.cwd ?? root,
    env: { ...outsideEnvironment(), ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const out: Buffer[] = [];
  const error: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => error.push(chunk));
  child.stdin.on("error", () => {}); // the program may end before it has read its input
  child.stdin.end(options.stdin ?? "");
  const text = (chunks: Buffer[]): string => Buffer.concat(chunks).toString("utf8");
  const ended = new Promise<Ended>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, stdout: text(out), stderr: text(error) }));
  });
  return { child, ended, stderr: () => text(error) };
}

/** Without settings of the program itself: a scenario runs with those it names. */
function outsideEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith("MILLRACE_")));
}

export const run = (args: readonly string[], options?: RunOptions): Promise<Ended> =>
  start(args, options).ended;

/** The lines of a JSONL text or file, parsed; an unparsable line is a failure of the test. */
export function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

export const jsonFile = (path: string): Record<string, unknown>[] => jsonLines(readFileSync(path, "utf8"));

/** A folder of its own, gone when the test is over. */
export function scratch(t: { after(fn: () => void): void }): string {
  const folder = mkdtempSync(join(tmpdir(), "millrace-test-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
