// Admission: which URL becomes a row, and what becomes of one that is known. Judges scope, depth and traps of discovered
// URLs; given ones are always in scope, and their host joins it. Of several ingestors, each admits its own hosts alone: the others'
// URLs go to the outbox. Their scope is judged where they are found: each tells the others which hosts it was given.
import type { Clock } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { Crawl } from "./crawls.ts";
import { crawlFingerprintKey, queueKey } from "./keys.ts";
import type { Ledger } from "./ledger.ts";
import type { FrontierOptions } from "./options.ts";
import type { Outbox } from "./outbox.ts";
import { judgeScope, scopeKey } from "./scope.ts";
import type { Tasked } from "./tasked.ts";
import { TRAP_DEFAULTS, TrapWatch } from "./traps.ts";
import type { Trees } from "./trees.ts";
import { fingerprint, givenUrl, hostKey, type NormalUrl, normalise } from "./url.ts";
import { isEnded, type UrlRecord } from "./url-record.ts";
import type { Workbench } from "./workbench.ts";

export const PRIORITY = { urgent: 0, front: 1, control: 2, given: 3, discovered: 4 } as const;

/** What is known of a URL before it has a row. */
export interface Candidate {
  readonly depth: number;
  readonly redirects: number;
  readonly given: boolean;
  readonly sitemap: boolean;
  readonly referrerId: number;
}

export type Admitted = { readonly id: number; readonly kind: "new" | "again" | "known" };

export interface Refused {
  readonly input: string;
  readonly failure: Failure;
}

export type RefusedLinks = Record<"invalid" | "scope" | "depth" | "trap", number>;

export interface GivenTaken {
  /** New ones, and those known from another crawl and queued again. */
  readonly admitted: number;
  readonly known: number;
  /** Of hosts that belong to other ingestors. */
  readonly foreign: number;
  readonly refused: readonly Refused[];
}

export interface AdmissionParts {
  readonly trees: Trees;
  readonly ledger: Ledger;
  readonly workbench: Workbench;
  readonly outbox: Outbox;
  readonly tasked: Tasked;
  readonly options: FrontierOptions;
  readonly clock: Clock;
}

const JOINED_MAX = 10_000;

export class Admission {
  readonly #trees: Trees;
  readonly #ledger: Ledger;
  readonly #workbench: Workbench;
  readonly #options: FrontierOptions;
  readonly #clock: Clock;
  readonly #outbox: Outbox;
  readonly #tasked: Tasked;
  readonly traps = new TrapWatch(TRAP_DEFAULTS);
  readonly #joined = new Set<string>();
  /** Since the process began. */
  readonly refused: RefusedLinks = { invalid: 0, scope: 0, depth: 0, trap: 0 };

  constructor(parts: AdmissionParts) {
    const { trees, ledger, workbench, outbox, tasked, options, clock } = parts;
    this.#trees = trees;
    this.#ledger = ledger;
    this.#workbench = workbench;
    this.#options = options;
    this.#clock = clock;
    this.#outbox = outbox;
    this.#tasked = tasked;
  }

  /** `depth` is other than 0 for targets of redirects alone. `isTold`: another ingestor was given them, and told all others. */
  given(crawl: Crawl, inputs: readonly string[], { depth = 0, isTold = false } = {}): GivenTaken {
    const refused: Refused[] = [];
    let [admitted, known, foreign] = [0, 0, 0];
    for (const input of inputs) {
      const normal = normalise(givenUrl(input), null, this.#options);
      if (!normal.ok) {
        refused.push({ input, failure: normal.error });
        continue;
      }
      this.join(crawl, normal.value.host, isTold);
      if (this.#outbox.isForeign(normal.value.host)) {
        this.#outbox.add(crawl.no, normal.value, { depth, given: true, referrer: null });
        foreign++;
        continue;
      }
      const result = this.admit(crawl, normal.value, {
        depth,
        redirects: 0,
        given: true,
        sitemap: false,
        referrerId: 0,
      });
      if (result.kind === "known") known++;
      else admitted++;
    }
    return { admitted, known, foreign, refused };
  }

  /** Links of a page, or entries of a sitemap. Answers how many of them were queued. */
  discovered(crawl: Crawl, urls: readonly string[], depth: number, referrerId: number): number {
    if (depth > crawl.depthMax) {
      this.refused.depth += urls.length;
      return 0;
    }
    let queued = 0;
    let referrer: string | null = null;
    for (const input of urls) {
      const normal = normalise(input, null, this.#options);
      if (!normal.ok) this.refused.invalid++;
      else if (this.refusal(crawl, normal.value) !== null) this.refused.scope++;
      else if (this.#outbox.isForeign(normal.value.host)) {
        referrer ??= this.#ledger.find(referrerId)?.url ?? null;
        this.#outbox.add(crawl.no, normal.value, { depth, given: false, referrer });
      } else if (
        this.#ledger.idOf(normal.value.fingerprint) === 0 &&
        this.traps.refuses(normal.value.url, this.#clock.nowMs()) !== null
      )
        this.refused.trap++;
      else {
        const candidate = { depth, redirects: 0, given: false, sitemap: false, referrerId };
        if (this.admit(crawl, normal.value, candidate).kind !== "known") queued++;
      }
    }
    return queued;
  }

  /** Why a discovered URL is out of the crawl's scope; null when it is in. */
  refusal(crawl: Crawl, normal: NormalUrl): string | null {
    const verdict = judgeScope(crawl.scope, normal.url, normal.host, (key) => this.#isJoined(crawl, key));
    return verdict.admitted ? null : verdict.reason;
  }

  /** A host that was given, or that a given URL led to. `isTold`: the other ingestors know. */
  join(crawl: Crawl, host: string, isTold = false): void {
    // Without links the scope is never asked.
    if (crawl.depthMax > 0) this.joinSitemap(crawl, host, isTold);
  }

  /** The host of a given sitemap, whose entries are asked for their scope at any depth. */
  joinSitemap(crawl: Crawl, host: string, isTold = false): void {
    const key = scopeKey(crawl.scope.mode, host);
    if (key === null || this.#isJoined(crawl, key)) return;
    this.#trees.joined.putSync(crawlFingerprintKey(crawl.no, fingerprint(key)), Buffer.alloc(0));
    this.#remember(crawl, key);
    if (!isTold) this.#outbox.tell(key);
  }

  admit(crawl: Crawl, normal: NormalUrl, candidate: Candidate): Admitted {
    // A sitemap has an identity of its own: the same address may also be crawled as a page.
    const identity = candidate.sitemap ? fingerprint(`sitemap:${normal.url}`) : normal.fingerprint;
    const knownId = this.#ledger.idOf(identity);
    if (knownId !== 0) return { id: knownId, kind: this.#readmit(crawl, knownId, candidate) };
    const nowMs = this.#clock.nowMs();
    const host = fingerprint(normal.host);
    const record: UrlRecord = {
      state: "queued",
      code: null,
      given: candidate.given,
      sitemap: candidate.sitemap,
      conditional: false,
      counted: false,
      selfRedirected: false,
      following: false,
      followed: false,
      traced: false,
      depth: candidate.depth,
      redirects: candidate.redirects,
      attempts: 0,
      postponements: 0,
      crawlNo: crawl.no,
      status: 0,
      host,
      admittedAtMs: nowMs,
      changedAtMs: nowMs,
      referrerId: candidate.referrerId,
      url: normal.url,
    };
    const id = this.#ledger.insert(identity, record);
    this.#workbench.enqueue(crawl.no, id, host, () => normal.host, priorityOf(record));
    return { id, kind: "new" };
  }

  /** Queues a URL whose row is at hand, an urgent one before all; its state is any but queued or leased. */
  queueAgain(
    id: number,
    record: UrlRecord,
    priority: number,
    change: (record: UrlRecord) => void = () => {},
  ): void {
    this.#ledger.move(id, record, "queued", change);
    const isUrgent = this.#tasked.urgent.has(id);
    const place = isUrgent ? PRIORITY.urgent : priority;
    this.#workbench.enqueue(record.crawlNo, id, record.host, () => hostKey(record.url), place);
    if (isUrgent) this.#workbench.hasten(record.crawlNo, record.host);
  }

  /** A queued URL ends without a fetch, or gets another place: it is not met in this one. */
  unqueue(id: number, record: UrlRecord): void {
    for (const priority of Object.values(PRIORITY))
      this.#trees.queue.removeSync(queueKey(record.crawlNo, record.host, priority, id));
  }

  #readmit(crawl: Crawl, id: number, candidate: Candidate): "again" | "known" {
    const record = this.#ledger.read(id);
    if (record.crawlNo === crawl.no) {
      const isNowGiven = candidate.given && !record.given;
      const isNearer = candidate.depth < record.depth && !isEnded(record.state);
      if (isNowGiven || isNearer) {
        record.given ||= candidate.given;
        record.depth = Math.min(record.depth, candidate.depth);
        this.#ledger.update(id, record);
      }
      return "known";
    }
    // A fetch under way is the business of the crawl that began it.
    if (record.state === "leased" || record.state === "handed") return "known";
    const isConditional = !crawl.fresh && (isEnded(record.state) || record.conditional);
    // Of another crawl: this one takes it over. Its key in the other's queue is void and goes when it is met there.
    this.queueAgain(id, record, candidate.given ? PRIORITY.given : PRIORITY.discovered, (changed) => {
      changed.conditional = isConditional;
      changed.crawlNo = crawl.no;
      changed.code = null;
      changed.given = candidate.given;
      changed.depth = candidate.depth;
      changed.redirects = candidate.redirects;
      changed.attempts = 0;
      changed.postponements = 0;
      changed.counted = false;
      changed.selfRedirected = false;
      changed.following = false;
      changed.referrerId = candidate.referrerId;
    });
    return "again";
  }

  #isJoined(crawl: Crawl, key: string): boolean {
    if (this.#joined.has(`${crawl.no} ${key}`)) return true;
    if (this.#trees.joined.getBinaryFast(crawlFingerprintKey(crawl.no, fingerprint(key))) === undefined)
      return false;
    this.#remember(crawl, key);
    return true;
  }

  #remember(crawl: Crawl, key: string): void {
    if (this.#joined.size >= JOINED_MAX) this.#joined.clear();
    this.#joined.add(`${crawl.no} ${key}`);
  }
}

export function priorityOf(record: UrlRecord): number {
  if (record.sitemap) return PRIORITY.control;
  return record.given ? PRIORITY.given : PRIORITY.discovered;
}
