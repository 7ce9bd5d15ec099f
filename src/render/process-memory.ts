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

interface Known {
  readonly type: "renderer" | "zygote" | "other";
  /** Those found at the last look that took them all. */
  readonly children: readonly number[];
}

/** Looks between two that search every thread for what it started: few things but pages come and go. */
const WHOLE_EVERY = 8;

/** A process and all that descends from it. */
export class ProcessTree {
  readonly #root: number;
  readonly #platform: NodeJS.Platform;
  #known: ReadonlyMap<number, Known> = new Map();
  #looks = 0;

  constructor(root: number, platform: NodeJS.Platform) {
    this.#root = root;
    this.#platform = platform;
  }

  /** Empty when the root is gone. Rejects where the system cannot be asked. */
  async look(): Promise<ProcessMemory[]> {
    if (this.#platform === "linux") return this.#ofProc(this.#looks++ % WHOLE_EVERY === 0);
    const { stdout } = await promisify(execFile)("ps", ["-axo", "pid=,ppid=,rss=,command="], {
      maxBuffer: PS_BYTES_MAX,
      timeout: PS_MS_MAX,
    });
    return ofPs(this.#root, stdout);
  }

  /** proc_pid_status(5); a process that ends meanwhile counts nothing. */
  #ofProc(whole: boolean): ProcessMemory[] {
    const found: ProcessMemory[] = [];
    const known = new Map<number, Known>();
    const waiting = [this.#root];
    for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
      const status = textOf(`/proc/${pid}/status`);
      if (status === "") continue;
      const before = this.#known.get(pid);
      const type = before?.type ?? typeOf(pid);
      const children =
        type === "other" && before !== undefined && !whole ? before.children : childrenOf(pid, type);
      known.set(pid, { type, children });
      const bytes = (kibibytes(status, "RssAnon") + kibibytes(status, "RssShmem")) * KIB;
      found.push({ pid, bytes, isRenderer: type === "renderer" });
      waiting.push(...children);
    }
    this.#known = known;
    return found;
  }
}

function typeOf(pid: number): Known["type"] {
  const line = textOf(`/proc/${pid}/cmdline`);
  if (line.includes("--type=renderer")) return "renderer";
  return line.includes("--type=zygote") ? "zygote" : "other";
}

/** A renderer starts none, a zygote by its one thread, the others from whichever thread it happens to be. */
function childrenOf(pid: number, type: Known["type"]): number[] {
  if (type === "renderer") return [];
  const threads = type === "zygote" ? [String(pid)] : threadsOf(pid);
  return threads.flatMap((thread) =>
    textOf(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number),
  );
}

const kibibytes = (status: string, name: string): number =>
  Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);

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
