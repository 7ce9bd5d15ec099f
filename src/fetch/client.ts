// One request to its answer, with the repetitions that need nobody's leave: a keep-alive connection that the server had
// closed meanwhile, HTTP/2 that does not work asked again in HTTP/1.1, and an HTTP/1 answer that only a lenient reader
// understands. All other repetition is the frontier's.
import { asError, type Clock, type Result } from "../base/index.ts";
import type { Dialer } from "../net/index.ts";
import { Deadlines } from "./deadlines.ts";
import { type Answer, type Broken, Exchange, type Plan } from "./exchange.ts";
import { lenientGet } from "./lenient-http1.ts";
import type { FetchOptions } from "./options.ts";
import { dialTarget, Origins } from "./origins.ts";

export interface HttpClient {
  /** GET. Rejects only with the signal's reason. */
  get(url: URL, headers: string[], plan: Plan, signal: AbortSignal): Promise<Result<Answer, Broken>>;
  /** Origins with connections, for tests and metrics. */
  readonly origins: number;
  /** Waits for what is under way. */
  close(): Promise<void>;
  /** Breaks off what is under way. */
  destroy(reason: Error): Promise<void>;
}

/** Each try uses up one idle connection that the server has closed; a fresh one is never stale. */
const STALE_TRIES_MAX = 4;

export function createHttpClient(dialer: Dialer, options: FetchOptions, clock: Clock): HttpClient {
  const origins = new Origins(dialer, options);
  const deadlines = new Deadlines(clock, options.timeoutMs);
  /** Origins whose HTTP/2 failed, the longest known first. */
  const http1 = new Set<string>();
  const rememberHttp1 = (origin: string): void => {
    http1.add(origin);
    if (http1.size <= options.http1OriginsMax) return;
    const oldest = http1.keys().next();
    if (!oldest.done) http1.delete(oldest.value);
  };
  const lenientRunning = new Set<Promise<void>>();
  const stopLenient = new AbortController();

  /** Runs `send` with an exchange that ends by answer, failure, deadline or signal, whichever is first. */
  const within = (
    plan: Plan,
    signal: AbortSignal,
    expiresAtMs: number,
    send: (exchange: Exchange) => () => void,
  ): Promise<Result<Answer, Broken>> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(asError(signal.reason));
        return;
      }
      let over = false;
      let released = (): void => {};
      const leave = (): void => {
        over = true;
        deadlines.remove(exchange);
        signal.removeEventListener("abort", onAbort);
        released();
      };
      const onAbort = (): void => {
        leave();
        exchange.abandon();
        reject(asError(signal.reason));
      };
      const exchange = new Exchange(plan, expiresAtMs, (result) => {
        leave();
        resolve(result);
      });
      deadlines.add(exchange);
      signal.addEventListener("abort", onAbort, { once: true });
      released = send(exchange);
      if (over) released();
    });

  const pathOf = (url: URL): string =>
    dialer.forwardProxy !== null && url.protocol === "http:"
      ? url.origin + url.pathname + url.search
      : url.pathname + url.search;

  const pooled = (url: URL, headers: string[], plan: Plan, signal: AbortSignal, expiresAtMs: number) =>
    within(plan, signal, expiresAtMs, (exchange) => {
      const origin = origins.lend(url, options.http2 && !http1.has(url.origin));
      try {
        origin.pool.dispatch({ origin: url.origin, path: pathOf(url), method: "GET", headers }, exchange);
      } catch (thrown) {
        exchange.onResponseError(null, asError(thrown));
      }
      let lent = true;
      return () => {
        if (lent) origins.release(origin);
        lent = false;
      };
    });

  const lenient = (url: URL, headers: string[], plan: Plan, signal: AbortSignal, expiresAtMs: number) =>
    within(plan, signal, expiresAtMs, (exchange) => {
      const stop = new AbortController();
      const signals = AbortSignal.any([stop.signal, stopLenient.signal]);
      const request = {
        target: dialTarget(url, ["http/1.1"]),
        authority: url.host,
        path: pathOf(url),
        headers,
        headerBytesMax: options.headerBytesMax,
      };
      const running: Promise<void> = lenientGet(dialer, request, exchange, signals)
        // Rejects only when stopped, after the exchange has ended.
        .catch((thrown: unknown) => exchange.onResponseError(null, asError(thrown)))
        .finally(() => lenientRunning.delete(running));
      lenientRunning.add(running);
      return () => stop.abort(new Error("the exchange is over"));
    });

  return {
    get origins() {
      return origins.size;
    },
    async get(url, headers, plan, signal) {
      const expiresAtMs = clock.monotonicMs() + options.timeoutMs;
      let result = await pooled(url, headers, plan, signal, expiresAtMs);
      for (let tries = 1; !result.ok && result.error.stale && tries <= STALE_TRIES_MAX; tries++) {
        result = await pooled(url, headers, plan, signal, expiresAtMs);
      }
      if (!result.ok && result.error.http2) {
        rememberHttp1(url.origin);
        result = await pooled(url, headers, plan, signal, expiresAtMs);
      }
      if (!result.ok && result.error.garbled) result = await lenient(url, headers, plan, signal, expiresAtMs);
      return result;
    },
    async close() {
      await origins.close();
      await Promise.all(lenientRunning);
    },
    async destroy(reason) {
      stopLenient.abort(reason);
      await origins.destroy(reason);
      await Promise.all(lenientRunning);
    },
  };
}
