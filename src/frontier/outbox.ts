// What is found here and belongs to another ingestor: durable in the turn that found it, in parcels of one host, until the
// broker has them. Where a task's URL leads there, its owner is ordered to fetch it. A link met again and again is sent once
// as long as a bounded memory holds it. So is told to all others which hosts were given here: they judge the scope of what
// they find themselves. Knows no broker.
import { type ForeignUrls, type ForIngestor, ownsHost, type ScopeJoined } from "../model/index.ts";
import { outboxKey, outboxKeyNumber } from "./keys.ts";
import type { FrontierOptions } from "./options.ts";
import type { Tasks } from "./tasked.ts";
import type { Trees } from "./trees.ts";
import type { NormalUrl } from "./url.ts";

/** How a foreign URL is to be admitted where it belongs. */
export interface Passage {
  readonly depth: number;
  readonly given: boolean;
  readonly referrer: string | null;
}

interface Parcel extends ForeignUrls {
  readonly urls: string[];
}

interface JoinedParcel extends ScopeJoined {
  readonly keys: string[];
}

const PARCEL_URLS_MAX = 500;
/** Well below what a broker takes as one message. */
const PARCEL_CHARS_MAX = 200_000;
/** More names than it takes to find one of any shard's own. */
const NAMES_TRIED_MAX = 100_000;
/** Parcels delivered and not yet removed: at this many a turn of their own removes them. */
const DELIVERED_MAX = 64;

export class Outbox {
  readonly #trees: Trees;
  readonly #options: FrontierOptions;
  /** Of this turn, not written yet. */
  readonly #open = new Map<string, { parcel: Parcel; chars: number }>();
  /** One for each of the other ingestors, of this turn. */
  readonly #joined: { parcel: JoinedParcel; chars: number }[];
  /** Fingerprint → the best it was sent as: 0 = given, else 1 + depth. Oldest first. */
  readonly #sent = new Map<string, number>();
  #sentOf = 0;
  readonly #out = new Set<number>();
  readonly #again: number[] = [];
  #delivered: number[] = [];
  #next: number;
  #end: number;

  constructor(trees: Trees, options: FrontierOptions) {
    this.#trees = trees;
    this.#options = options;
    this.#joined = othersOf(options).map((host) => {
      const parcel: JoinedParcel = { kind: "joined", host, keys: [] };
      return { parcel, chars: 0 };
    });
    const numbers = (reverse: boolean): number[] =>
      Array.from(trees.outbox.getKeys({ limit: 1, reverse }), outboxKeyNumber);
    this.#next = numbers(false)[0] ?? 0;
    this.#end = (numbers(true)[0] ?? -1) + 1;
  }

  /** Whether another ingestor crawls the host. */
  isForeign(host: string): boolean {
    const { shard, partitions } = this.#options;
    return shard !== null && !ownsHost(host, shard, partitions);
  }

  /** Inside a turn. False: it was sent before. */
  add(crawlNo: number, { url, host, fingerprint }: NormalUrl, passage: Passage): boolean {
    const { depth, given, referrer } = passage;
    if (!this.#isNews(crawlNo, fingerprint, given ? 0 : depth + 1)) return false;
    const name = `${host} ${depth} ${given} ${referrer}`;
    let open = this.#open.get(name);
    if (open === undefined || open.parcel.urls.length >= PARCEL_URLS_MAX || open.chars >= PARCEL_CHARS_MAX) {
      if (open !== undefined) this.#write(open.parcel);
      open = { parcel: { kind: "urls", host, urls: [], depth, given, judged: true, referrer }, chars: 0 };
      this.#open.set(name, open);
    }
    open.parcel.urls.push(url);
    open.chars += url.length;
    return true;
  }

  /** Inside a turn. Whoever waits for it waits for its own ingestor's fetch from now on. */
  order({ url, host }: NormalUrl, { ids, lane, isUrgent, recipe }: Tasks, redirects: number): void {
    const how = {
      ...{ lane, redirects },
      ...(isUrgent ? { urgent: true as const } : {}),
      ...(recipe === undefined ? {} : { recipe }),
    };
    for (const id of ids) this.#write({ kind: "order", reason: "task", host, url, task: { id, ...how } });
  }

  /** Inside a turn. A host, or domain, that was given here is in scope wherever it is found. */
  tell(key: string): void {
    for (const open of this.#joined) {
      open.parcel.keys.push(key);
      open.chars += key.length;
      if (open.parcel.keys.length >= PARCEL_URLS_MAX || open.chars >= PARCEL_CHARS_MAX)
        this.#writeJoined(open);
    }
  }

  /** The end of a turn: what it found is written, what was delivered goes. */
  save(): void {
    for (const open of this.#joined) if (open.parcel.keys.length > 0) this.#writeJoined(open);
    for (const { parcel } of this.#open.values()) this.#write(parcel);
    this.#open.clear();
    for (const number of this.#delivered) this.#trees.outbox.removeSync(outboxKey(number));
    this.#delivered = [];
  }

  /** The oldest parcel that is not under way. */
  take(): { number: number; parcel: ForIngestor } | null {
    for (;;) {
      const number = this.#again.shift() ?? (this.#next < this.#end ? this.#next++ : null);
      if (number === null) return null;
      const row = this.#trees.outbox.get(outboxKey(number));
      if (row === undefined) continue;
      // Written by `#write` alone.
      const parcel: ForIngestor = JSON.parse(row.toString());
      this.#out.add(number);
      return { number, parcel };
    }
  }

  /** The broker has it, or it came to nothing and is handed out again. */
  settle(number: number, isDelivered: boolean): void {
    if (!this.#out.delete(number)) return;
    if (!isDelivered) {
      this.#again.push(number);
      return;
    }
    this.#delivered.push(number);
    if (this.#delivered.length >= DELIVERED_MAX || this.isEmpty) this.tidy();
  }

  /** Removes what was delivered. */
  tidy(): void {
    if (this.#delivered.length > 0) this.#trees.turn(() => {});
  }

  /** Nothing waits here and nothing is under way. */
  get isEmpty(): boolean {
    return this.#next >= this.#end && this.#out.size === 0 && this.#again.length === 0;
  }

  #isNews(crawlNo: number, fingerprint: Buffer, rank: number): boolean {
    if (crawlNo !== this.#sentOf) this.#sent.clear();
    this.#sentOf = crawlNo;
    const key = fingerprint.toString("latin1");
    const before = this.#sent.get(key);
    if (before !== undefined && before <= rank) return false;
    this.#sent.set(key, rank);
    if (this.#sent.size > this.#options.foreignSentItemsMax) {
      for (const oldest of this.#sent.keys()) {
        this.#sent.delete(oldest);
        break;
      }
    }
    return true;
  }

  #writeJoined(open: { readonly parcel: JoinedParcel; chars: number }): void {
    this.#write(open.parcel);
    open.parcel.keys.length = 0;
    open.chars = 0;
  }

  #write(parcel: ForIngestor): void {
    this.#trees.outbox.putSync(outboxKey(this.#end++), Buffer.from(JSON.stringify(parcel)));
  }
}

/** For each other ingestor that owns any partition a name that belongs to it: records find their way by name. */
function othersOf({ shard, partitions }: FrontierOptions): string[] {
  const others: string[] = [];
  for (let index = 0; shard !== null && index < Math.min(shard.count, partitions); index++) {
    if (index === shard.index) continue;
    for (let n = 0; n < NAMES_TRIED_MAX; n++) {
      const name = `ingestor-${index}-${n}.invalid`;
      if (!ownsHost(name, { index, count: shard.count }, partitions)) continue;
      others.push(name);
      break;
    }
  }
  return others;
}
