// When a page is worth reading: nothing of the document changed for a while and nothing is on its way that could change it.
// The network alone never decides: a page that polls would never be done, and one that waits for a timer would be too soon.

export interface SettleLimits {
  readonly settleMs: number;
  readonly quietMs: number;
}

export interface Look {
  readonly atMs: number;
  /** What the document held: how many elements and characters. Two looks with the same have seen no change. */
  readonly measure: string;
  /** Requests for scripts, data and frames that are not answered. */
  readonly pending: number;
}

/** Fed with looks; pure. */
export class Settling {
  readonly #limits: SettleLimits;
  #last: string | null = null;
  #changedAtMs = 0;
  #busyAtMs = 0;

  constructor(limits: SettleLimits) {
    this.#limits = limits;
  }

  /** Whether the page is done, as far as this look tells. */
  isDone({ atMs, measure, pending }: Look): boolean {
    if (measure !== this.#last) {
      this.#last = measure;
      this.#changedAtMs = atMs;
    }
    if (pending > 0 || this.#busyAtMs === 0) this.#busyAtMs = atMs;
    const { settleMs, quietMs } = this.#limits;
    const unchangedMs = atMs - this.#changedAtMs;
    if (unchangedMs >= quietMs) return true;
    return unchangedMs >= settleMs && atMs - this.#busyAtMs >= settleMs;
  }
}

/** Asked in the page: cheap, and the same for the same document. */
export const MEASURE = `(() => {
  const root = document.documentElement;
  if (root === null) return "none";
  return document.readyState + " " + document.getElementsByTagName("*").length + " " + root.textContent.length;
})()`;
