// When a page is worth reading: nothing of the document changed for a while and nothing is on its way that could change it.
// The network alone never decides: a page that polls would never be done, and one that waits for a timer would be too soon.

export interface SettleLimits {
  readonly settleMs: number;
  readonly quietMs: number;
}

/** What the page answers once it has been still for a while, or been waited for long enough. */
export interface Stillness {
  /** How many elements and characters the document holds: two answers with the same have seen no change in between. */
  readonly measure: string;
  readonly unchangedMs: number;
  /** A script ran on and on before that, whether or not the document changed. */
  readonly wasBusy: boolean;
}

export interface Look extends Stillness {
  readonly atMs: number;
  /** When a request for scripts, data or frames was last on its way. */
  readonly busyAtMs: number;
}

/** Fed with looks; pure. */
export class Settling {
  readonly #limits: SettleLimits;
  #last: string | null = null;
  #changedAtMs = 0;

  constructor(limits: SettleLimits) {
    this.#limits = limits;
  }

  /** Whether the page is done, as far as this look tells. */
  isDone({ atMs, measure, unchangedMs, wasBusy, busyAtMs }: Look): boolean {
    if (measure !== this.#last || wasBusy) this.#changedAtMs = atMs - unchangedMs;
    this.#last = measure;
    const { settleMs, quietMs } = this.#limits;
    const stillMs = atMs - this.#changedAtMs;
    return stillMs >= quietMs || (stillMs >= settleMs && atMs - busyAtMs >= settleMs);
  }
}

const LOOK_MS = 50;
/** A look that comes so late was kept waiting by a script: what it is making is not there yet. */
const BUSY_MS = 250;

/**
 * Waits in the page itself until it was still for `stillMs`, for at most `waitMs`: one question in the place of many. What
 * only changes how things look (attributes, digits of a clock) is no change.
 */
export const stillness = (stillMs: number, waitMs: number): string => `new Promise((resolve) => {
  const measured = () => document.getElementsByTagName("*").length + " " + (document.documentElement?.textContent.length ?? 0);
  const beganMs = performance.now();
  let measure = measured();
  let changedMs = beganMs;
  let lookedMs = beganMs;
  let wasBusy = false;
  let isDirty = false;
  const observer = new MutationObserver(() => { isDirty = true; });
  observer.observe(document, { childList: true, characterData: true, subtree: true });
  const timer = setInterval(() => {
    const nowMs = performance.now();
    if (nowMs - lookedMs > ${BUSY_MS}) {
      wasBusy = true;
      changedMs = nowMs;
    }
    lookedMs = nowMs;
    if (isDirty || document.readyState === "loading") {
      isDirty = false;
      const now = measured();
      if (now !== measure || document.readyState === "loading") changedMs = nowMs;
      measure = now;
    }
    if (nowMs - changedMs < ${stillMs} && nowMs - beganMs < ${waitMs}) return;
    clearInterval(timer);
    observer.disconnect();
    resolve({ measure, unchangedMs: nowMs - changedMs, wasBusy });
  }, ${LOOK_MS});
})`;
