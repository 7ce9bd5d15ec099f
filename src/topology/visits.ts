// Pages and files fetched one by one outside of a crawl, and still as one: robots asked first, each host at its own pace, every
// redirect's target judged anew, every address guarded. Keeps nothing and tries once; who lends the turns says who shares them.
import { type Clock, err, ok, type Result, uuidv7, within } from "../base/index.ts";
import type { ExtractOptions } from "../extract/index.ts";
import {
  createFetchStage,
  createFileFetcher,
  type FetchOptions,
  type FileAnswer,
  type FileWishes,
} from "../fetch/index.ts";
import {
  type FrontierOptions,
  hostKey,
  isAllowed,
  Manners,
  parseRobots,
  type RobotsRules,
  robotsBody,
  robotsPath,
} from "../frontier/index.ts";
import type { Failure, FetchReport, Page, RequestKind } from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import type { RouteOptions } from "../route/index.ts";
import { challengedAnswer } from "./challenged.ts";
import { HostPlaces } from "./host-places.ts";

/** When each host may be asked, for all who share them. */
export interface HostTurns {
  /** Takes the next turn: how long until it, ms; null, and none is taken, where that is more than `waitMsMax`. `delayMs` until the one after. */
  take(
    host: string,
    limits: { delayMs: number; waitMsMax: number },
    signal: AbortSignal,
  ): Promise<number | null>;
  /** No turn before this, ms since 1970. */
  hold(host: string, untilMs: number, signal: AbortSignal): Promise<void>;
}

export type VisitedFile = Extract<FileAnswer, { kind: "file" }> & { readonly url: string };

export interface Visits {
  /** The page at the end of its redirects. Rejects only with the signal's reason, or as the turns do. */
  page(url: string, signal: AbortSignal): Promise<Result<Page, Failure>>;
  file(url: string, wishes: FileWishes, signal: AbortSignal): Promise<Result<VisitedFile, Failure>>;
  /** When all visits have ended: closes the connections. */
  close(): Promise<void>;
}

export interface VisitsParts {
  readonly options: {
    readonly fetch: FetchOptions;
    readonly frontier: FrontierOptions;
    readonly extract: ExtractOptions;
    readonly route: RouteOptions;
  };
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly version: string;
  readonly turns: HostTurns;
  /** A host that asks to be left alone for longer is not waited for. */
  readonly waitMsMax: number;
}

/** Origins whose robots.txt is remembered; the one longest not asked goes first. */
const ORIGINS_MAX = 1_000;
/** Beyond every code's repetitions: a failure ends the visit. */
const LAST_ATTEMPT = 1_000;
/** What connections may take to go. */
const CLOSE_MS = 5_000;

type Robots = Result<RobotsRules | null, Failure>;

export function createVisits(parts: VisitsParts): Visits {
  return new PoliteVisits(parts);
}

class PoliteVisits implements Visits {
  readonly #parts: VisitsParts;
  readonly #manners: Manners;
  readonly #places: HostPlaces;
  readonly #stage: ReturnType<typeof createFetchStage>;
  readonly #files: ReturnType<typeof createFileFetcher>;
  readonly #robots = new Map<string, Promise<Robots>>();
  /** Of requests under way, by capture id. */
  readonly #reports = new Map<string, FetchReport>();

  constructor(parts: VisitsParts) {
    const { options, dialer, clock, version } = parts;
    this.#parts = parts;
    this.#manners = new Manners(options.frontier);
    this.#places = new HostPlaces(options.frontier.hostInFlightMax);
    this.#stage = createFetchStage({
      options: options.fetch,
      dialer,
      clock,
      version,
      onFetched: (report) => this.#reports.set(report.captureId, report),
      refusalOf: challengedAnswer(options),
    });
    this.#files = createFileFetcher({ options: options.fetch, dialer, clock, version });
  }

  page(url: string, signal: AbortSignal): Promise<Result<Page, Failure>> {
    return this.#followed(url, signal, async (at, hop) => {
      const output = await this.#staged("page", at, hop, signal);
      if (!output.ok) return output;
      if (output.value.kind === "page") return ok({ kind: "end", value: output.value.page });
      if (output.value.kind === "ended") {
        const { code, message } = output.value.ended.report;
        return err({ code: code ?? "internal", message: message ?? "no page" });
      }
      const { report } = output.value;
      if (report.kind !== "redirect") return err({ code: "internal", message: "no page" });
      return ok({ kind: "redirect", target: report.target });
    });
  }

  file(url: string, wishes: FileWishes, signal: AbortSignal): Promise<Result<VisitedFile, Failure>> {
    return this.#followed(url, signal, async (at) => {
      const host = hostKey(at);
      const got = await this.#inTurn(host, signal, async () => {
        const { report, answer } = await this.#files.get(at, host, wishes, signal);
        await this.#learn(report, signal);
        return answer;
      });
      if (!got.ok) return got;
      return ok(
        got.value.kind === "redirect" ? got.value : { kind: "end", value: { ...got.value, url: at } },
      );
    });
  }

  async close(): Promise<void> {
    // Not `close` of the pools: where the last body was cut off, undici may never answer that.
    const reason = new Error("the visits are over");
    const closing = Promise.all([this.#stage.destroy(reason), this.#files.destroy(reason)]);
    await within(this.#parts.clock, CLOSE_MS, closing);
  }

  /** From the first URL along its redirects; each is asked of robots before it is fetched. */
  async #followed<T>(
    first: string,
    signal: AbortSignal,
    visit: (
      url: string,
      hop: number,
    ) => Promise<Result<{ kind: "end"; value: T } | { kind: "redirect"; target: string }, Failure>>,
  ): Promise<Result<T, Failure>> {
    const { redirectsMax } = this.#parts.options.fetch;
    let url = first;
    for (let hop = 0; hop <= redirectsMax; hop++) {
      const refused = await this.#refusedByRobots(url, signal);
      if (refused !== null) return err(named(refused, url));
      const answer = await visit(url, hop);
      if (!answer.ok) return err(named(answer.error, url));
      if (answer.value.kind === "end") return ok(answer.value.value);
      url = answer.value.target;
    }
    return err({ code: "redirect", message: `${first}: more than ${redirectsMax} redirects` });
  }

  async #staged(kind: RequestKind, url: string, redirects: number, signal: AbortSignal) {
    const captureId = uuidv7(this.#parts.clock.nowMs());
    const request = {
      kind,
      captureId,
      url,
      host: hostKey(url),
      crawlId: "",
      depth: 0,
      attempt: LAST_ATTEMPT,
      redirects,
      given: true,
      referrer: null,
      validators: null,
      lane: "auto",
      verdict: null,
    } as const;
    return this.#inTurn(request.host, signal, async () => {
      try {
        const verdict = await this.#stage.handle(request, { signal, attempt: 1, traceId: captureId });
        const report = this.#reports.get(captureId);
        if (report !== undefined) await this.#learn(report, signal);
        if (verdict.kind === "emit" && verdict.outputs[0] !== undefined) return ok(verdict.outputs[0]);
        const code = "code" in verdict ? verdict.code : "internal";
        const status = report?.status ?? null;
        return err<Failure>({
          code,
          message: status === null ? "could not be fetched" : `HTTP status ${status}`,
        });
      } finally {
        this.#reports.delete(captureId);
      }
    });
  }

  async #inTurn<T>(
    host: string,
    signal: AbortSignal,
    visit: () => Promise<Result<T, Failure>>,
  ): Promise<Result<T, Failure>> {
    const { turns, clock, waitMsMax } = this.#parts;
    const leave = await this.#places.enter(host, signal);
    try {
      const delayMs = this.#manners.delayMs(host);
      const waitMs = await turns.take(host, { delayMs, waitMsMax }, signal);
      if (waitMs === null)
        return err({ code: "budget", message: "its host asks to be left alone for longer" });
      if (waitMs > 0) await clock.sleep(waitMs, signal);
      return await visit();
    } finally {
      leave();
    }
  }

  async #learn(report: FetchReport, signal: AbortSignal): Promise<void> {
    const untilMs = this.#manners.learn(report, this.#parts.clock.nowMs());
    if (untilMs !== null) await this.#parts.turns.hold(report.host, untilMs, signal);
  }

  async #refusedByRobots(url: string, signal: AbortSignal): Promise<Failure | null> {
    const { frontier } = this.#parts.options;
    if (!frontier.robots) return null;
    const robots = await this.#robotsOf(new URL(url).origin, signal);
    if (!robots.ok) return robots.error;
    if (robots.value === null) return null;
    const { allowed, line } = isAllowed(robots.value, frontier.productToken, robotsPath(url));
    return allowed ? null : { code: "robots", message: `robots.txt line ${line ?? "?"} disallows it` };
  }

  /** Asked once for all who wait for it; by who is the first, and again where that one went away. */
  async #robotsOf(origin: string, signal: AbortSignal): Promise<Robots> {
    for (;;) {
      const known = this.#robots.get(origin);
      const asked = known ?? this.#askRobots(origin, signal);
      this.#robots.delete(origin);
      this.#robots.set(origin, asked);
      const [oldest] = this.#robots.keys();
      if (this.#robots.size > ORIGINS_MAX && oldest !== undefined) this.#robots.delete(oldest);
      try {
        return await asked;
      } catch (thrown) {
        if (this.#robots.get(origin) === asked) this.#robots.delete(origin);
        signal.throwIfAborted();
        if (known === undefined) throw thrown;
      }
    }
  }

  /** RFC 9309 section 2.3.1: a 4xx allows everything; where robots.txt is not to be had (5xx, no answer), nothing. */
  async #askRobots(origin: string, signal: AbortSignal): Promise<Robots> {
    let url = `${origin}/robots.txt`;
    for (let hop = 0; hop <= this.#parts.options.frontier.robotsRedirectsMax; hop++) {
      const output = await this.#staged("robots", url, hop, signal);
      if (!output.ok) return output;
      if (output.value.kind !== "frontier" || output.value.report.kind !== "control") return ok(null);
      const { report } = output.value;
      const { status, failure, redirect } = report;
      if (failure !== null && !(failure.code === "truncated" && status === 200))
        return err({ ...failure, message: `robots.txt: ${failure.message}` });
      if (redirect !== null) {
        url = redirect;
        continue;
      }
      if (status === null || status === 429 || status >= 500)
        return err({
          code: "robots",
          message: `robots.txt answers ${status ?? "nothing"}: complete disallow`,
        });
      if (status >= 300) return ok(null);
      const rules = parseRobots(await robotsBody(report));
      this.#manners.heard(hostKey(url), rules);
      return ok(rules);
    }
    return ok(null); // RFC 9309 section 2.3.1.2: too many redirects count as not available
  }
}

const named = (failure: Failure, url: string): Failure => ({
  ...failure,
  message: failure.message.startsWith(url) ? failure.message : `${url}: ${failure.message}`,
});
