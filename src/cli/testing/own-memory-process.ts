// A program for a test: bounds its own memory as a long command does, and tells what it then is, and how large its nursery and
// that of a thread with a limit of its own are.
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { getHeapSpaceStatistics } from "node:v8";
import { isMainThread, parentPort, Worker } from "node:worker_threads";
import { boundOwnMemory } from "../own-memory.ts";

const THREAD_YOUNG_MIB = 8;

/** Both halves, MiB. */
function nurseryMebibytes(): number {
  const nursery = getHeapSpaceStatistics().find(({ space_name }) => space_name === "new_space");
  return (nursery?.space_size ?? 0) / 1024 / 1024;
}

if (isMainThread) {
  const args = process.argv.slice(2);
  boundOwnMemory(args);
  const { MALLOC_ARENA_MAX: arenas = null, MALLOC_MMAP_THRESHOLD_: mapped = null } = process.env;
  const given = args[0]?.startsWith("/dev/fd/") ? readFileSync(args[0], "utf8") : null;
  const thread = new Worker(new URL(import.meta.url), {
    resourceLimits: { maxYoungGenerationSizeMb: THREAD_YOUNG_MIB },
  });
  const [ofThread] = await once(thread, "message");
  const nurseries = [nurseryMebibytes(), ofThread];
  process.stdout.write(`${JSON.stringify({ pid: process.pid, arenas, mapped, args, given, nurseries })}\n`);
} else parentPort?.postMessage(nurseryMebibytes());
