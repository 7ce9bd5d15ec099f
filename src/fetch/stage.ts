// The fetch stage: one leased request to a page, an end, or an answer for the frontier. Follows no redirect, waits for no
// host and stores nothing: what a status or a failure means for the host's clock is the frontier's to decide.
import {
  assert,
  type Backoff,
  backoffMs,
  type Clock,
  type Random,
  type Result,
  systemRandom,
} from "../base/index.ts";
import type { Stage, Verdict, Work } from "../engine/index.ts";
import {
  type Code,
  type ControlReport,
  codeRules,
  type EndedPage,
  type Failure,
  type FetchReport,
  header,
  type Page,
  type PageRequest,
  type RedirectReport,
} from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import { createHttpClient, type HttpClient } from "./client.ts";
import { createCookies } from "./cookies.ts";
import { ended, passedThrough } from "./ended.ts";
import type { Answer, Broken } from "./exchange.ts";
import { isRedirect, redirectTarget } from "./location.ts";
import type { FetchOptions } from "./options.ts";
import { controlPlan, isPage, pagePlan } from "./plan.ts";
import { requestHeaders } from "./request-headers.ts";

export type FetchOutput =
  | { readonly kind: "page"; readonly page: Page }
  | { readonly kind: "ended"; readonly ended: EndedPage }
  | { readonly kind: "frontier"; readonly report: RedirectReport | ControlReport };

export interface FetchStage extends Stage<PageRequest, FetchOutput, Code> {
  /** Origins with open connections. */
  readonly origins: number;
  /** Waits for what is under way, then closes all connections. */
  close(): Promise<void>;
  /** Breaks off what is under way. */
  destroy(reason: Error): Promise<void>;
}

export interface FetchStageParts {
  readonly options: FetchOptions;
  readonly dialer: Dialer;
  readonly clock: Clock;
  /** For the default User-Agent. */
  readonly version: string;
  /** Called once for each request that was sent or tried, before `handle` resolves; not when its signal aborts it. */
  readonly onFetched: (report: FetchReport) => void;
  readonly random?: Random;
  /** Asked of an answer with an error status: a failure that says more than the status does, or null. */
  readonly refusalOf?: (page: Page) => Failure | null;
}

type FetchVerdict = Verdict<FetchOutput, Code>;

export function createFetchStage(parts: FetchStageParts): FetchStage {
  const { options, dialer, clock, onFetched } = parts;
  const random = parts.random ?? systemRandom;
  const client: HttpClient = createHttpClient(dialer, options, clock);
  const cookies = createCookies(options.cookies);
  const headersFor = requestHeaders(options, parts.version);
  const page = pagePlan(options);
  const robots = controlPlan(options, options.robotsBytesMax);
  const sitemap = controlPlan(options, options.sitemapBytesMax);
  const backoff: Backoff = {
    firstMs: options.retryFirstMs,
    maxMs: options.retryMaxMs,
    factor: 2,
    jitter: 0.2,
  };

  const later = (code: Code, attempt: number): FetchVerdict => ({
    kind: "later",
    code,
    delayMs: Math.round(backoffMs(backoff, attempt, random)),
  });

  const handle = async (request: PageRequest, work: Work): Promise<FetchVerdict> => {
    const passed = passedThrough(request);
    if (passed !== null) return emit({ kind: "ended", ended: passed });
    const url = new URL(request.url);
    assert(url.protocol === "http:" || url.protocol === "https:", "only http and https URLs are leased");
    const startedAtMs = clock.nowMs();
    const startMs = clock.monotonicMs();
    const plan = request.kind === "page" ? page : request.kind === "robots" ? robots : sitemap;
    const forward = url.protocol === "http:" ? (dialer.forwardProxy?.authorization ?? null) : null;
    const headers = headersFor(request, cookies.sentTo(url), forward);
    const result = faultOfProxy(await client.get(url, headers, plan, work.signal), dialer, url);
    const elapsedMs = clock.monotonicMs() - startMs;
    const setCookie = result.ok && cookies.keep(url, result.value.headers);
    onFetched(reportOf(request, result, startedAtMs, elapsedMs));
    if (request.kind !== "page") return emit({ kind: "frontier", report: controlOf(request, result) });
    if (!result.ok) return broken(request, result.error);
    const fetched = pageOf(request, result.value, startedAtMs, elapsedMs);
    return judge(fetched, result.value, setCookie);
  };

  /** No usable answer: tried again when that may help, else the end. */
  const broken = (request: PageRequest, { failure, head }: Broken): FetchVerdict => {
    const rule = codeRules[failure.code];
    const transient = failure.transient ?? rule.transient;
    // A failure that says it may pass has at least one repetition, whatever its code's budget.
    const own = failure.transient === true ? Math.max(1, rule.retriesMax) : rule.retriesMax;
    const retriesMax = isTask(request) ? 0 : own;
    if (transient && request.attempt <= retriesMax) return later(failure.code, request.attempt);
    const status = head?.status ?? null;
    return emit({ kind: "ended", ended: ended(request, "failed", failure, null, status) });
  };

  /** An answer came whole: what its status and its type make of the URL. */
  const judge = (fetched: Page, answer: Answer, setCookie: boolean): FetchVerdict => {
    const { request, status } = fetched;
    if (isRedirect(status)) return redirected(fetched, setCookie);
    if (status === 304) {
      if (request.validators === null) return unusable(fetched, "304 to a request without conditions");
      return end(request, "skipped", { code: "unchanged", message: "not modified (304)" }, fetched);
    }
    if (status === 206) return unusable(fetched, "a part (206) of what was asked for in whole");
    if (status < 200 || status > 299) return badStatus(fetched);
    const refusal = isPage(answer);
    if (refusal !== null)
      return end(request, "skipped", { code: "unsupported_type", message: refusal }, fetched);
    return emit({ kind: "page", page: fetched });
  };

  const redirected = (fetched: Page, setCookie: boolean): FetchVerdict => {
    const { request, status, headers } = fetched;
    if (request.redirects >= options.redirectsMax) {
      const message = `more than ${options.redirectsMax} redirects`;
      return end(request, "failed", { code: "redirect", message }, fetched);
    }
    const target = redirectTarget(request.url, headers);
    if (!target.ok) return end(request, "failed", target.error, fetched);
    return emit({
      kind: "frontier",
      report: { kind: "redirect", request, status, target: target.value, setCookie },
    });
  };

  const unusable = (fetched: Page, message: string): FetchVerdict => {
    const { request } = fetched;
    if (!isTask(request) && request.attempt <= codeRules.protocol.retriesMax)
      return later("protocol", request.attempt);
    return end(request, "failed", { code: "protocol", message }, fetched);
  };

  const badStatus = (fetched: Page): FetchVerdict => {
    const { request, status } = fetched;
    const refusal = parts.refusalOf?.(fetched) ?? null;
    // Asking again would bring the same.
    if (refusal !== null) return end(request, "failed", refusal, fetched);
    // Asked to wait: the frontier holds the host back and spends no repetition, so this is no end.
    const asked = status === 429 || (status === 503 && header(fetched.headers, "retry-after") !== null);
    const transient = status >= 500 || status === 408 || status === 425;
    if (asked || (transient && !isTask(request) && request.attempt <= codeRules.status.retriesMax))
      return later("status", request.attempt);
    return end(request, "failed", { code: "status", message: `HTTP status ${status}` }, fetched);
  };

  const end = (
    request: PageRequest,
    outcome: "failed" | "skipped",
    failure: Failure,
    fetched: Page | null,
  ): FetchVerdict => emit({ kind: "ended", ended: ended(request, outcome, failure, fetched) });

  return {
    name: "fetch",
    concurrencyMax: options.concurrencyMax,
    // The client's own deadline comes first; this one is for a client that hangs all the same.
    deadlineMs: options.timeoutMs + 30_000,
    handle,
    get origins() {
      return client.origins;
    },
    close: () => client.close(),
    destroy: (reason) => client.destroy(reason),
  };
}

/** Whoever waits for it decides whether it is tried again. */
const isTask = (request: PageRequest): boolean => request.tasks !== undefined;

const emit = (output: FetchOutput): FetchVerdict => ({ kind: "emit", outputs: [output] });

/** A 407 to a forwarded request is the proxy's own word, not the host's. */
function faultOfProxy(result: Result<Answer, Broken>, dialer: Dialer, url: URL): Result<Answer, Broken> {
  if (!result.ok || dialer.forwardProxy === null || url.protocol !== "http:" || result.value.status !== 407)
    return result;
  const failure: Failure = {
    code: "connect",
    message: "proxy: it asks for other credentials (status 407)",
    transient: false,
    hostFault: false,
  };
  const { bytes } = result.value;
  return {
    ok: false,
    error: { failure, head: null, address: null, bytes, stale: false, http2: false, garbled: false },
  };
}

function pageOf(request: PageRequest, answer: Answer, fetchedAtMs: number, elapsedMs: number): Page {
  return {
    request,
    url: request.url,
    status: answer.status,
    statusText: answer.statusText,
    headers: answer.headers,
    body: answer.body,
    protocol: answer.link.protocol,
    remoteAddress: answer.link.address,
    fetchedAtMs,
    elapsedMs,
    truncated: false,
  };
}

function reportOf(
  request: PageRequest,
  result: Result<Answer, Broken>,
  startedAtMs: number,
  elapsedMs: number,
): FetchReport {
  const head = result.ok ? result.value : result.error.head;
  return {
    captureId: request.captureId,
    host: request.host,
    address: result.ok ? result.value.link.address : result.error.address,
    startedAtMs,
    elapsedMs,
    status: head?.status ?? null,
    failure: result.ok ? null : result.error.failure,
    retryAfter: head === null ? null : header(head.headers, "retry-after"),
    bytes: result.ok ? result.value.bytes : result.error.bytes,
  };
}

function controlOf(request: PageRequest, result: Result<Answer, Broken>): ControlReport {
  if (!result.ok) {
    const { failure, head } = result.error;
    return {
      kind: "control",
      request,
      status: head?.status ?? null,
      failure,
      redirect: null,
      headers: head?.headers ?? [],
      body: new Uint8Array(0),
      truncated: false,
    };
  }
  const { status, headers, body, cut } = result.value;
  const target = isRedirect(status) ? redirectTarget(request.url, headers) : null;
  return {
    kind: "control",
    request,
    status,
    failure: target?.ok === false ? target.error : null,
    redirect: target?.ok ? target.value : null,
    headers,
    body,
    truncated: cut,
  };
}
