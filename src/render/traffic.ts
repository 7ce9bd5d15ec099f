// What a page asks for, and what of it is granted: its document from what was fetched, no further document, no kind of
// subresource that is blocked, no more than so many. Knows no DOM.
import type { Page, Request, Route } from "playwright-core";
import type { Clock } from "../base/index.ts";
import type { AnsweredDocument } from "./answered-document.ts";
import type { RenderOptions } from "./options.ts";

export interface TrafficParts {
  readonly document: AnsweredDocument;
  readonly options: RenderOptions;
  readonly clock: Clock;
}

/** Kinds of requests whose answer may change the document. */
const AWAITED: ReadonlySet<string> = new Set(["script", "xhr", "fetch", "document", "stylesheet"]);

export class Traffic {
  readonly #page: Page;
  readonly #load: TrafficParts;
  readonly #pending = new Set<Request>();
  #isAnswered = false;
  #busyAtMs = 0;
  #requests = 0;
  leadsTo: string | null = null;

  constructor(page: Page, load: TrafficParts) {
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

  /** When a request that may change the document was last on its way. Now, while anything is. */
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
