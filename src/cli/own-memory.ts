// What a command that runs for hours asks of the two allocators below it, so that the process holds little more than it
// uses, and no more after a day than after a minute. Old Nodes load this file; it knows no command.
import { setFlagsFromString } from "node:v8";

/**
 * glibc gives threads arenas of their own, eight a core, and gives hardly anything back (mallopt(3)). Bodies pass from thread to
 * thread, so each arena grows to its own worst moment. In a crawl of 20,000 pages on two cores all of malloc held 213 MiB
 * after a tenth of them and 233 at the end; in another beside it, with two arenas, 153 from the 700th page on.
 */
const ARENAS = "2";

/**
 * A block of so many bytes or more is a mapping of its own and goes back to the kernel when it is freed. Left alone, glibc raises
 * this limit to the largest block that was ever freed, up to 32 MiB, and all smaller ones stay in the arenas with their gaps. At the
 * end of such a crawl the two arenas held 102 MiB with this bound, and without it 159, 183 and 206.
 */
const MAPPED_BYTES = "131072";

/**
 * The main thread's nursery is two halves of so many MiB, from the first page on: V8 lets one grow step by step to 64 MiB,
 * whenever a moment's pages outlive a scavenge, and keeps it.
 */
const NURSERY_HALF_MEBIBYTES = 16;
const NURSERY_FLAGS = [
  `--min-semi-space-size=${NURSERY_HALF_MEBIBYTES}`,
  `--max-semi-space-size=${NURSERY_HALF_MEBIBYTES}`,
];

/**
 * The old generation is collected when it has grown by so much, and not up to four times larger. What waits in channels
 * survives a scavenge or two and then is garbage there, and so is every body it holds. With 30 a crawl of real pages took 7 % more
 * CPU time than without a bound (three pairs), with 70 as much.
 */
const HEAP_GROWTH_PERCENT = 70;

/** The environment of a process that is to run this program; what a user says about malloc stands. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { MALLOC_ARENA_MAX: ARENAS, MALLOC_MMAP_THRESHOLD_: MAPPED_BYTES, ...process.env };
}

/** Node's own arguments for such a process; what a user says about the nursery stands. Collections are asked for in give-back.ts. */
export function programFlags(): string[] {
  return hasNurseryFlag() ? process.execArgv : [...NURSERY_FLAGS, "--expose-gc", ...process.execArgv];
}

const hasNurseryFlag = (): boolean =>
  [...process.execArgv, process.env.NODE_OPTIONS ?? ""].some((flags) => /--m(ax|in)[-_]semi/.test(flags));

/**
 * Before anything is loaded and any thread is started. glibc and V8 have read all this by then, so the process starts its program
 * anew (execve(2): the same process, streams and arguments), once; where it cannot, it goes on as it is.
 */
export function boundOwnMemory(args: readonly string[]): void {
  const isBound = process.env.MALLOC_ARENA_MAX !== undefined && hasNurseryFlag();
  if (process.platform === "linux" && !isBound && !hasMoreThanStreams(args))
    process.execve?.(
      process.execPath,
      [process.execPath, ...programFlags(), ...process.argv.slice(1)],
      programEnvironment(),
    );
  // The flag would stand above what each thread is given: the main thread has read it.
  setFlagsFromString("--max-semi-space-size=0");
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}

/** Descriptors beyond the three streams would be closed: a parent's channel, the pipe of `--list <(…)`. */
function hasMoreThanStreams(args: readonly string[]): boolean {
  return process.channel !== undefined || args.some((word) => /\/(dev|proc\/[^/]+)\/fd\//.test(word));
}
