// Every request of every page, frame and worker of one browser, stopped before it leaves: by one session of the browser
// itself, since a page's own sees neither frames in other processes nor workers. Knows whose a request is; decides nothing.
import { type Clock, within } from "../base/index.ts";
import type { DevToolsSession } from "./devtools.ts";
import type { GuardedProxy } from "./guarded-proxy.ts";
import { PausedRequest } from "./paused-request.ts";

/** Decides about the requests of one page. Neither may reject. */
export interface RequestJudge {
  asked(request: PausedRequest): Promise<void>;
  answered(request: PausedRequest): Promise<void>;
}

/** A page whose requests somebody judges. */
export interface JudgedPage {
  readonly mainFrame: string;
  readonly judge: RequestJudge;
  /** Ids of the frames that the page has now. */
  frames(): Promise<readonly string[]>;
}

/** A frame that no page knows within so long is given nothing. */
const OWNER_WAIT_MS = 1_000;

export class Interception {
  readonly #session: DevToolsSession;
  readonly #clock: Clock;
  readonly #pages = new Set<JudgedPage>();
  readonly #byFrame = new Map<string, JudgedPage>();

  private constructor(session: DevToolsSession, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  /** `session`: of the browser. Stands until the browser ends. */
  static async attach(
    session: DevToolsSession,
    { user, password }: Pick<GuardedProxy, "user" | "password">,
    clock: Clock,
  ): Promise<Interception> {
    const interception = new Interception(session, clock);
    // A command that fails speaks of a page that is gone.
    session.on("Fetch.requestPaused", (event) => {
      interception.#judge(new PausedRequest(session, event)).catch(() => undefined);
    });
    session.on("Fetch.authRequired", ({ requestId, authChallenge, frameId }) => {
      // The proxy shares its places out by page. A context keeps its credentials, and has one page.
      const page = interception.#byFrame.get(frameId)?.mainFrame ?? "";
      const authChallengeResponse =
        authChallenge.source === "Proxy"
          ? ({ response: "ProvideCredentials", username: `${user}.${page}`, password } as const)
          : ({ response: "Default" } as const);
      session.send("Fetch.continueWithAuth", { requestId, authChallengeResponse }).catch(() => undefined);
    });
    await session.send("Fetch.enable", { patterns: [{ urlPattern: "*" }], handleAuthRequests: true });
    return interception;
  }

  /** Until the function that it returns is called, after which the page gets nothing. */
  watch(page: JudgedPage): () => void {
    this.#pages.add(page);
    this.#byFrame.set(page.mainFrame, page);
    return () => {
      this.#pages.delete(page);
      for (const [frame, owner] of this.#byFrame) if (owner === page) this.#byFrame.delete(frame);
    };
  }

  async #judge(request: PausedRequest): Promise<void> {
    const page = this.#byFrame.get(request.frame) ?? (await this.#ownerOf(request.frame));
    // Without content a window stays empty; a refusal would bring up a page of the browser's own.
    if (page === null) await (request.type === "document" ? request.fulfil(204, [], null) : request.refuse());
    else if (request.isAnswered) await page.judge.answered(request);
    else await page.judge.asked(request);
  }

  /** A frame is known to its page before it asks for anything, so whoever has it says so. Null: a window that was opened. */
  async #ownerOf(frame: string): Promise<JudgedPage | null> {
    if (await this.#isWindow(frame)) return null;
    const asked = [...this.#pages].map(async (page) => {
      const frames = await page.frames();
      if (!frames.includes(frame)) throw new Error("not this page's");
      if (this.#pages.has(page)) this.#byFrame.set(frame, page);
      return page;
    });
    // None of them has it, or none says so.
    const found = Promise.any(asked).catch(() => null);
    return within(this.#clock, OWNER_WAIT_MS, found);
  }

  /** The browser knows at once; its pages may be busy. */
  async #isWindow(frame: string): Promise<boolean> {
    try {
      const { targetInfo } = await this.#session.send("Target.getTargetInfo", { targetId: frame });
      return targetInfo.type === "page";
    } catch {
      // A frame within a page is no target of its own.
      return false;
    }
  }
}
