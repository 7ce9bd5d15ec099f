// One page in one context: its document answered from what was fetched, its scripts run, its DOM read once it has settled.
// What a page does to a person it does to nobody here: dialogs, pop-ups, downloads and further documents are refused.
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import { z } from "zod";
import { type Clock, ok, type Result } from "../base/index.ts";
import type { Failure, Screenshot } from "../model/index.ts";
import type { AnsweredDocument } from "./answered-document.ts";
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
/** Of a page's time, what is left for reading it once its steps are taken. */
const LAST_MS = 2_000;

/** Rejects when the page, its context or its browser is gone, and with the signal's reason. */
export async function loadPage(
  context: BrowserContext,
  load: PageLoad,
  signal: AbortSignal,
): Promise<Result<Rendered, Failure>> {
  const { options, clock } = load;
  const beganMs = clock.monotonicMs();
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const mainFrame = (await framesOf(session))[0] ?? "";
  const hasCookies = async (url: string): Promise<boolean> => (await context.cookies(url)).length > 0;
  const traffic = new Traffic(page, mainFrame, { ...load, hasCookies });
  context.on("page", (other) => {
    // A window that the page opened. Who has gone already needs no closing.
    if (other !== page) void other.close().catch(() => undefined);
  });
  page.on("dialog", (dialog) => void dialog.dismiss().catch(() => undefined));
  const crashed = new Promise<never>((_, reject) => page.once("crash", () => reject(new PageCrashed())));
  crashed.catch(() => undefined);
  let isStopped = false;
  const stopped = stoppedForNoise(page, session).then(() => {
    isStopped = true;
    return null;
  });
  const forget = load.interception.watch({ mainFrame, judge: traffic, frames: () => framesOf(session) });
  if (options.blockedTypes.includes("websocket"))
    await context.routeWebSocket(/^/, (socket) => void socket.close().catch(() => undefined));
  const visit = async (): Promise<Result<Rendered, Failure>> => {
    await page.goto(load.url, { waitUntil: "commit", timeout: options.pageTimeMs });
    const settled = async (endMs: number): Promise<void> => {
      const settling = new Settling(options);
      for (;;) {
        signal.throwIfAborted();
        const waitMs = Math.max(LOOK_MS, endMs - clock.monotonicMs());
        const answer = await Promise.race([page.evaluate(stillness(options.settleMs, waitMs)), stopped]);
        if (answer === null) break;
        const still = stillnessOf(answer);
        const atMs = clock.monotonicMs();
        if (settling.isDone({ ...still, atMs, busyAtMs: traffic.busyAtMs }) || atMs >= endMs) break;
        if (traffic.leadsTo !== null) break;
      }
    };
    await settled(clock.monotonicMs() + options.settleMaxMs);
    const missed = await asked(load, {
      page,
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
    const shot = await pictured(page, load, signal);
    return ok({
      html: shown.value,
      leadsTo: traffic.leadsTo,
      missed: shot === null || shot.ok ? missed.value : [...missed.value, `screenshot: ${shot.error}`],
      screenshot: shot?.ok === true ? shot.value : null,
    });
  };
  try {
    return await Promise.race([visit(), crashed]);
  } finally {
    forget();
    traffic.close();
    load.loaded(traffic.requests);
  }
}

/** Ids of the page's frames, its main frame first. */
async function framesOf(session: CDPSession): Promise<readonly string[]> {
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
async function asked({ plan }: PageLoad, course: StepCourse): Promise<Result<readonly string[], Failure>> {
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

class PageCrashed extends Error {
  override readonly name = "PageCrashed";
  override readonly message = "the page crashed";
}
