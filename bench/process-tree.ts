// One command run to its end, and what it and all that it started cost: CPU seconds from the kernel's own account of children waited for
// and from looks at the tree while it runs (a browser ends without waiting for its pages' processes, whose time that account
// then lacks); peak memory by the same looks. Linux only (proc_pid_stat(5), proc_pid_status(5)).
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../src/base/index.ts";

export interface Cost {
  /**
   * User and system time of all processes and threads. Exact to a clock tick, 10 ms, but for processes that nobody waited
   * for: of these all up to the last look.
   */
  readonly cpuS: number;
  readonly wallS: number;
  /** Most anonymous and shared memory of the tree seen at one look; file-backed pages do not count. */
  readonly peakMiB: number;
  readonly stdout: string;
}

const TICKS_A_SECOND = 100;
const LOOK_EVERY_MS = 100;
const KIB_A_MIB = 1024;

/** Throws when the command fails, with the end of what it wrote to stderr. `stop` asks it to end with SIGTERM. */
export async function costOf(
  command: string,
  args: readonly string[],
  cwd?: string,
  stop?: AbortSignal,
): Promise<Cost> {
  const before = childrenSeconds();
  const startedMs = systemClock.monotonicMs();
  const child = spawn(command, args, {
    stdio: ["ignore", "pipe", "pipe"],
    ...(cwd === undefined ? {} : { cwd }),
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-4_000);
  });
  stop?.addEventListener("abort", () => child.kill("SIGTERM"), { once: true });
  const ended = new AbortController();
  const exit = new Promise<number | string>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve(code ?? signal ?? "unknown"));
  }).finally(() => ended.abort());
  const root = child.pid ?? 0;
  const account = new CpuAccount();
  const [status, peakMiB] = await Promise.all([exit, peakOf(root, account, ended.signal)]);
  const wallS = (systemClock.monotonicMs() - startedMs) / 1_000;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return { cpuS: Math.max(childrenSeconds() - before, account.seconds(root)), wallS, peakMiB, stdout };
}

interface Known {
  readonly parent: number;
  own: number;
  /** Of children it waited for, and theirs. */
  waited: number;
  look: number;
}

/** CPU time of a tree of processes, from one look after another. */
class CpuAccount {
  readonly #known = new Map<number, Known>();
  #looks = 0;

  look(pids: Iterable<readonly [pid: number, parent: number]>): void {
    this.#looks++;
    for (const [pid, parent] of pids) {
      const stat = textOf(`/proc/${pid}/stat`);
      if (stat === "") continue;
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .map(Number);
      const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = fields.slice(11, 15);
      this.#known.set(pid, {
        parent,
        own: user + system,
        waited: childrenUser + childrenSystem,
        look: this.#looks,
      });
    }
  }

  seconds(root: number): number {
    const children = Map.groupBy(this.#known.keys(), (pid) => this.#known.get(pid)?.parent ?? 0);
    const ticks = (pid: number): number => {
      const known = this.#known.get(pid);
      if (known === undefined) return 0;
      let [gone, standing] = [0, 0];
      for (const child of children.get(pid) ?? []) {
        // Of those that went before it, it waited for most and knows their whole time; a browser waits for none.
        if ((this.#known.get(child)?.look ?? 0) < known.look) gone += ticks(child);
        else standing += ticks(child);
      }
      return known.own + Math.max(known.waited, gone) + standing;
    };
    return ticks(root) / TICKS_A_SECOND;
  }
}

/** CPU seconds of children that this process has waited for, and of theirs: fields 16 and 17 of stat. */
export function childrenSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND;
}

async function peakOf(root: number, account: CpuAccount, ended: AbortSignal): Promise<number> {
  let peak = 0;
  while (!ended.aborted) {
    account.look(treeOf(root));
    peak = Math.max(peak, treeMiB(root));
    await sleep(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => {});
  }
  return peak;
}

/** RssAnon and RssShmem of a process and its descendants; one that ends meanwhile counts nothing. */
export function treeMiB(root: number): number {
  let kibibytes = 0;
  for (const [pid] of treeOf(root)) {
    const status = textOf(`/proc/${pid}/status`);
    for (const name of ["RssAnon", "RssShmem"]) {
      kibibytes += Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    }
  }
  return kibibytes / KIB_A_MIB;
}

/** A process and its descendants, each with its parent. A process starts others from whichever thread it happens to be. */
function treeOf(root: number): [pid: number, parent: number][] {
  const found: [number, number][] = [[root, 0]];
  for (const [pid] of found) {
    for (const thread of threadsOf(pid)) {
      const children = textOf(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean);
      found.push(...children.map((child): [number, number] => [Number(child), pid]));
    }
  }
  return found;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
