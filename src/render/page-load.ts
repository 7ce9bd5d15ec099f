// One page in one context: its document answered from what was fetched, its scripts run, its DOM read once it has settled.
// What a page does to a person it does to nobody here: dialogs, pop-ups, downloads and further documents are refused.
import type { BrowserContext, Page, Request, Route } from "playwright-core";
import { z } from "zod";
import { type Clock, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { AnsweredDocument } from "./answered-document.ts";
import type { RenderOptions } from "./options.ts";
import { Settling, type Stillness, stillness } from "./settled.ts";

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
}

/** Kinds of requests whose answer may change the document. */
const AWAITED: ReadonlySet<string> = new Set(["script", "xhr", "fetch", "document", "stylesheet"]);
const LOOK_MS = 50;

/** Rejects when the page, its context or its browser is gone, and with the signal's reason. */
export async function loadPage(
  context: BrowserContext,
  load: PageLoad,
  signal: AbortSignal,
): Promise<Result<Rendered, Failure>> {
  const { options, clock } = load;
  const page = await context.newPage();
  const traffic = new Traffic(page, load);
  context.on("page", (other) => {
    // A window that the page opened. Who has gone already needs no closing.
    if (other !== page) void other.close().catch(() => undefined);
  });
  page.on("dialog", (dialog) => void dialog.dismiss().catch(() => undefined));
  const crashed = new Promise<never>((_, reject) => page.once("crash", () => reject(new PageCrashed())));
  crashed.catch(() => undefined);
  await context.route("**/*", (route) => traffic.answer(route));
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
    const html = await page.content();
    if (html.length > options.documentCharsMax)
      return {
        ok: false,
        error: {
          code: "too_large",
          message: `the rendered document has ${html.length} characters; at most ${options.documentCharsMax} are read`,
        },
      };
    return ok({ html, leadsTo: traffic.leadsTo });
  };
  return Promise.race([visit(), crashed]);
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

/** What the page asks for, and what of it is granted. */
class Traffic {
  readonly #page: Page;
  readonly #load: PageLoad;
  readonly #pending = new Set<Request>();
  #isAnswered = false;
  #busyAtMs = 0;
  #requests = 0;
  leadsTo: string | null = null;

  constructor(page: Page, load: PageLoad) {
    this.#page = page;
    this.#load = load;
    page.on("request", (request) => {
      if (AWAITED.has(request.resourceType())) this.#pending.add(request);
    });
    const answered = (request: Request): void => {
      if (this.#pending.delete(request)) this.#busyAtMs = load.clock.monotonicMs();
    };
    page.on("requestfinished", answered);
    page.on("requestfailed", answered);
  }

  /** Now, while anything is. */
  get busyAtMs(): number {
    return this.#pending.size > 0 ? this.#load.clock.monotonicMs() : this.#busyAtMs;
  }

  /** Never rejects: what cannot be answered any more belongs to a page that is gone. */
  async answer(route: Route): Promise<void> {
    try {
      await this.#decide(route);
    } catch {
      await route.abort().catch(() => undefined);
    }
  }

  #decide(route: Route): Promise<void> {
    const request = route.request();
    const { options, document } = this.#load;
    if (request.isNavigationRequest() && request.frame() === this.#page.mainFrame()) {
      if (!this.#isAnswered) {
        this.#isAnswered = true;
        return route.fulfill({
          status: document.status,
          headers: { ...document.headers },
          body: document.body,
        });
      }
      this.leadsTo ??= request.url();
      // No content: the document stays. A refusal would put the browser's own page in its place.
      return route.fulfill({ status: 204 });
    }
    const type = request.resourceType();
    const isBlocked = options.blockedTypes.some((blocked) => blocked === type);
    if (isBlocked || ++this.#requests > options.requestsPerPageMax) return route.abort("blockedbyclient");
    return route.continue();
  }
}
