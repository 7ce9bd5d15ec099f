// What the suites of the wire run: a graph that publishes pages, one that reads them, and a place for claims in memory.
import { type Result, systemClock, systemRandom } from "../../src/base/index.ts";
import { createRuntime, type Observer, type Source, type Stage } from "../../src/engine/index.ts";
import type { HandedReport, Page } from "../../src/model/index.ts";
import { decodePage } from "../../src/wire/codec/page.ts";
import {
  type ClaimStore,
  type KafkaSource,
  pagePublisher,
  type SourceEvents,
  type WireFailure,
  type WireOptions,
  wireOptions,
} from "../../src/wire/index.ts";
import { kafkaSource } from "../../src/wire/source.ts";

export const never = new AbortController().signal;
const MIB = 1024 * 1024;

export class MemoryClaims implements ClaimStore {
  readonly held = new Map<string, Uint8Array>();
  async put(key: string, bytes: Uint8Array): Promise<void> {
    this.held.set(key, Uint8Array.from(bytes));
  }
  async get(key: string): Promise<Uint8Array | null> {
    return this.held.get(key) ?? null;
  }
}

/** Short waits, so that a suite does not last; everything else as it comes. */
export function wireAt(bootstrap: string, more: object = {}, consumer: object = {}): WireOptions {
  return wireOptions.parse({
    bootstrapServers: [bootstrap],
    connectTimeoutMs: 2_000,
    requestTimeoutMs: 5_000,
    consumer: {
      commitMs: 100,
      sessionTimeoutMs: 6_000,
      heartbeatMs: 500,
      rebalanceTimeoutMs: 10_000,
      ...consumer,
    },
    ...more,
  });
}

const deadLetters = {
  async write(): Promise<void> {
    throw new Error("no record of these suites may die in the engine");
  },
};

export interface Running {
  /** Resolves when the graph has ended. */
  readonly ended: Promise<"drained" | "aborted">;
  drain(): void;
  abort(): void;
}

/** Hands every page over; ends when all are. */
export async function publishAll(
  pages: Iterable<Page>,
  wire: WireOptions,
  claims: ClaimStore,
  observer: Observer = {},
): Promise<readonly HandedReport[]> {
  const handed: HandedReport[] = [];
  const runtime = createRuntime({
    deadLetters,
    observer,
    backoff: { firstMs: 50, maxMs: 500, factor: 2, jitter: 0 },
  });
  const limits = { itemsMax: 512, bytesMax: 32 * MIB, sizeOf: (page: Page) => page.body.byteLength };
  const fetched = runtime.channel<Page>("pages", limits);
  const reports = runtime.channel<HandedReport>("handed", { itemsMax: 512, bytesMax: MIB, sizeOf: () => 1 });
  const publisher = pagePublisher({ wire, clock: systemClock, claims });
  await runtime.run(
    [
      runtime.stage(collecting(handed), { from: reports, to: null }),
      runtime.batchStage(publisher, { from: fetched, to: reports }),
      runtime.source(listed(pages), { to: fetched }),
    ],
    { drain: never, stopDeadlineMs: 60_000 },
  );
  return handed;
}

export interface Reading {
  readonly groupId: string;
  readonly wire: WireOptions;
  readonly claims: ClaimStore;
  /** Done with the page when it resolves; a throw is tried once more. */
  readonly onPage: (page: Page, signal: AbortSignal) => Promise<void>;
  readonly onPoison?: (value: Buffer | null, failure: WireFailure) => Promise<void>;
  readonly events?: SourceEvents;
  readonly observer?: Observer;
  readonly concurrencyMax?: number;
}

const readers = new Map<AbortController, Promise<unknown>>();

/** Ends what a failed test left running. */
export async function abortReaders(): Promise<void> {
  const left = [...readers];
  for (const [reader] of left) reader.abort(new Error("the test is over"));
  await Promise.allSettled(left.map(([, ended]) => ended));
}

/** A processor with nothing behind it, which reads until it is told to stop. */
export function reading(options: Reading): Running & { readonly source: KafkaSource<Page> } {
  const { wire, claims, observer = {} } = options;
  const source = kafkaSource<Page>({
    name: "raw.page",
    topic: "raw.page",
    groupId: options.groupId,
    shard: null,
    wire,
    clock: systemClock,
    random: systemRandom,
    ...(options.events === undefined ? {} : { events: options.events }),
    async open({ value }, signal) {
      const page = await decodePage(value, wire, claims, signal);
      return page.ok ? opened(page.value) : page;
    },
    async onPoison({ value }, failure) {
      if (options.onPoison === undefined) throw new Error(`unexpected: ${failure.message}`);
      await options.onPoison(value, failure);
    },
  });
  const runtime = createRuntime({
    deadLetters,
    observer,
    backoff: { firstMs: 50, maxMs: 500, factor: 2, jitter: 0 },
  });
  const limits = { itemsMax: 64, bytesMax: 32 * MIB, sizeOf: (page: Page) => page.body.byteLength };
  const raw = runtime.channel<Page>("raw", limits);
  const work: Stage<Page, never> = {
    name: "work",
    concurrencyMax: options.concurrencyMax ?? 64,
    deadlineMs: 600_000,
    async handle(page, { signal }) {
      await options.onPage(page, signal);
      return { kind: "emit", outputs: [] };
    },
  };
  const draining = new AbortController();
  const aborting = new AbortController();
  const ended = runtime.run(
    [runtime.stage(work, { from: raw, to: null }), runtime.source(source, { to: raw })],
    {
      drain: draining.signal,
      abort: aborting.signal,
      stopDeadlineMs: 30_000,
    },
  );
  readers.set(aborting, ended);
  const leave = (): void => {
    readers.delete(aborting);
  };
  ended.then(leave, leave);
  return {
    source,
    ended,
    drain: () => draining.abort(),
    abort: () => aborting.abort(new Error("stopped at once")),
  };
}

function opened(page: Page): Result<{ payload: Page; traceId: string; sizeBytes: number }, never> {
  return {
    ok: true,
    value: { payload: page, traceId: page.request.captureId, sizeBytes: page.body.byteLength },
  };
}

function listed(pages: Iterable<Page>): Source<Page> {
  const iterator = pages[Symbol.iterator]();
  return {
    name: "list",
    inFlightMax: 2_000,
    connect: async () => {},
    async read() {
      const next = iterator.next();
      if (next.done === true) return null;
      const { value } = next;
      return {
        payload: value,
        sizeBytes: value.body.byteLength,
        traceId: value.request.captureId,
        settle: () => {},
      };
    },
    close: async () => {},
  };
}

function collecting(handed: HandedReport[]): Stage<HandedReport, never> {
  return {
    name: "collect",
    concurrencyMax: 1,
    deadlineMs: 10_000,
    async handle(report) {
      handed.push(report);
      return { kind: "emit", outputs: [] };
    },
  };
}

/** Looks until `true`, or fails with what it was waiting for. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
  msMax = 60_000,
): Promise<void> {
  const endMs = systemClock.monotonicMs() + msMax;
  while (!(await isSo())) {
    if (systemClock.monotonicMs() > endMs) throw new Error(`waited in vain until ${what}`);
    await systemClock.sleep(50);
  }
}
