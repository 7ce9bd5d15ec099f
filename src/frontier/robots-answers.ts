// Answers to robots requests: redirects followed, the file handed to the gate, the host set free again. Knows nothing of
// pages. Runs inside a turn.
import type { Outcome as Settlement } from "../engine/index.ts";
import { CODES, type Code, type ControlReport } from "../model/index.ts";
import type { IntakeParts } from "./intake-parts.ts";
import type { Lease } from "./leases.ts";
import { normalise } from "./url.ts";

export class RobotsAnswers {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  /** Answers the sitemaps that the file names. */
  take(lease: Lease, report: ControlReport, body: Uint8Array): readonly string[] {
    const { leases, workbench, gate, dispatcher, options, clock } = this.#parts;
    const asked = lease.robots;
    if (asked === null) return [];
    leases.close(lease);
    if (report.redirect !== null && asked.hops < options.robotsRedirectsMax) {
      const target = normalise(report.redirect, lease.request.url, { ...options, trackingParameters: [] });
      if (target.ok) {
        const crawl = this.#parts.crawlOf(lease.crawlNo);
        this.#parts.send(
          dispatcher.askRobots(
            crawl,
            asked.host,
            asked.origin,
            asked.tries,
            asked.hops + 1,
            target.value.url,
          ),
        );
        return [];
      }
    }
    const answer = gate.answer(asked.origin, report, body, asked.tries, clock.nowMs());
    if (answer.kind === "again")
      asked.host.record.nextAtMs = Math.max(asked.host.record.nextAtMs, answer.atMs);
    workbench.robotsKnown(asked.host);
    return answer.kind === "settled" ? answer.sitemaps : [];
  }

  /** The fetcher has no answer and no failure for it either: as if it had failed so. */
  unanswered(lease: Lease, outcome: Settlement): void {
    const code = outcome.kind === "later" || outcome.kind === "dead" ? codeOf(outcome.code) : "internal";
    const failure = { code, message: "no answer" };
    const report = {
      kind: "control",
      request: lease.request,
      status: null,
      failure,
      redirect: null,
      headers: [],
      truncated: false,
    } as const;
    this.take(lease, { ...report, body: new Uint8Array() }, new Uint8Array());
  }
}

const KNOWN_CODES: ReadonlySet<string> = new Set(CODES);
const isCode = (code: string): code is Code => KNOWN_CODES.has(code);
/** The engine carries codes as plain text. */
export const codeOf = (code: string): Code => (isCode(code) ? code : "internal");
