// One request to its answer, with the two repetitions that need nobody's leave: a keep-alive connection that the server
// had closed meanwhile, and HTTP/2 that does not work, asked again in HTTP/1.1. All other repetition is the frontier's.
import { asError, type Clock, type Result } from "../base/index.ts";
import type { Dialer } from "../net/index.ts";
import { Deadlines } from "./deadlines.ts";
import { type Answer, type Broken, Exchange, type Plan } from "./exchange.ts";
import type { FetchOptions } from "./options.ts";
import { Origins } from "./origins.ts";

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

export function createHttpClient(dialer: Dialer, options: FetchOptions, clock: Clock): HttpClient {
  const origins = new Origins(dialer, options);
  const deadlines = new Deadlines(clock, options.timeoutMs);
  /** Origins whose HTTP/2 failed, the longest known first. */
  const http1 = new Set<string>();

  const once = (
    url: URL,
    headers: string[],
    plan: Plan,
    signal: AbortSignal,
    expiresAtMs: number,
  ): Promise<Result<Answer, Broken>> =>
    new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(asError(signal.reason));
        return;
      }
      const origin = origins.lend(url, options.http2 && !http1.has(url.origin));
      const leave = (): void => {
        deadlines.remove(exchange);
        signal.removeEventListener("abort", onAbort);
        origins.release(origin);
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
      const forwarded = dialer.forwardProxy !== null && url.protocol === "http:";
      const path = forwarded ? url.origin + url.pathname + url.search : url.pathname + url.search;
      try {
        origin.pool.dispatch({ origin: url.origin, path, method: "GET", headers }, exchange);
      } catch (thrown) {
        exchange.onResponseError(null, asError(thrown));
      }
    });

  return {
    get origins() {
      return origins.size;
    },
    async get(url, headers, plan, signal) {
      const expiresAtMs = clock.monotonicMs() + options.timeoutMs;
      let first = await once(url, headers, plan, signal, expiresAtMs);
      if (!first.ok && first.error.stale) first = await once(url, headers, plan, signal, expiresAtMs);
      if (first.ok || !first.error.http2) return first;
      http1.add(url.origin);
      if (http1.size > options.http1OriginsMax) {
        const oldest = http1.keys().next();
        if (!oldest.done) http1.delete(oldest.value);
      }
      return once(url, headers, plan, signal, expiresAtMs);
    },
    close: () => origins.close(),
    destroy: (reason) => origins.destroy(reason),
  };
}
