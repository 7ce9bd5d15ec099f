// What a browser's processes hold in memory, read from the system: /proc on Linux, `ps` elsewhere. Knows no pages and no limits.
import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { promisify } from "node:util";

export interface ProcessMemory {
  readonly pid: number;
  /** Anonymous and shared memory; on other systems than Linux all that is resident. */
  readonly bytes: number;
  /** Shows pages; a browser has one for each context at least. */
  readonly isRenderer: boolean;
}

const KIB = 1_024;
const PS_MS_MAX = 5_000;
const PS_BYTES_MAX = 16 * 1_024 * 1_024;

/** `root` and all that descends from it; empty when it is gone. Rejects where the system cannot be asked. */
export async function treeMemory(root: number, platform: NodeJS.Platform): Promise<ProcessMemory[]> {
  if (platform === "linux") return ofProc(root);
  const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,ppid=,rss=,command="], {
    maxBuffer: PS_BYTES_MAX,
    timeout: PS_MS_MAX,
  });
  return ofPs(root, stdout);
}

/** proc_pid_status(5); a process that ends meanwhile counts nothing. */
function ofProc(root: number): ProcessMemory[] {
  const found: ProcessMemory[] = [];
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const status = textOf(`/proc/${pid}/status`);
    if (status === "") continue;
    const isRenderer = textOf(`/proc/${pid}/cmdline`).includes("--type=renderer");
    const bytes = (kibibytes(status, "RssAnon") + kibibytes(status, "RssShmem")) * KIB;
    found.push({ pid, bytes, isRenderer });
    // A renderer starts none. Others do so from whichever of their threads it happens to be.
    if (!isRenderer) waiting.push(...threadsOf(pid).flatMap((thread) => childrenOf(pid, thread)));
  }
  return found;
}

const kibibytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);

const childrenOf = (pid: number, thread: string): number[] =>
  textOf(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number);

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return []; // gone meanwhile
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return ""; // gone meanwhile
  }
}

/** `table`: lines of process, parent, resident KiB and command. */
export function ofPs(root: number, table: string): ProcessMemory[] {
  const children = new Map<number, ProcessMemory[]>();
  const found: ProcessMemory[] = [];
  for (const line of table.split("\n")) {
    const [, pid, parent, resident, command = ""] = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined) continue;
    const isRenderer = command.includes("--type=renderer");
    const own = { pid: Number(pid), bytes: Number(resident) * KIB, isRenderer };
    if (own.pid === root) found.push(own);
    else {
      const others = children.get(Number(parent));
      if (others === undefined) children.set(Number(parent), [own]);
      else others.push(own);
    }
  }
  // Grows while it is walked.
  for (const { pid } of found) found.push(...(children.get(pid) ?? []));
  return found;
}
