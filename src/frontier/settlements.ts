// What the engine says of a delivery at its very end. Most often a report closed the lease before, and this changes nothing;
// otherwise the URL is repeated, given back or ended here. Runs inside a turn.
import type { Outcome as Settlement } from "../engine/index.ts";
import { type Code, codeRules } from "../model/index.ts";
import { PRIORITY } from "./admission.ts";
import { closeLease, type IntakeParts } from "./intake-parts.ts";
import type { Lease } from "./leases.ts";
import { codeOf, type RobotsAnswers } from "./robots-answers.ts";
import { isEnded } from "./url-record.ts";

export class Settlements {
  readonly #parts: IntakeParts;
  readonly #robots: RobotsAnswers;

  constructor(parts: IntakeParts, robots: RobotsAnswers) {
    this.#parts = parts;
    this.#robots = robots;
  }

  /** The engine's last word on a delivery. */
  settle(lease: Lease, outcome: Settlement, keepId: boolean): void {
    if (this.#parts.leases.get(lease.request.captureId) !== lease) return;
    switch (lease.kind) {
      case "ending":
        this.#parts.leases.close(lease);
        if (outcome.kind === "errored" || outcome.kind === "later") this.#parts.endings.untold(lease.id);
        else this.#parts.endings.told(lease.crawlNo, lease.id);
        return;
      case "robots":
        if (outcome.kind === "errored") this.giveBack(lease, false);
        else this.#robots.unanswered(lease, outcome);
        return;
      case "url":
        this.#settleUrl(lease, outcome, keepId);
        return;
    }
  }

  /** Back to the front of its queue, as if it had not been leased. `keepId`: to be leased under the same capture id. */
  giveBack(lease: Lease, keepId: boolean): void {
    const { ledger, leases, endings, workbench, admission, captures } = this.#parts;
    if (leases.get(lease.request.captureId) !== lease) return;
    if (lease.kind !== "url") {
      leases.close(lease);
      if (lease.kind === "ending") endings.untold(lease.id);
      else if (lease.robots !== null) workbench.robotsKnown(lease.robots.host);
      return;
    }
    closeLease(lease, this.#parts);
    const record = ledger.read(lease.id);
    if (isEnded(record.state)) return;
    if (keepId && !record.sitemap) captures.keep(lease.id, record, lease.request.captureId);
    admission.queueAgain(lease.id, record, PRIORITY.front, (changed) => {
      changed.attempts = Math.max(0, changed.attempts - 1);
    });
  }

  #settleUrl(lease: Lease, outcome: Settlement, keepId: boolean): void {
    const { ledger, endings, captures, dispatcher, clock, options } = this.#parts;
    if (outcome.kind === "errored") {
      this.giveBack(lease, keepId);
      return;
    }
    const record = ledger.read(lease.id);
    closeLease(lease, this.#parts);
    if (isEnded(record.state)) return;
    const end = (ended: "failed" | "skipped", code: Code, message: string): void => {
      captures.settleLeased(lease.id, record, lease.request.captureId);
      endings.endUnreported(lease.id, record, {
        outcome: ended,
        code,
        message,
        status: record.status || null,
        finalUrl: record.url,
      });
    };
    switch (outcome.kind) {
      case "delivered":
        end("failed", "internal", "the line ended without a report");
        return;
      case "dropped":
        end("skipped", "policy", outcome.reason);
        return;
      case "dead":
        end("failed", codeOf(outcome.code), "went to the dead letters");
        return;
      case "later": {
        const code = codeOf(outcome.code);
        const isPostponed = lease.pauseMs !== null && record.postponements < options.postponementsMax;
        // Who waits for it tries again by himself.
        const retriesMax = lease.request.tasks === undefined ? codeRules[code].retriesMax : 0;
        if (!isPostponed && record.attempts > retriesMax) {
          end("failed", code, `failed ${record.attempts} times`);
          return;
        }
        const own = options.retryDelayMs * 2 ** Math.min(10, Math.max(0, record.attempts - 1));
        // Where the server names the time, that is the time; the fetcher's own backoff is for failures that name none.
        const waitMs = lease.pauseMs ?? (outcome.delayMs > 0 ? outcome.delayMs : own);
        ledger.move(lease.id, record, "waiting", (changed) => {
          changed.code = code;
          if (!isPostponed) return;
          changed.attempts = Math.max(0, changed.attempts - 1);
          changed.postponements++;
        });
        dispatcher.wait(record.crawlNo, lease.id, clock.nowMs() + waitMs);
      }
    }
  }
}
