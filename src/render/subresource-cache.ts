// What pages load, kept for the next page: one store for all contexts and browsers, within a budget of bytes, the least
// used going first. Whoever asks for what another is just asking for waits for it. Knows neither browser nor page.
import type { Clock } from "../base/index.ts";
import {
  type AnswerHead,
  type AskedFor,
  cacheRules,
  type Fields,
  type Policy,
  type Rules,
  variesBy,
} from "./cache-rules.ts";

export interface KeptAnswer {
  readonly headers: Fields;
  readonly body: Buffer;
}

/** One that the site has to be asked about. */
export interface StaleAnswer {
  readonly conditions: Fields;
  /** The site says that it still stands. */
  refresh(asked: AskedFor, answer: AnswerHead): KeptAnswer;
}

export interface CacheStatistics {
  /** Requests answered without the site, with its word that nothing changed, and by the site. */
  readonly hits: number;
  readonly revalidated: number;
  readonly misses: number;
  readonly evictions: number;
  readonly bytes: number;
}

interface Variant {
  /** Fields of the request that it depends on, and what they were. */
  readonly names: readonly string[];
  readonly values: readonly string[];
  readonly body: Buffer;
  readonly bytes: number;
  policy: Policy;
}

/** A body may take this share of the budget. */
const ENTRY_SHARE = 8;
/** Answers under one URL. */
const VARIANTS_MAX = 8;
/** What an answer costs beside its body and its fields. */
const OVERHEAD_BYTES = 1_024;

export class SubresourceCache {
  readonly #bytesMax: number;
  readonly #rules: Rules;
  /** Least used first. */
  readonly #byUrl = new Map<string, Variant[]>();
  readonly #flights = new Map<string, Promise<void>>();
  #bytes = 0;
  #hits = 0;
  #revalidated = 0;
  #misses = 0;
  #evictions = 0;

  /** `bytesMax` 0: nothing is kept. */
  constructor(bytesMax: number, clock: Clock) {
    this.#bytesMax = bytesMax;
    this.#rules = cacheRules(clock);
  }

  /** Of one body. */
  get #entryBytesMax(): number {
    return Math.floor(this.#bytesMax / ENTRY_SHARE);
  }

  get statistics(): CacheStatistics {
    return {
      hits: this.#hits,
      revalidated: this.#revalidated,
      misses: this.#misses,
      evictions: this.#evictions,
      bytes: this.#bytes,
    };
  }

  find(asked: AskedFor): KeptAnswer | null {
    const variant = this.#variantFor(asked);
    if (!variant?.policy.isFreshFor(asked)) return null;
    this.#hits++;
    this.#touch(asked.url);
    return { headers: variant.policy.headers(), body: variant.body };
  }

  findStale(asked: AskedFor): StaleAnswer | null {
    const variant = this.#variantFor(asked);
    const conditions = variant?.policy.conditionsFor(asked) ?? null;
    if (variant === undefined || conditions === null) return null;
    return {
      conditions,
      refresh: (again, answer) => {
        this.#revalidated++;
        const { policy, body } = variant;
        const refreshed = policy.refreshed(again, answer);
        if (refreshed === null) this.#drop(asked.url, variant);
        else variant.policy = refreshed;
        this.#touch(asked.url);
        return { headers: (refreshed ?? policy).headers(), body };
      },
    };
  }

  /** Whether the answer may be kept, as far as its head tells. Counts the miss. */
  mayKeep(asked: AskedFor, answer: AnswerHead): boolean {
    this.#misses++;
    const length = Number(answer.headers["content-length"] ?? 0);
    return this.#bytesMax > 0 && length <= this.#entryBytesMax && this.#rules(asked, answer) !== null;
  }

  keep(asked: AskedFor, answer: AnswerHead, body: Buffer): void {
    const policy = this.#rules(asked, answer);
    const names = variesBy(answer);
    if (policy === null || names === null || body.length > this.#entryBytesMax) return;
    const { url } = asked;
    const before = this.#variantFor(asked);
    if (before !== undefined) this.#drop(url, before);
    const fields = Object.entries(answer.headers).reduce(
      (sum, [name, value]) => sum + name.length + value.length,
      0,
    );
    const bytes = body.length + 2 * (url.length + fields) + OVERHEAD_BYTES;
    const variants = this.#byUrl.get(url) ?? [];
    const oldest = variants.length >= VARIANTS_MAX ? variants[0] : undefined;
    if (oldest !== undefined) this.#evict(url, oldest);
    this.#byUrl.set(url, [
      ...(this.#byUrl.get(url) ?? []),
      { names, values: valuesOf(names, asked), body, bytes, policy },
    ]);
    this.#bytes += bytes;
    this.#touch(url);
    for (const [other, all] of this.#byUrl) {
      if (this.#bytes <= this.#bytesMax) break;
      for (const variant of all) this.#evict(other, variant);
    }
  }

  /**
   * `land`: nobody else is asking the site for it; the caller does, and says when it is known what became of it. `landed`:
   * somebody is, and this is when.
   */
  board(url: string): { readonly land: () => void } | { readonly landed: Promise<void> } {
    const landed = this.#flights.get(url);
    if (landed !== undefined) return { landed };
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#flights.set(url, promise);
    return {
      land: () => {
        if (this.#flights.get(url) === promise) this.#flights.delete(url);
        resolve();
      },
    };
  }

  #variantFor(asked: AskedFor): Variant | undefined {
    return this.#byUrl
      .get(asked.url)
      ?.find(({ names, values }) => valuesOf(names, asked).every((value, at) => value === values[at]));
  }

  #touch(url: string): void {
    const variants = this.#byUrl.get(url);
    if (variants === undefined) return;
    this.#byUrl.delete(url);
    this.#byUrl.set(url, variants);
  }

  #evict(url: string, variant: Variant): void {
    this.#evictions++;
    this.#drop(url, variant);
  }

  #drop(url: string, variant: Variant): void {
    const variants = this.#byUrl.get(url);
    if (!variants?.includes(variant)) return;
    this.#bytes -= variant.bytes;
    const left = variants.filter((other) => other !== variant);
    if (left.length === 0) this.#byUrl.delete(url);
    else this.#byUrl.set(url, left);
  }
}

const valuesOf = (names: readonly string[], { headers }: AskedFor): readonly string[] =>
  names.map((name) => headers[name] ?? "");
