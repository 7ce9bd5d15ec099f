// The world of the simulation: a frontier with leases, stores that go away, and pages whose fates are known beforehand. It
// keeps what happened and says what should have; knows nothing of how the engine does it.
import type { Clock, Random } from "../../src/base/index.ts";
import {
  type Delivery,
  type Letter,
  NotConnected,
  type Outcome,
  type Source,
} from "../../src/engine/index.ts";

/** What becomes of a page, by its own nature. */
export const FATES = [
  "normal",
  "slow",
  "throws once",
  "throws always",
  "retry once",
  "retry always",
  "later twice",
  "drop",
  "reject",
  "hangs once",
  "deaf",
  "nothing",
  "batch poison",
  "item retry once",
  "item reject",
  "sink reject",
  "sink poison",
] as const;
export type Fate = (typeof FATES)[number];

/** The only outcome that each fate may end in, whatever the engine and its services went through. */
const ENDS: Readonly<Record<Fate, string>> = {
  normal: "delivered",
  slow: "delivered",
  "throws once": "delivered",
  "throws always": "dead internal",
  "retry once": "delivered",
  "retry always": "dead fetch",
  "later twice": "delivered",
  drop: "dropped",
  reject: "dead parse",
  "hangs once": "delivered",
  deaf: "dead timeout",
  nothing: "delivered",
  "batch poison": "dead internal",
  "item retry once": "delivered",
  "item reject": "dead store",
  "sink reject": "dead store",
  "sink poison": "dead internal",
};

export interface Url {
  readonly id: number;
  readonly fate: Fate;
  readonly links: readonly number[];
  readonly sizeBytes: number;
  readonly rich: boolean;
}

export interface Lease {
  readonly url: Url;
  /** 1 for the first lease of this URL. */
  readonly nth: number;
}

/** A service that can be away. */
export class Service {
  up = true;
  /** Takes calls and answers none. */
  mute = false;

  check(): void {
    if (!this.up) throw new NotConnected("away");
  }
}

export class World {
  readonly clock: Clock;
  readonly random: Random;
  readonly urls: readonly Url[];
  /** Everything comes at once while the last two stores are away: every channel fills. */
  readonly flood: boolean;
  readonly content = new Set<number>();
  readonly rows = new Set<number>();
  readonly reported = new Set<number>();
  readonly letters = new Set<string>();
  readonly services = {
    content: new Service(),
    rows: new Service(),
    intake: new Service(),
    letters: new Service(),
    frontier: new Service(),
  };
  /** What went wrong; empty in a good run. */
  readonly wrongs: string[] = [];
  openLeases = 0;
  readonly #states = new Map<number, string>();
  readonly #leases = new Map<number, number>();
  readonly #queue: Url[] = [];
  #waiting = 0;
  #openEnded: boolean;
  #wake: (() => void)[] = [];

  /** Drawn from the seed; or, for a test of the frontier alone, an empty one that does not end by itself. */
  constructor(clock: Clock, random: Random, empty?: { readonly urls: number }) {
    this.clock = clock;
    this.random = random;
    this.#openEnded = empty !== undefined;
    this.flood = empty === undefined && random.next() < 0.1;
    const count = empty?.urls ?? (this.flood ? 100 + random.below(60) : 4 + random.below(24));
    const poisonous = !this.flood && random.next() < 0.7;
    this.urls = Array.from({ length: count }, (_, id) => ({
      id,
      fate: poisonous && random.next() < 0.5 ? (FATES[random.below(FATES.length)] ?? "normal") : "normal",
      links: Array.from({ length: random.below(5) }, () => random.below(count)),
      sizeBytes: 1 + random.below(random.next() < 0.1 ? 5_000 : 400),
      rich: random.next() < 0.4,
    }));
    if (empty !== undefined) return;
    const seeds = this.flood ? count : 1 + random.below(count);
    for (let seed = 0; seed < seeds; seed++) this.admit(seed);
    if (!this.flood) return;
    for (const service of [this.services.rows, this.services.intake]) {
      service.up = false;
      clock.schedule(4_000 + random.below(10_000), () => {
        service.up = true;
      });
    }
  }

  get finished(): boolean {
    return !this.#openEnded && this.#queue.length === 0 && this.#waiting === 0 && this.openLeases === 0;
  }

  /** Nothing more will be admitted. */
  end(): void {
    this.#openEnded = false;
    this.#changed();
  }

  /** Never waits: the intake spills. */
  admit(id: number): void {
    const url = this.urls[id];
    if (url === undefined || this.#states.has(id)) return;
    this.#states.set(id, "queued");
    this.#enqueue(url);
  }

  /** How many are queued; for an intake that fails to spill. */
  get queued(): number {
    return this.#queue.length;
  }

  source(inFlightMax: number): Source<Lease> {
    return {
      name: "frontier",
      inFlightMax,
      connect: async () => this.services.frontier.check(),
      read: async (signal) => {
        for (;;) {
          signal.throwIfAborted();
          this.services.frontier.check();
          const url = this.#queue.shift();
          if (url !== undefined) {
            const delivery = this.#lease(url);
            // Now and then the answer comes when its reader may have been stopped already.
            if (!this.#openEnded && this.random.next() < 0.1) await this.clock.sleep(this.random.below(200));
            return delivery;
          }
          if (this.finished) return null;
          await this.#change(signal);
        }
      },
      close: async () => {},
    };
  }

  async writeLetter(letter: Letter, signal: AbortSignal): Promise<void> {
    await this.clock.sleep(this.random.below(10), signal);
    if (!this.services.letters.up) throw new Error("letters are away");
    const { url } = letter.payload as { url: Url };
    this.letters.add(`${url.id} ${letter.code}`);
  }

  /** At the very end: every admitted URL ended as its fate says, and nothing is owed. */
  verify(): void {
    if (!this.finished) this.wrongs.push("the crawl did not finish");
    for (const [id, state] of this.#states) {
      const url = this.urls[id];
      if (url === undefined) continue;
      if (state !== ENDS[url.fate]) this.wrongs.push(`url ${id} (${url.fate}) ended ${state}`);
      if (state !== "delivered") continue;
      for (const link of url.links) {
        if (url.fate !== "nothing" && !this.#states.has(link))
          this.wrongs.push(`link ${link} of ${id} was lost`);
      }
    }
  }

  #lease(url: Url): Delivery<Lease> {
    const nth = (this.#leases.get(url.id) ?? 0) + 1;
    this.#leases.set(url.id, nth);
    this.#states.set(url.id, "leased");
    this.openLeases++;
    let settled = false;
    return {
      payload: { url, nth },
      sizeBytes: url.sizeBytes,
      traceId: `${url.id}.${nth}`,
      settle: (outcome) => {
        if (settled) {
          this.wrongs.push(`lease ${url.id}.${nth} settled twice`);
          return;
        }
        settled = true;
        this.openLeases--;
        this.#settle(url, outcome);
        this.#changed();
      },
    };
  }

  #settle(url: Url, outcome: Outcome): void {
    switch (outcome.kind) {
      case "errored":
        this.#enqueue(url);
        return;
      case "later":
        this.#waiting++;
        this.clock.schedule(outcome.delayMs, () => {
          this.#waiting--;
          this.#enqueue(url);
        });
        return;
      case "dead":
        this.#states.set(url.id, `dead ${outcome.code}`);
        if (!this.letters.has(`${url.id} ${outcome.code}`))
          this.wrongs.push(`url ${url.id} died without a letter`);
        return;
      case "dropped":
        this.#states.set(url.id, "dropped");
        return;
      case "delivered":
        this.#states.set(url.id, "delivered");
        if (url.fate === "nothing") return;
        for (const [name, store] of [
          ["content", this.content],
          ["rows", this.rows],
          ["reported", this.reported],
        ] as const) {
          if (!store.has(url.id)) this.wrongs.push(`url ${url.id} settled delivered and is not in ${name}`);
        }
    }
  }

  #enqueue(url: Url): void {
    this.#states.set(url.id, "queued");
    this.#queue.push(url);
    this.#changed();
  }

  #changed(): void {
    const wake = this.#wake;
    this.#wake = [];
    for (const each of wake) each();
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      signal.addEventListener("abort", onAbort, { once: true });
      this.#wake.push(() => {
        signal.removeEventListener("abort", onAbort);
        resolve();
      });
    });
  }
}
