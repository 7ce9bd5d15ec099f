// What this run has done so far, in numbers: for progress and summary. Counts of outcomes are those of ends that the
// frontier has taken, so a line here is never ahead of what is safe.
import type { Code, FrontierReport, LaneVerdict, Outcome } from "../model/index.ts";

export class Tally {
  readonly ended: Record<Outcome, number> = { stored: 0, failed: 0, skipped: 0 };
  readonly codes: Record<"failed" | "skipped", Partial<Record<Code, number>>> = { failed: {}, skipped: {} };
  readonly lanes = { fast: 0, rich: 0 };
  /** Pages that wanted the rich lane and were read in the fast one. */
  richReadFast = 0;
  /** Body bytes as they came over the wire. */
  bytes = 0;
  deadLetters = 0;

  readonly #work = new Map<string, { done: number; failed: number }>();

  /** A stage was done with a record. */
  handled(stage: string, failed: boolean): void {
    const work = this.#work.get(stage) ?? { done: 0, failed: 0 };
    work[failed ? "failed" : "done"]++;
    this.#work.set(stage, work);
  }

  /** Records that a stage has handled, those that became dead letters apart. */
  work(stage: string): { readonly done: number; readonly failed: number } {
    return this.#work.get(stage) ?? { done: 0, failed: 0 };
  }

  routed(verdict: LaneVerdict): void {
    this.lanes[verdict.lane]++;
    if (verdict.wanted === "rich" && verdict.lane === "fast") this.richReadFast++;
  }

  /** Reports that the frontier has taken. */
  took(reports: readonly FrontierReport[]): void {
    for (const report of reports) {
      if (report.kind !== "page" || report.request.kind !== "page") continue;
      // A URL that redirected here ends with this report too.
      const count = 1 + report.followers.length;
      this.ended[report.outcome] += count;
      if (report.outcome === "stored" || report.code === null) continue;
      const codes = this.codes[report.outcome];
      codes[report.code] = (codes[report.code] ?? 0) + count;
    }
  }
}
