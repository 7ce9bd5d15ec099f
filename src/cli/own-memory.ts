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
 * The old generation is collected when it has grown by so much, and not up to four times larger. What waits in channels
 * survives a scavenge or two and then is garbage there, and so is every body it holds. With 30 a crawl of real pages took 7 % more
 * CPU time than without a bound (three pairs), with 70 as much.
 */
const HEAP_GROWTH_PERCENT = 70;

/** The environment of a process that is to run this program; what a user says about arenas stands. */
export function programEnvironment(): NodeJS.ProcessEnv {
  return { MALLOC_ARENA_MAX: ARENAS, ...process.env };
}

/**
 * Before anything is loaded and any thread is started. glibc has read its variable by then, so the process starts its program anew
 * (execve(2): the same process, streams and arguments), once; where it cannot, it goes on as it is.
 */
export function boundOwnMemory(args: readonly string[]): void {
  if (process.platform === "linux" && process.env.MALLOC_ARENA_MAX === undefined && !hasMoreThanStreams(args))
    process.execve?.(
      process.execPath,
      [process.execPath, ...process.execArgv, ...process.argv.slice(1)],
      programEnvironment(),
    );
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH_PERCENT}`);
}

/** Descriptors beyond the three streams would be closed: a parent's channel, the pipe of `--list <(…)`. */
function hasMoreThanStreams(args: readonly string[]): boolean {
  return process.channel !== undefined || args.some((word) => /\/(dev|proc\/[^/]+)\/fd\//.test(word));
}
