// What a budget of memory asks for: first that nothing new is begun and idle browsers go, then that the largest page ends. Pure:
// fed with what each browser's processes hold, answers what is to be done.
import type { ProcessMemory } from "./process-memory.ts";

/** Of a browser that shows nothing yet, and of a usual page in it: what the number of pages at once is reckoned from. */
const BROWSER_BYTES = 192 * 1_048_576;
const PAGE_BYTES = 128 * 1_048_576;
/** A page waits more than it computes. */
const PAGES_PER_PROCESSOR = 4;
const PAGES_MAX = 64;

const BYTES_MIN = 512 * 1_048_576;
const BYTES_MAX = 2_048 * 1_048_576;

/** A quarter of the machine's, within bounds. */
export const usualBudget = (machineBytes: number): number =>
  Math.round(Math.min(BYTES_MAX, Math.max(BYTES_MIN, machineBytes / 4)));

/** Pages at once that a budget allows. */
export function pagesWithin(bytesMax: number, processors: number): number {
  const fitting = Math.floor((bytesMax - BROWSER_BYTES) / PAGE_BYTES);
  return Math.max(1, Math.min(fitting, PAGES_PER_PROCESSOR * processors, PAGES_MAX));
}

export interface BrowserLook<B> {
  readonly browser: B;
  /** Pages under way in it. */
  readonly pages: number;
  readonly processes: readonly ProcessMemory[];
}

export interface Relief<B> {
  /** While it is, no page is begun. */
  readonly isOver: boolean;
  readonly usedBytes: number;
  /** Browsers to be ended: at once where they show nothing, else with their last page. */
  readonly replaced: readonly B[];
  /** The process that shows the largest page. */
  readonly ended: { readonly browser: B; readonly pid: number } | null;
}

/** Looks in a row before a page is ended for it: most of what is too much goes by itself. */
const PATIENCE_LOOKS = 2;
/** Beyond it there is no patience: a page can fill a machine within seconds. */
const URGENT = 1.25;

export class MemoryBudget<B> {
  readonly #bytesMax: number;
  /** Told to end, and perhaps not gone yet. */
  #ending: ReadonlySet<number> = new Set();
  #looksOver = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  judge(looks: readonly BrowserLook<B>[]): Relief<B> {
    const pids = new Set(looks.flatMap(({ processes }) => processes.map(({ pid }) => pid)));
    this.#ending = new Set([...this.#ending].filter((pid) => pids.has(pid)));
    const usedBytes = looks.reduce((sum, { processes }) => sum + bytesOf(processes), 0);
    const isOver = usedBytes > this.#bytesMax;
    const idle = isOver ? looks.filter(({ pages }) => pages === 0) : [];
    const freedBytes = idle.reduce((sum, { processes }) => sum + bytesOf(processes), 0);
    const replaced = idle.map(({ browser }) => browser);
    if (usedBytes - freedBytes <= this.#bytesMax) {
      this.#looksOver = 0;
      return { isOver, usedBytes, replaced, ended: null };
    }
    this.#looksOver++;
    const patient = this.#looksOver < PATIENCE_LOOKS && usedBytes <= URGENT * this.#bytesMax;
    if (patient) return { isOver, usedBytes, replaced, ended: null };
    this.#looksOver = 0;
    const busy = looks.filter(({ pages }) => pages > 0);
    const shown = busy.flatMap(({ browser, processes }) =>
      processes.filter(({ isRenderer }) => isRenderer).map((process) => ({ browser, ...process })),
    );
    // Where the pages are not what fills it, to end one of them would be for nothing.
    if (2 * bytesOf(shown) < usedBytes - freedBytes) {
      const largest = busy.toSorted((a, b) => bytesOf(b.processes) - bytesOf(a.processes))[0];
      const spent = largest === undefined ? [] : [largest.browser];
      return { isOver, usedBytes, replaced: [...replaced, ...spent], ended: null };
    }
    const [ended = null] = shown
      .filter(({ pid }) => !this.#ending.has(pid))
      .toSorted((a, b) => b.bytes - a.bytes);
    if (ended !== null) this.#ending = new Set([...this.#ending, ended.pid]);
    return { isOver, usedBytes, replaced, ended };
  }
}

const bytesOf = (processes: readonly { readonly bytes: number }[]): number =>
  processes.reduce((sum, { bytes }) => sum + bytes, 0);
