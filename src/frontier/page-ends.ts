// The end of a page as reported, and the links it names: the same whether the report comes from this process or from another
// machine. Knows no lease. Runs inside a turn.
import type { PageReport } from "../model/index.ts";
import type { IntakeParts } from "./intake-parts.ts";
import type { UrlRecord } from "./url-record.ts";

export class PageEnds {
  readonly #parts: IntakeParts;

  constructor(parts: IntakeParts) {
    this.#parts = parts;
  }

  end(id: number, record: UrlRecord, report: PageReport): void {
    const { endings, admission } = this.#parts;
    const { outcome, code, message, status, finalUrl, signature, fetchedAtMs, validators } = report;
    const fetched = {
      etag: validators?.etag ?? null,
      lastModified: validators?.lastModified ?? null,
      signature,
      fetchedAtMs,
    };
    const reported = new Set(report.followers);
    endings.end(id, record, { outcome, code, message, status, finalUrl }, fetched, reported);
    if (signature !== null) admission.traps.reportSignature(record.url, signature);
  }

  /** Answers how many were queued. */
  links(id: number, record: UrlRecord, report: PageReport): number {
    const { admission, crawlOf, options } = this.#parts;
    const links = report.links.slice(0, options.linksPerPageMax);
    if (links.length === 0) return 0;
    return admission.discovered(crawlOf(record.crawlNo), links, record.depth + 1, id);
  }
}
