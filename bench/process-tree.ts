// One command run to its end, and what it and all that it started cost: CPU seconds from the kernel's own account of children waited for,
// peak memory by looking at the tree while it runs. Linux only (proc_pid_stat(5), proc_pid_status(5)).
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { systemClock } from "../src/base/index.ts";

export interface Cost {
  /** User and system time of all processes and threads. Exact to a clock tick, 10 ms. */
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
  const [status, peakMiB] = await Promise.all([exit, peakOf(child.pid ?? 0, ended.signal)]);
  const wallS = (systemClock.monotonicMs() - startedMs) / 1_000;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stderr}`);
  return { cpuS: childrenSeconds() - before, wallS, peakMiB, stdout };
}

/** CPU seconds of children that this process has waited for, and of theirs: fields 16 and 17 of stat. */
export function childrenSeconds(): number {
  const stat = readFileSync("/proc/self/stat", "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[13]) + Number(fields[14])) / TICKS_A_SECOND;
}

async function peakOf(root: number, ended: AbortSignal): Promise<number> {
  let peak = 0;
  while (!ended.aborted) {
    peak = Math.max(peak, treeMiB(root));
    await sleep(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => {});
  }
  return peak;
}

/** RssAnon and RssShmem of a process and its descendants; one that ends meanwhile counts nothing. */
export function treeMiB(root: number): number {
  let kibibytes = 0;
  const waiting = [root];
  for (let pid = waiting.pop(); pid !== undefined; pid = waiting.pop()) {
    const status = textOf(`/proc/${pid}/status`);
    for (const name of ["RssAnon", "RssShmem"]) {
      kibibytes += Number(new RegExp(`^${name}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    }
    const children = textOf(`/proc/${pid}/task/${pid}/children`);
    waiting.push(...children.split(" ").filter(Boolean).map(Number));
  }
  return kibibytes / KIB_A_MIB;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
