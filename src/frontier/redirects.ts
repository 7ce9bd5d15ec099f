// Redirects of pages: the target becomes a URL of its own, and what led to it waits for its end. Circles and chains beyond
// the limit end every URL in them. Knows nothing of bodies or links. Runs inside a turn.
import type { RedirectReport } from "../model/index.ts";
import { PRIORITY } from "./admission.ts";
import type { End } from "./endings.ts";
import { closeLease, type IntakeParts } from "./intake-parts.ts";
import { type NormalUrl, normalise } from "./url.ts";
import { isEnded, type UrlRecord } from "./url-record.ts";

export class Redirects {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  take(report: RedirectReport): void {
    const { leases, ledger, captures } = this.#parts;
    const lease = leases.get(report.request.captureId);
    if (lease === null || lease.kind !== "url") return;
    const record = ledger.read(lease.id);
    closeLease(lease, this.#parts);
    if (record.state !== "leased") return;
    captures.settleLeased(lease.id, record, report.request.captureId);
    this.apply(lease.id, record, report);
  }

  /** The URL is under way no longer, and led elsewhere. */
  apply(id: number, record: UrlRecord, report: RedirectReport): void {
    const { ledger, endings, admission, outbox, options } = this.#parts;
    const crawl = this.#parts.crawlOf(record.crawlNo);
    const fail = (message: string, finalUrl = record.url): void =>
      endings.endUnreported(id, record, {
        outcome: "failed",
        code: "redirect",
        message,
        status: report.status,
        finalUrl,
      });
    const target = normalise(report.target, record.url, options);
    if (!target.ok) {
      fail(`redirects to what cannot be crawled: ${target.error.message}`);
      return;
    }
    const { url } = target.value;
    if (url === record.url) {
      if (!report.setCookie || record.selfRedirected) {
        fail("redirects to itself");
        return;
      }
      admission.queueAgain(id, record, PRIORITY.front, (changed) => {
        changed.selfRedirected = true;
        changed.attempts = Math.max(0, changed.attempts - 1);
      });
      return;
    }
    if (record.redirects + 1 > options.redirectsMax) {
      fail(`more than ${options.redirectsMax} redirects`, url);
      return;
    }
    if (record.given) admission.join(crawl, target.value.host);
    else {
      const reason = admission.refusal(crawl, target.value);
      if (reason !== null) {
        const end: End = {
          outcome: "skipped",
          code: "scope",
          message: reason,
          status: report.status,
          finalUrl: url,
        };
        endings.endUnreported(id, record, end);
        return;
      }
    }
    // A redirect is no document: its place in the budget goes to where it leads.
    if (record.counted) {
      ledger.spendBudget(record.crawlNo, -1);
      record.counted = false;
    }
    if (outbox.isForeign(target.value.host)) {
      const { depth, given } = record;
      this.#orderElsewhere(id, target.value, record.redirects + 1);
      outbox.add(record.crawlNo, target.value, { depth, given, referrer: record.url });
      endings.endUnreported(id, record, {
        outcome: "skipped",
        code: "redirect",
        message: "its target belongs to another ingestor, which was told of it",
        status: report.status,
        finalUrl: url,
      });
      return;
    }
    const candidate = {
      depth: record.depth,
      redirects: record.redirects + 1,
      given: record.given,
      sitemap: false,
      referrerId: id,
    };
    const { id: targetId } = admission.admit(crawl, target.value, candidate);
    if (!this.#passOn(id, targetId, candidate.redirects)) {
      fail("more tasks wait for its target than one fetch answers", url);
      return;
    }
    this.#follow(id, record, targetId, report.status);
  }

  /** One clock a host: who waits for this one is answered by the ingestor that its target belongs to. */
  #orderElsewhere(id: number, target: NormalUrl, redirects: number): void {
    const { tasked, outbox } = this.#parts;
    const waiting = tasked.of(id);
    if (waiting === null) return;
    outbox.order(target, waiting, redirects);
    tasked.settle(id, waiting.ids);
  }

  /** Who waits for this one waits for its target, which is fetched for them; not where it waits for this one. */
  #passOn(id: number, targetId: number, redirects: number): boolean {
    const { tasked, errands } = this.#parts;
    if (!tasked.has(id)) return true;
    if (this.#chainTo(targetId, id) !== null) return true;
    if (!tasked.move(id, targetId)) return false;
    errands.fetchAgain(targetId, redirects);
    return true;
  }

  #follow(id: number, record: UrlRecord, targetId: number, status: number): void {
    const { ledger, endings } = this.#parts;
    const target = ledger.read(targetId);
    const chain = this.#chainTo(targetId, id);
    if (chain !== null) {
      // Each member ends as itself; in this order none of them is ended as the follower of another.
      for (const memberId of chain) this.#failInCircle(memberId, ledger.read(memberId), status);
      this.#failInCircle(id, record, status);
      return;
    }
    ledger.putEnd(id, { ...ledger.end(id), finalUrl: target.url, targetId });
    if (isEnded(target.state)) {
      const verdict = endings.endOf(targetId, target);
      endings.endUnreported(id, record, verdict);
      return;
    }
    ledger.move(id, record, "waiting", (changed) => {
      changed.following = true;
      changed.status = status;
    });
    endings.follow(targetId, target, id);
  }

  #failInCircle(id: number, record: UrlRecord, status: number): void {
    this.#parts.endings.endUnreported(id, record, {
      outcome: "failed",
      code: "redirect",
      message: "redirects in a circle",
      status: record.status || status,
      finalUrl: record.url,
    });
  }

  /** The URLs from `fromId` on that wait for each other up to `id`; null when the chain of redirects does not come there. */
  #chainTo(fromId: number, id: number): number[] | null {
    const { ledger, options } = this.#parts;
    const chain: number[] = [];
    let at = fromId;
    while (at !== id && chain.length <= options.redirectsMax) {
      const record = ledger.find(at);
      if (record === null || !record.following) return null;
      chain.push(at);
      at = ledger.end(at).targetId;
    }
    return chain;
  }
}
