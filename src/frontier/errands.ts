// URLs that somebody waits for: each is fetched now, known or not, before the other pages of its host and as politely as they
// are, an urgent one before those of all hosts; its links are not followed. A URL that ends without having answered all who wait
// for it is fetched again. Runs inside a turn.
import type { Failure, LaneChoice } from "../model/index.ts";
import { type Admission, PRIORITY } from "./admission.ts";
import type { Captures } from "./captures.ts";
import type { Crawl } from "./crawls.ts";
import type { Endings } from "./endings.ts";
import type { Ledger } from "./ledger.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { FrontierOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import type { Tasked } from "./tasked.ts";
import { type NormalUrl, normalise } from "./url.ts";
import { isEnded, type UrlRecord } from "./url-record.ts";

export interface Errand {
  readonly taskId: string;
  readonly url: string;
  readonly lane: LaneChoice;
  /** Hops that led here; absent: none. */
  readonly redirects?: number | undefined;
  /** Somebody stands waiting for it now. */
  readonly urgent?: true | undefined;
  /** Of `render.recipes`; absent: the page's own. */
  readonly recipe?: string | undefined;
}

/** What became of an errand: it is under way, it cannot be, or there is no room for it now. */
export type ErrandTaken =
  | { readonly kind: "taken" }
  | { readonly kind: "refused"; readonly failure: Failure }
  | { readonly kind: "full" };

export interface ErrandsParts {
  readonly ledger: Ledger;
  readonly admission: Admission;
  readonly endings: Endings;
  readonly captures: Captures;
  readonly outbox: Outbox;
  readonly lifecycle: Lifecycle;
  readonly tasked: Tasked;
  readonly options: FrontierOptions;
}

export class Errands {
  readonly #parts: ErrandsParts;
  /** Somebody reads the urgent ones; else they are errands like any. */
  isUrgentRead = false;

  constructor(parts: ErrandsParts) {
    this.#parts = parts;
  }

  take({ taskId, url, lane, redirects = 0, urgent, recipe }: Errand): ErrandTaken {
    const { tasked, lifecycle, outbox, options } = this.#parts;
    const normal = normalise(url, null, options);
    if (!normal.ok) return { kind: "refused", failure: normal.error };
    if (outbox.isForeign(normal.value.host)) {
      const message = "its host belongs to another ingestor";
      return { kind: "refused", failure: { code: "policy", message } };
    }
    if (tasked.count >= options.tasksMax) return { kind: "full" };
    const crawl = lifecycle.active();
    const { id, isNew } = this.#rowOf(crawl, normal.value, redirects);
    const isWaitedFor = tasked.of(id)?.ids.includes(taskId) ?? false;
    if (isWaitedFor) return { kind: "taken" };
    const isUrgent =
      urgent === true &&
      this.isUrgentRead &&
      (tasked.urgent.has(id) || tasked.urgent.size < options.urgentMax);
    if (!tasked.add(id, { ids: [taskId], lane, isUrgent, recipe })) return { kind: "full" };
    if (isNew) this.#queueNew(id);
    else this.fetchAgain(id, redirects);
    lifecycle.reopen(crawl);
    return { kind: "taken" };
  }

  /** Whoever is still waited for after an end is fetched once more. */
  ended(id: number, answered: readonly string[] | undefined): void {
    const { tasked } = this.#parts;
    if (!tasked.has(id)) return;
    tasked.settle(id, answered);
    if (tasked.has(id)) this.fetchAgain(id);
  }

  /** To the front of its host's queue, without conditions; a fetch under way, or one that waits for another's end, comes first. */
  fetchAgain(id: number, redirects = 0): void {
    const { ledger, admission, captures, endings, lifecycle } = this.#parts;
    const crawl = lifecycle.active();
    const record = ledger.read(id);
    if (record.state === "leased" || record.state === "handed" || record.following) return;
    if (record.state === "queued") admission.unqueue(id, record);
    if (isEnded(record.state)) endings.told(record.crawlNo, id);
    captures.supersede(id, record);
    admission.queueAgain(id, record, PRIORITY.front, (changed) => {
      if (changed.crawlNo !== crawl.no) changed.counted = false;
      changed.crawlNo = crawl.no;
      changed.given = true;
      changed.conditional = false;
      changed.selfRedirected = false;
      changed.attempts = 0;
      changed.postponements = 0;
      changed.code = null;
      changed.redirects = redirects;
    });
  }

  #rowOf(crawl: Crawl, normal: NormalUrl, redirects: number): { id: number; isNew: boolean } {
    const { ledger, admission } = this.#parts;
    const known = ledger.idOf(normal.fingerprint);
    if (known !== 0) return { id: known, isNew: false };
    const candidate = {
      // As deep as the crawl goes: its links are not followed.
      depth: crawl.depthMax,
      redirects,
      given: true,
      sitemap: false,
      referrerId: 0,
    };
    return { id: admission.admit(crawl, normal, candidate).id, isNew: true };
  }

  #queueNew(id: number): void {
    const { ledger, admission } = this.#parts;
    const record: UrlRecord = ledger.read(id);
    admission.unqueue(id, record);
    admission.queueAgain(id, record, PRIORITY.front);
  }
}
