// Figures of the machine and of this process, read when asked: no timers, no history but the last reading of the CPU.
import { readFileSync } from "node:fs";
import { cpus, freemem, totalmem } from "node:os";

/** A reader of the share of all processors in use since its last call, 0 to 1. */
export function systemCpu(): () => number {
  let last = cpuTimes();
  return () => {
    const now = cpuTimes();
    const total = now.total - last.total;
    const idle = now.idle - last.idle;
    last = now;
    return total <= 0 ? 0 : Math.min(1, Math.max(0, 1 - idle / total));
  };
}

function cpuTimes(): { idle: number; total: number } {
  let idle = 0;
  let total = 0;
  for (const { times } of cpus()) {
    idle += times.idle;
    total += times.user + times.nice + times.sys + times.idle + times.irq;
  }
  return { idle, total };
}

/** Bytes in use on the machine; on Linux what the kernel could free at once counts as free. */
export function usedMemory(): number {
  const available = /^MemAvailable:\s+(\d+) kB$/m.exec(readOrEmpty("/proc/meminfo"))?.[1];
  return totalmem() - (available === undefined ? freemem() : Number(available) * 1024);
}

/** Bytes this process moved to and from block devices; where the system does not tell, blocks of 512 bytes by getrusage. */
export function diskBytes(): { read: number; written: number } {
  const io = readOrEmpty("/proc/self/io");
  const read = /^read_bytes: (\d+)$/m.exec(io)?.[1];
  const written = /^write_bytes: (\d+)$/m.exec(io)?.[1];
  if (read !== undefined && written !== undefined) return { read: Number(read), written: Number(written) };
  const usage = process.resourceUsage();
  return { read: usage.fsRead * 512, written: usage.fsWrite * 512 };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // not Linux, or /proc is closed to us: the callers have another way
  }
}
