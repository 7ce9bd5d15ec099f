// One page in one context: its document answered from what was fetched, its scripts run, its DOM read once it has settled.
// What a page does to a person it does to nobody here: dialogs, pop-ups, downloads and further documents are refused.
import type { BrowserContext, CDPSession } from "playwright-core";
import { z } from "zod";
import { type Clock, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { AnsweredDocument } from "./answered-document.ts";
import type { Interception } from "./interception.ts";
import type { RenderOptions } from "./options.ts";
import { Settling, type Stillness, stillness } from "./settled.ts";
import { shownDocument } from "./shown-document.ts";
import type { SubresourceCache } from "./subresource-cache.ts";
import { Traffic } from "./traffic.ts";

export interface Rendered {
  readonly html: string;
  /** Where the page itself wanted to go on to; null when it stayed. */
  readonly leadsTo: string | null;
}

export interface PageLoad {
  readonly url: string;
  readonly document: AnsweredDocument;
  readonly options: RenderOptions;
  readonly clock: Clock;
  readonly interception: Interception;
  readonly cache: SubresourceCache;
  readonly isBlockedHost: (hostname: string) => boolean;
  /** At the end, whatever it is: requests that left for each origin. */
  readonly loaded: (requests: ReadonlyMap<string, number>) => void;
}

const LOOK_MS = 50;

/** Rejects when the page, its context or its browser is gone, and with the signal's reason. */
export async function loadPage(
  context: BrowserContext,
  load: PageLoad,
  signal: AbortSignal,
): Promise<Result<Rendered, Failure>> {
  const { options, clock } = load;
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
  const forget = load.interception.watch({ mainFrame, judge: traffic, frames: () => framesOf(session) });
  if (options.blockedTypes.includes("websocket"))
    await context.routeWebSocket(/^/, (socket) => void socket.close().catch(() => undefined));
  const visit = async (): Promise<Result<Rendered, Failure>> => {
    await page.goto(load.url, { waitUntil: "commit", timeout: options.pageTimeMs });
    const settling = new Settling(options);
    const endMs = clock.monotonicMs() + options.settleMaxMs;
    for (;;) {
      signal.throwIfAborted();
      const waitMs = Math.max(LOOK_MS, endMs - clock.monotonicMs());
      const still = stillnessOf(await page.evaluate(stillness(options.settleMs, waitMs)));
      const atMs = clock.monotonicMs();
      if (settling.isDone({ ...still, atMs, busyAtMs: traffic.busyAtMs }) || atMs >= endMs) break;
      if (traffic.leadsTo !== null) break;
    }
    const shown = await shownDocument(session, mainFrame, options.documentCharsMax);
    if (!shown.ok) return shown;
    return ok({ html: shown.value, leadsTo: traffic.leadsTo });
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

const stillnessAnswer = z.object({ measure: z.string(), unchangedMs: z.number() });

/** A page may answer what it likes. */
function stillnessOf(answer: unknown): Stillness {
  const parsed = stillnessAnswer.safeParse(answer);
  return parsed.success ? parsed.data : { measure: "", unchangedMs: 0 };
}

class PageCrashed extends Error {
  override readonly name = "PageCrashed";
  override readonly message = "the page crashed";
}
