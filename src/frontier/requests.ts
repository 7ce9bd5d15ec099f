// What a lease asks of the fetcher: the request of a URL, made from its row, and that of a robots file. Knows neither hosts nor
// leases.
import type { PageRequest, Validators } from "../model/index.ts";
import type { Crawl } from "./crawls.ts";
import type { Ledger } from "./ledger.ts";
import type { Tasked } from "./tasked.ts";
import { hostKey } from "./url.ts";
import type { UrlRecord } from "./url-record.ts";

export class Requests {
  readonly #ledger: Ledger;
  readonly #tasked: Tasked;

  constructor(ledger: Ledger, tasked: Tasked) {
    this.#ledger = ledger;
    this.#tasked = tasked;
  }

  of(crawl: Crawl, id: number, record: UrlRecord, host: string, captureId: string): PageRequest {
    const waiting = this.#tasked.of(id);
    return {
      kind: record.sitemap ? "sitemap" : "page",
      captureId,
      url: record.url,
      host,
      crawlId: crawl.crawlId,
      depth: record.depth,
      attempt: Math.max(1, record.attempts),
      redirects: record.redirects,
      given: record.given,
      referrer: this.#urlOf(record.referrerId),
      validators: record.conditional && waiting === null ? this.#validators(id) : null,
      lane: waiting === null ? crawl.lane : waiting.lane,
      verdict: null,
      ...(waiting === null ? {} : { tasks: waiting.ids }),
      ...(waiting?.isUrgent === true ? { urgent: true } : {}),
      ...(waiting?.recipe === undefined ? {} : { recipe: waiting.recipe }),
    };
  }

  /** The origin's file; `redirectedTo` when it lies elsewhere. */
  robots(
    crawl: Crawl,
    origin: string,
    tries: number,
    hops: number,
    redirectedTo: string | null,
    captureId: string,
    isUrgent: boolean,
  ): PageRequest {
    const url = redirectedTo ?? `${origin}/robots.txt`;
    return {
      kind: "robots",
      captureId,
      url,
      host: hostKey(url),
      crawlId: crawl.crawlId,
      depth: 0,
      attempt: tries + 1,
      redirects: hops,
      given: false,
      referrer: null,
      validators: null,
      lane: "fast",
      verdict: null,
      ...(isUrgent ? { urgent: true } : {}),
    };
  }

  #validators(id: number): Validators | null {
    const { etag, lastModified, signature } = this.#ledger.end(id);
    return etag === null && lastModified === null && signature === null
      ? null
      : { etag, lastModified, signature };
  }

  #urlOf(id: number): string | null {
    return id === 0 ? null : (this.#ledger.find(id)?.url ?? null);
  }
}
