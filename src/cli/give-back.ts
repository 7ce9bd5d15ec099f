// What a burst of work leaves behind in V8's heap goes back to the kernel: when the process holds far more than before and its main
// thread's heap does not hold it, that thread is collected whole. Knows no session.
import { readFileSync } from "node:fs";
import { getHeapStatistics } from "node:v8";
import type { Clock } from "../base/index.ts";

const MIB = 1024 * 1024;

/**
 * V8 keeps every page of a heap that a moment of much garbage took (a stalled disk, a batch that waits) for that heap's next such
 * moment; only an idle process gives them back by itself. Of a heap of 80 MiB that fell to 20 it kept 60 until a whole collection.
 */
const UNUSED_MIB_MAX = 16;
const LOOK_EVERY_MS = 10_000;

/** The heap of one thread, and the process around it. */
export interface Memory {
  /** Of the heap; pages that V8 keeps unused are not among them. */
  heldBytes(): number;
  /** Of the process: all that is no file's. */
  anonymousBytes(): number;
  /** Takes a tenth of a second. */
  collect(): void;
}

/** Of this thread; null where the process was not started for it (own-memory.ts). */
export function ownMemory(): Memory | null {
  const { gc } = globalThis;
  if (gc === undefined || process.platform !== "linux") return null;
  return {
    heldBytes: () => getHeapStatistics().total_physical_size,
    anonymousBytes: () =>
      1024 * Number(/^RssAnon:\s+(\d+) kB/m.exec(readFileSync("/proc/self/status", "latin1"))?.[1] ?? 0),
    collect: () => gc({ type: "major", execution: "sync", flavor: "last-resort" }),
  };
}

/** Until the function that it returns is called. What other threads hold grows too: a collection that was no use is not tried again. */
export function giveBack(memory: Memory, clock: Pick<Clock, "schedule">): () => void {
  const elsewhere = (): number => memory.anonymousBytes() - memory.heldBytes();
  let leastBytes = Number.POSITIVE_INFINITY;
  let cancel = clock.schedule(LOOK_EVERY_MS, look);
  function look(): void {
    const nowBytes = elsewhere();
    leastBytes = Math.min(leastBytes, nowBytes);
    if (nowBytes - leastBytes >= UNUSED_MIB_MAX * MIB) {
      memory.collect();
      leastBytes = elsewhere();
    }
    cancel = clock.schedule(LOOK_EVERY_MS, look);
  }
  return () => cancel();
}
