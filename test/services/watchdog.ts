// No server outlives its test: a shell holds the other end of a pipe and, when the test process is gone however it
// went, kills every server listed to it and removes their folders. Knows no server.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { openBase } from "./unprivileged.ts";

// Each line is `+ pid` or `- pid`; the end of input is the end of the test. A listed process may have been stopped
// by a signal or may lead a group: it is killed with its group, and by itself.
const SCRIPT = `
pids=
while read -r verb pid; do
  case $verb in
    +) pids="$pids $pid" ;;
    -) kept=; for one in $pids; do [ "$one" = "$pid" ] || kept="$kept $one"; done; pids=$kept ;;
  esac
done
for pid in $pids; do kill -KILL "-$pid" 2>/dev/null; kill -KILL "$pid" 2>/dev/null; done
for round in 1 2 3 4 5; do rm -rf "$1" 2>/dev/null && break; sleep 1; done
`;

interface Watch {
  readonly folder: string;
  readonly shell: ChildProcess;
}

let watch: Watch | null = null;

function watching(): Watch {
  if (watch !== null) return watch;
  const folder = mkdtempSync(join(openBase(), "millrace-services-"));
  const shell = spawn("/bin/sh", ["-c", SCRIPT, "sh", folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true, // a Ctrl-C is for the test; the shell must live to see its end
    cwd: "/",
  });
  shell.stdin?.on("error", () => {}); // killed from outside: then nobody watches, and the tests still run
  shell.on("error", () => {});
  shell.unref();
  // Without this the open pipe would keep a finished test process alive.
  (shell.stdin as unknown as { unref?(): void } | null)?.unref?.();
  watch = { folder, shell };
  return watch;
}

/** The folder of all servers of this process; removed when the process is gone. */
export const servicesFolder = (): string => watching().folder;

/** From now on `pid` (and the group it leads) dies with this process. */
export const guard = (pid: number): void => {
  watching().shell.stdin?.write(`+ ${pid}\n`);
};

/** `pid` has ended: its number may belong to another soon. */
export const unguard = (pid: number): void => {
  watching().shell.stdin?.write(`- ${pid}\n`);
};
