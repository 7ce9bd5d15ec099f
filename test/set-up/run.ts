// Runs one command of the set-up with an end to its time, and tells a failure in one line. Knows no step.
import { spawn } from "node:child_process";

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly msMax?: number;
}

const MS_MAX = 15 * 60_000;
const OUTPUT_CHARS_MAX = 20_000;

/** Resolves with what it said; rejects, in one line, with its last words that name a cause. */
export function run(command: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    const listen = (chunk: Buffer): void => {
      said = (said + chunk.toString("utf8")).slice(-OUTPUT_CHARS_MAX);
    };
    child.stdout.on("data", listen);
    child.stderr.on("data", listen);
    const msMax = options.msMax ?? MS_MAX;
    const timer = setTimeout(() => child.kill("SIGKILL"), msMax);
    child.once("error", (cause) => {
      clearTimeout(timer);
      reject(new Error(`${command}: ${cause.message}`, { cause }));
    });
    child.once("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(said);
      else
        reject(
          new Error(`${command} ${signal === "SIGKILL" ? `took over ${msMax} ms` : `failed`}: ${gist(said)}`),
        );
    });
  });
}

/** The first line that names an error, or the last one. */
function gist(said: string): string {
  const lines = said
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  return (
    lines.find((line) => /error|fail|unable|denied|not found/i.test(line)) ??
    lines.at(-1) ??
    "it said nothing"
  ).slice(0, 300);
}
