// The processes of a browser that some process started, for suites that kill them.
import { execFileSync } from "node:child_process";

/** Kills what descends from `root` and is a browser (with the script that may have started it), or one of its renderers. */
export function killBelow(root: number, what: "browsers" | "renderers"): number {
  const table = execFileSync("ps", ["-eo", "pid=,ppid=,args="], { encoding: "utf8", maxBuffer: 1 << 26 })
    .split("\n")
    .map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line))
    .filter((row) => row !== null)
    .map(([, pid, parent, args = ""]) => ({ pid: Number(pid), parent: Number(parent), args }));
  const below = new Set([root]);
  // Parents come before their children but where numbers began anew.
  for (let size = 0; size !== below.size; ) {
    size = below.size;
    for (const { pid, parent } of table) if (below.has(parent)) below.add(pid);
  }
  const isWanted = (args: string): boolean =>
    what === "renderers"
      ? args.includes("--type=renderer")
      : args.includes("--remote-debugging-pipe") && !args.includes("--type=");
  let killed = 0;
  for (const { pid, args } of table) {
    if (pid === root || !below.has(pid) || !isWanted(args)) continue;
    try {
      process.kill(pid, "SIGKILL");
      killed++;
    } catch {
      // gone with its parent
    }
  }
  return killed;
}
