// For the tests of this room alone: a frontier in a folder of its own, a clock that jumps to the next timer, and a fetcher
// that answers from a function.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../base/index.ts";
import type { Delivery } from "../engine/index.ts";
import type {
  FrontierReport,
  HandedReport,
  PageReport,
  PageRequest,
  ReturnedQueued,
} from "../model/index.ts";
import type { CrawlSpec } from "./crawls.ts";
import { Frontier } from "./frontier.ts";
import { frontierOptions } from "./options.ts";

interface Timer {
  readonly atMs: number;
  readonly fire: () => void;
}

/** Time stands still while anything runs and jumps to the next timer when all wait. */
export class VirtualClock implements Clock {
  #nowMs = 1_800_000_000_000;
  readonly #timers = new Set<Timer>();
  #isTurning = false;

  nowMs(): number {
    return this.#nowMs;
  }

  monotonicMs(): number {
    return this.#nowMs;
  }

  sleep(delayMs: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const cancel = this.schedule(delayMs, () => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      });
      const onAbort = (): void => {
        cancel();
        reject(signal?.reason);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  schedule(delayMs: number, task: () => void): () => void {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), fire: task };
    this.#timers.add(timer);
    this.#turn();
    return () => this.#timers.delete(timer);
  }

  #turn(): void {
    if (this.#isTurning) return;
    this.#isTurning = true;
    setImmediate(() =>
      setImmediate(() => {
        this.#isTurning = false;
        const next = [...this.#timers].sort((a, b) => a.atMs - b.atMs)[0];
        if (next === undefined) return;
        this.#timers.delete(next);
        this.#nowMs = Math.max(this.#nowMs, next.atMs);
        next.fire();
        if (this.#timers.size > 0) this.#turn();
      }),
    );
  }
}

type Given = Parameters<typeof frontierOptions.parse>[0] & object;

export async function opened(
  given: Given = {},
  folder = mkdtempSync(join(tmpdir(), "frontier-")),
  clock = new VirtualClock(),
) {
  const options = frontierOptions.parse({ syncTurns: false, ...given });
  const frontier = new Frontier({ folder, options, clock });
  const close = async (): Promise<void> => {
    await frontier.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { frontier, folder, clock, close };
}

export const spec = (overrides: Partial<CrawlSpec> = {}): CrawlSpec => ({
  seedsHash: "seeds",
  depthMax: 3,
  scope: "host",
  include: null,
  exclude: null,
  pagesMax: null,
  lane: "auto",
  refresh: false,
  fresh: false,
  ...overrides,
});

export async function crawl(
  frontier: Frontier,
  seeds: readonly string[],
  overrides: Partial<CrawlSpec> = {},
) {
  const begun = await frontier.beginCrawl(spec(overrides));
  if (begun.state === "finished") return begun;
  await frontier.admitGiven(seeds);
  frontier.seedingDone();
  return begun;
}

export function answer(request: PageRequest, overrides: Partial<PageReport> = {}): PageReport {
  return {
    kind: "page",
    request,
    outcome: "stored",
    code: null,
    message: null,
    status: 200,
    finalUrl: request.url,
    lane: "fast",
    validators: null,
    signature: null,
    fetchedAtMs: 1_800_000_000_000,
    links: [],
    followers: [],
    ...overrides,
  };
}

/** What the fetch pool would say of an end the frontier decided. */
export function passed(request: PageRequest): PageReport {
  const { verdict } = request;
  if (verdict === null) throw new Error("nothing is decided yet");
  return answer(request, { ...verdict, lane: null });
}

export const handed = (request: PageRequest, handedAtMs = 1_800_000_000_000): HandedReport => ({
  kind: "handed",
  request,
  handedAtMs,
});

export const interim = ({ captureId, url, host }: PageRequest): ReturnedQueued => ({
  kind: "queued",
  captureId,
  url,
  host,
});

export async function lease(frontier: Frontier): Promise<Delivery<PageRequest>> {
  const delivery = await frontier.source().read(new AbortController().signal);
  if (delivery === null) throw new Error("nothing is left to lease");
  return delivery;
}

/** Leases the next URL and hands its page over. */
export async function handOver(frontier: Frontier, handedAtMs?: number): Promise<PageRequest> {
  const delivery = await lease(frontier);
  await frontier.sink().write([handed(delivery.payload, handedAtMs)], new AbortController().signal);
  delivery.settle({ kind: "delivered" });
  return delivery.payload;
}

export type Reply = FrontierReport | { later: "status" | "connect"; retryAfter?: string; delayMs?: number };

/** Crawls to the end with one fetch at a time; `reply` answers each request that asks for a fetch. */
export async function drain(
  frontier: Frontier,
  reply: (request: PageRequest) => Reply,
  clock?: Clock,
): Promise<PageRequest[]> {
  const requests: PageRequest[] = [];
  const source = frontier.source();
  const sink = frontier.sink();
  const signal = new AbortController().signal;
  for (let read = await source.read(signal); read !== null; read = await source.read(signal)) {
    const request = read.payload;
    requests.push(request);
    const said = request.verdict === null ? reply(request) : passed(request);
    const isLater = "later" in said;
    const status = isLater ? (said.later === "status" ? 503 : null) : "status" in said ? said.status : null;
    frontier.fetched({
      captureId: request.captureId,
      host: request.host,
      address: "192.0.2.1",
      startedAtMs: clock?.nowMs() ?? 0,
      elapsedMs: 1,
      status,
      failure: null,
      retryAfter: isLater ? (said.retryAfter ?? null) : null,
      bytes: 0,
    });
    if (isLater) read.settle({ kind: "later", code: said.later, delayMs: said.delayMs ?? 0 });
    else {
      await sink.write([said], signal);
      read.settle({ kind: "delivered" });
    }
  }
  await source.close();
  return requests;
}
