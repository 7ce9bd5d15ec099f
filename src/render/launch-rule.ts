// When a browser that did not start is tried again, and who still waits for it. A page waits through the first few failures;
// after them each page is given up at once, but for one a while that tries again. Pure.
import { type Backoff, backoffMs } from "../base/index.ts";

const BACKOFF: Backoff = { firstMs: 500, maxMs: 60_000, factor: 4, jitter: 0 };
/** Failures in a row through which a page waits. */
const WAITED_FOR = 3;

export class LaunchRule {
  #failures = 0;
  #notBeforeMs = 0;
  #message = "";

  /** What a failure was; 0 at each success. */
  failed(message: string, atMs: number): void {
    this.#failures++;
    this.#message = message;
    this.#notBeforeMs = atMs + backoffMs(BACKOFF, this.#failures);
  }

  succeeded(): void {
    this.#failures = 0;
    this.#notBeforeMs = 0;
  }

  /** Milliseconds until the next attempt; the last failure's message where that is not waited for. */
  next(atMs: number): { readonly waitMs: number } | { readonly givenUp: string } {
    const waitMs = Math.max(0, this.#notBeforeMs - atMs);
    return waitMs > 0 && this.#failures >= WAITED_FOR ? { givenUp: this.#message } : { waitMs };
  }
}

const SAID_CHARS_MAX = 400;

/** What the program itself printed, out of a driver's report of pages; else the report's first line. */
export function saidAtLaunch(report: string): string {
  // The driver colours its lines.
  const plain = report.replace(/\u001b\[[0-9;]*m/g, "");
  const said = [...plain.matchAll(/^\[pid=\d+\]\[(?:err|out)\] (.*\S)/gm)].map(([, line]) => line);
  const exit = /<process did exit: (exitCode=[^>]*)>/.exec(plain)?.[1];
  const first = plain.split("\n", 1)[0]?.replace(/^browserType\.launch: /, "") ?? "";
  const told = said.length > 0 ? said.join("; ") : exit === undefined ? first : `it ended at once (${exit})`;
  return told.slice(0, SAID_CHARS_MAX);
}
