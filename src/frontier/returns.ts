// What comes back over frontier.links: ends of pages handed over, their interim reports, URLs that other ingestors found and
// hosts that they were given, and orders to fetch. Any of it may come twice, late, or before its time. Runs inside a turn.
//
// A report belongs to a capture, and a URL to the last capture that was handed over (captures.ts). What decides is whether the
// URL still waits for a report of that very capture:
//
// 1. *It does*: handed over; or leased under that id (the report was quicker than the HandedReport, or the page had reached the
//    broker before a crash and is fetched a second time); or queued or waiting after such a crash, or after its report was
//    given up. The URL ends now, whatever is under way under that id changes nothing any more.
// 2. *It does not*, for it was leased or handed over anew under another id, or has ended, or is unknown: the end stays as it is
//    and the fetch under way will bring its own; only the links are admitted, which are known already if the report came before.
// 3. *It ended without being stored, and that very capture is stored after all* (a second fetch of it failed here, a dead letter
//    was replayed there): stored wins. So it does where no capture is known to have made the end.
// 4. *An order* asks for a new fetch: no report of an earlier capture may end the URL before that.
import type {
  FetchOrder,
  ForeignUrls,
  FrontierRecord,
  PageReport,
  RedirectReport,
  ReturnedQueued,
  ScopeJoined,
} from "../model/index.ts";
import { PRIORITY } from "./admission.ts";
import { closeLease, type IntakeParts } from "./intake-parts.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { PageEnds } from "./page-ends.ts";
import type { Redirects } from "./redirects.ts";
import { fingerprint, normalise } from "./url.ts";
import { isEnded } from "./url-record.ts";

export interface ReturnsParts extends IntakeParts {
  readonly ends: PageEnds;
  readonly redirects: Redirects;
  readonly lifecycle: Lifecycle;
}

export class Returns {
  readonly #parts: ReturnsParts;

  constructor(parts: ReturnsParts) {
    this.#parts = parts;
  }

  take(record: FrontierRecord): void {
    switch (record.kind) {
      case "end":
        this.#end(record.report);
        return;
      case "queued":
        this.#queued(record);
        return;
      case "urls":
        this.#urls(record);
        return;
      case "joined":
        this.#joined(record);
        return;
      case "order":
        this.#order(record);
    }
  }

  #end(report: PageReport | RedirectReport): void {
    const { ledger, leases, captures, endings, admission, ends, redirects, errands } = this.#parts;
    const { captureId, url } = report.request;
    // Not normalised: what was handed over is in normal form, of the options of that time.
    const id = ledger.idOf(fingerprint(url));
    if (id === 0) return;
    const record = ledger.read(id);
    const lease = leases.get(captureId);
    const capture = captures.of(id, record);
    const isSame = capture?.captureId === captureId;
    const isOver = isEnded(record.state);
    const isLeased = lease?.kind === "url" && lease.id === id;
    if (isLeased) closeLease(lease, this.#parts);
    const isAwaited = isLeased || (record.state !== "leased" && isSame && capture.isAwaited);
    if (isOver || !isAwaited) {
      if (report.kind !== "page") return;
      if (
        isOver &&
        record.state !== "stored" &&
        report.outcome === "stored" &&
        (isSame || capture === null)
      ) {
        endings.told(record.crawlNo, id);
        captures.settle(id, record, captureId);
        ends.end(id, record, report);
      }
      this.#links(id, report);
      return;
    }
    if (record.state === "queued") admission.unqueue(id, record);
    captures.settle(id, record, captureId);
    if (report.kind === "redirect") {
      redirects.apply(id, record, report);
      return;
    }
    ends.end(id, record, report);
    this.#links(id, report);
    errands.ended(id, report.request.tasks);
  }

  #links(id: number, report: PageReport): void {
    const { ledger, ends, lifecycle } = this.#parts;
    const record = ledger.read(id);
    if (ends.links(id, record, report) > 0) lifecycle.reopen(lifecycle.of(record.crawlNo));
  }

  #queued({ captureId, url }: ReturnedQueued): void {
    const { ledger, leases, captures } = this.#parts;
    const id = ledger.idOf(fingerprint(url));
    if (id === 0) return;
    const record = ledger.read(id);
    const lease = leases.get(captureId);
    const capture = captures.of(id, record);
    const isLeased = lease?.kind === "url" && lease.id === id;
    const isAwaited = capture?.captureId === captureId && capture.isAwaited && !isEnded(record.state);
    if (!isLeased && !isAwaited) return;
    captures.queue(id, record, captureId);
    ledger.update(id, record);
  }

  #urls({ urls, depth, given, judged, referrer }: ForeignUrls): void {
    const { admission, lifecycle, ledger, options } = this.#parts;
    const crawl = lifecycle.active();
    let queued = 0;
    if (given) queued = admission.given(crawl, urls, { depth, isTold: true }).admitted;
    else {
      // In scope by given hosts of which this ingestor may not have heard yet.
      for (const url of judged ? urls : []) {
        const normal = normalise(url, null, options);
        if (normal.ok) admission.join(crawl, normal.value.host, true);
      }
      const referrerId = referrer === null ? 0 : ledger.idOf(fingerprint(referrer));
      queued = admission.discovered(crawl, urls, depth, referrerId);
    }
    if (queued > 0) lifecycle.reopen(crawl);
  }

  /** A key of the same mode stands for itself. */
  #joined({ keys }: ScopeJoined): void {
    const { admission, lifecycle } = this.#parts;
    const crawl = lifecycle.active();
    for (const key of keys) admission.joinSitemap(crawl, key, true);
  }

  #order({ url, task }: FetchOrder): void {
    if (task !== undefined) {
      // Without room it is ordered again when its time is over.
      const { id, ...how } = task;
      this.#parts.errands.take({ taskId: id, url, ...how });
      return;
    }
    const { ledger, admission, captures, endings, outbox, lifecycle, options } = this.#parts;
    const crawl = lifecycle.active();
    const normal = normalise(url, null, options);
    if (!normal.ok) return;
    const id = ledger.idOf(normal.value.fingerprint);
    if (id === 0 || outbox.isForeign(normal.value.host)) {
      if (admission.given(crawl, [url]).admitted > 0) lifecycle.reopen(crawl);
      return;
    }
    const record = ledger.read(id);
    captures.supersede(id, record);
    // A fetch under way is as good as a new one.
    if (record.state === "leased") {
      ledger.update(id, record);
      return;
    }
    if (record.state === "queued") admission.unqueue(id, record);
    endings.told(record.crawlNo, id);
    admission.queueAgain(id, record, PRIORITY.front, (changed) => {
      if (changed.crawlNo !== crawl.no) changed.counted = false;
      changed.crawlNo = crawl.no;
      // Whatever was stored may be lost: an answer that nothing has changed would be of no use.
      changed.conditional = false;
      changed.following = false;
      changed.attempts = 0;
      changed.postponements = 0;
      changed.code = null;
    });
    lifecycle.reopen(crawl);
  }
}
