// One page fetched by hand, as the crawler would fetch it: robots asked first, redirects followed up to the limit,
// every address guarded. Keeps nothing, and tries once.
import { type Clock, err, ok, type Result, uuidv7 } from "../base/index.ts";
import type { Config } from "../config.ts";
import { createFetchStage, type FetchOutput, type FetchStage } from "../fetch/index.ts";
import type { Failure, Page, PageRequest, RequestKind } from "../model/index.ts";
import { createDialer } from "../net/index.ts";
import { challengedAnswer } from "../topology/index.ts";
import { version } from "./version.ts";

export async function fetchPage(
  url: string,
  config: Config,
  { clock, stop }: { readonly clock: Clock; readonly stop: AbortSignal },
): Promise<Result<Page, Failure>> {
  const dialer = createDialer(config.net, clock);
  const stage = createFetchStage({
    options: config.fetch,
    dialer,
    clock,
    version: version(),
    onFetched: () => undefined,
    refusalOf: challengedAnswer(config),
  });
  try {
    return await followed(url, { stage, config, clock, stop });
  } finally {
    await stage.close();
    dialer.close();
  }
}

interface Parts {
  readonly stage: FetchStage;
  readonly config: Config;
  readonly clock: Clock;
  readonly stop: AbortSignal;
}

async function followed(first: string, parts: Parts): Promise<Result<Page, Failure>> {
  let url = first;
  for (let hop = 0; hop <= parts.config.fetch.redirectsMax; hop++) {
    const refused = parts.config.frontier.robots ? await refusedByRobots(url, parts) : null;
    if (refused !== null) return err(refused);
    const answer = await one("page", url, hop, parts);
    if (!answer.ok) return answer;
    const output = answer.value;
    if (output.kind === "page") return ok(output.page);
    if (output.kind === "ended") {
      const { code, message } = output.ended.report;
      return err({ code: code ?? "internal", message: `${url}: ${message ?? "no page"}` });
    }
    if (output.report.kind !== "redirect") return err({ code: "internal", message: `${url}: no page` });
    url = output.report.target;
  }
  return err({
    code: "redirect",
    message: `${first}: more than ${parts.config.fetch.redirectsMax} redirects`,
  });
}

async function one(
  kind: RequestKind,
  url: string,
  hop: number,
  parts: Parts,
): Promise<Result<FetchOutput, Failure>> {
  const { stage, clock, stop } = parts;
  const verdict = await stage.handle(requestOf(kind, url, hop, clock.nowMs()), {
    signal: stop,
    attempt: 1,
    traceId: url,
  });
  if (verdict.kind === "emit" && verdict.outputs[0] !== undefined) return ok(verdict.outputs[0]);
  const code = "code" in verdict ? verdict.code : "internal";
  const detail =
    "detail" in verdict && verdict.detail !== undefined ? verdict.detail : "could not be fetched";
  return err({ code, message: `${url}: ${detail}` });
}

/** RFC 9309 section 2.3.1: a 4xx allows everything; where robots.txt is not to be had (5xx, no answer), nothing. */
async function refusedByRobots(url: string, parts: Parts): Promise<Failure | null> {
  // Loaded only now: a local file needs no database.
  const { isAllowed, parseRobots, robotsPath } = await import("../frontier/index.ts");
  let robotsUrl = new URL("/robots.txt", url).href;
  for (let hop = 0; hop <= parts.config.frontier.robotsRedirectsMax; hop++) {
    const answer = await one("robots", robotsUrl, hop, parts);
    if (!answer.ok) return answer.error;
    if (answer.value.kind !== "frontier" || answer.value.report.kind !== "control") return null;
    const { status, failure, redirect, body } = answer.value.report;
    if (failure !== null) return { ...failure, message: `${robotsUrl}: ${failure.message}` };
    if (redirect !== null) {
      robotsUrl = redirect;
      continue;
    }
    if (status !== null && status >= 500)
      return { code: "robots", message: `${robotsUrl} answers ${status}: nothing is allowed` };
    if (status === null || status >= 300) return null;
    const { allowed, line } = isAllowed(
      parseRobots(body),
      parts.config.frontier.productToken,
      robotsPath(url),
    );
    return allowed ? null : { code: "robots", message: `${robotsUrl} line ${line} disallows ${url}` };
  }
  return null; // RFC 9309 section 2.3.1.2: too many redirects count as not available
}

function requestOf(kind: RequestKind, url: string, redirects: number, nowMs: number): PageRequest {
  return {
    kind,
    captureId: uuidv7(nowMs),
    url,
    host: new URL(url).host,
    crawlId: "",
    depth: 0,
    attempt: 1,
    redirects,
    given: true,
    referrer: null,
    validators: null,
    lane: "auto",
    verdict: null,
  };
}
