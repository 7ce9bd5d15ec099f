// One page in one context: its document answered from what was fetched, its scripts run, its DOM read once it has settled.
// What a page does to a person it does to nobody here: dialogs, pop-ups, downloads and further documents are refused.
import type { Page } from "playwright-core";
import { z } from "zod";
import { type Clock, ok, type Result } from "../base/index.ts";
import type { Failure, Screenshot } from "../model/index.ts";
import type { AnsweredDocument } from "./answered-document.ts";
import type { DevToolsSession } from "./devtools.ts";
import type { Interception } from "./interception.ts";
import { stoppedForNoise } from "./noise.ts";
import type { RenderOptions } from "./options.ts";
import type { PagePlan } from "./recipe-book.ts";
import { screenshot } from "./screenshot.ts";
import { scroll } from "./scroll.ts";
import { Settling, type Stillness, stillness } from "./settled.ts";
import { shownDocument } from "./shown-document.ts";
import type { StepCourse } from "./step-course.ts";
import { takeSteps } from "./steps.ts";
import type { SubresourceCache } from "./subresource-cache.ts";
import type { Tab } from "./tab.ts";
import { Traffic } from "./traffic.ts";

export interface Rendered {
  readonly html: string;
  /** Where the page itself wanted to go on to; null when it stayed. */
  readonly leadsTo: string | null;
  /** What was asked for besides and could not be had, one line each: steps that failed and were not required, the picture. */
  readonly missed: readonly string[];
  readonly screenshot: Screenshot | null;
}

export interface PageLoad {
  readonly url: string;
  readonly document: AnsweredDocument;
  readonly options: RenderOptions;
  readonly plan: PagePlan;
  readonly clock: Clock;
  readonly interception: Interception;
  readonly cache: SubresourceCache;
  readonly isBlockedHost: (hostname: string) => boolean;
  /** At the end, whatever it is: requests that left for each origin. */
  readonly loaded: (requests: ReadonlyMap<string, number>) => void;
}

const LOOK_MS = 50;
/** What is told of requests is not kept in the browser as well. */
const KEEPS_NOTHING = { maxTotalBufferSize: 0, maxResourceBufferSize: 0, maxPostDataSize: 0 };
/** Of a page's time, what is left for reading it once its steps are taken. */
const LAST_MS = 2_000;

/** Rejects when the page, its context or its browser is gone, and with the signal's reason. */
export async function loadPage(
  tab: Tab,
  load: PageLoad,
  signal: AbortSignal,
): Promise<Result<Rendered, Failure>> {
  const { options, clock } = load;
  const beganMs = clock.monotonicMs();
  const { session, mainFrame, page } = tab;
  const traffic = new Traffic(session, mainFrame, { ...load, hasCookies: (url) => tab.hasCookies(url) });
  let isStopped = false;
  const stopped = stoppedForNoise(tab, session).then(() => {
    isStopped = true;
    return null;
  });
  const forget = load.interception.watch({ mainFrame, judge: traffic, frames: () => framesOf(session) });
  const visit = async (): Promise<Result<Rendered, Failure>> => {
    await session.send("Network.enable", KEEPS_NOTHING);
    const { errorText } = await session.send("Page.navigate", { url: load.url });
    if (errorText !== undefined) throw new Error(errorText);
    const settled = async (endMs: number): Promise<void> => {
      const settling = new Settling(options);
      for (;;) {
        signal.throwIfAborted();
        const waitMs = Math.max(LOOK_MS, endMs - clock.monotonicMs());
        const answer = await Promise.race([evaluated(session, stillness(options.settleMs, waitMs)), stopped]);
        if (answer === null) break;
        const still = stillnessOf(answer);
        const atMs = clock.monotonicMs();
        if (settling.isDone({ ...still, atMs, busyAtMs: traffic.busyAtMs }) || atMs >= endMs) break;
        if (traffic.leadsTo !== null) break;
      }
    };
    await settled(clock.monotonicMs() + options.settleMaxMs);
    const missed = await asked(load, page, {
      clock,
      signal,
      endsAtMs: beganMs + options.pageTimeMs - Math.min(LAST_MS, options.pageTimeMs / 4),
      charactersMax: options.documentCharsMax,
      settled: (untilMs) => settled(Math.min(untilMs, clock.monotonicMs() + options.settleMaxMs)),
      isBusy: () => traffic.isBusy,
      isOver: () => isStopped || traffic.leadsTo !== null,
    });
    if (!missed.ok) return missed;
    const shown = await shownDocument(session, mainFrame, options.documentCharsMax);
    if (!shown.ok) return shown;
    const shot = page === null ? null : await pictured(page, load, signal);
    return ok({
      html: shown.value,
      leadsTo: traffic.leadsTo,
      missed: shot === null || shot.ok ? missed.value : [...missed.value, `screenshot: ${shot.error}`],
      screenshot: shot?.ok === true ? shot.value : null,
    });
  };
  try {
    return await Promise.race([visit(), tab.lost]);
  } finally {
    forget();
    traffic.close();
    load.loaded(traffic.requests);
  }
}

async function evaluated(session: DevToolsSession, expression: string): Promise<unknown> {
  const { result, exceptionDetails } = await session.send("Runtime.evaluate", {
    expression,
    awaitPromise: true,
    returnByValue: true,
  });
  if (exceptionDetails !== undefined) throw new Error(`the page does not answer: ${exceptionDetails.text}`);
  return result.value;
}

/** Ids of the page's frames, its main frame first. */
async function framesOf(session: DevToolsSession): Promise<readonly string[]> {
  const { frameTree } = await session.send("Page.getFrameTree");
  const found: string[] = [];
  const trees = [frameTree];
  for (let tree = trees.pop(); tree !== undefined; tree = trees.pop()) {
    found.push(tree.frame.id);
    trees.push(...(tree.childFrames ?? []));
  }
  return found;
}

/** What the page's plan asks for before it is read. */
async function asked(
  { plan }: PageLoad,
  page: Page | null,
  within: Omit<StepCourse, "page">,
): Promise<Result<readonly string[], Failure>> {
  if (page === null) return ok([]);
  const course = { ...within, page };
  if (plan.scroll !== null && !course.isOver()) {
    const endsAtMs = Math.min(course.endsAtMs, course.clock.monotonicMs() + plan.scroll.timeoutMs);
    await scroll(course, plan.scroll, endsAtMs);
    await course.settled(course.endsAtMs);
  }
  return takeSteps(course, plan);
}

function pictured(
  page: Page,
  { plan, clock }: PageLoad,
  signal: AbortSignal,
): Promise<Result<Screenshot, string>> | null {
  return plan.screenshot === null ? null : screenshot(page, plan.screenshot, clock, signal);
}

const stillnessAnswer = z.object({ measure: z.string(), unchangedMs: z.number(), wasBusy: z.boolean() });

/** A page may answer what it likes. */
function stillnessOf(answer: unknown): Stillness {
  const parsed = stillnessAnswer.safeParse(answer);
  return parsed.success ? parsed.data : { measure: "", unchangedMs: 0, wasBusy: false };
}
