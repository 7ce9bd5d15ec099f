// A page of the browser that is spoken to directly: its context, what is set in it before it loads anything, and its loss. Dialogs,
// downloads, service workers and permissions are refused. Knows no document.

import { VIEWPORT } from "./browser-start.ts";
import type { DevTools, DevToolsSession } from "./devtools.ts";
import { QUIET_CONSOLE } from "./noise.ts";
import { PageCrashed, type Tab, type TabWishes } from "./tab.ts";

/** Workers wait at their start until they were spoken to. */
const WORKERS = {
  autoAttach: true,
  waitForDebuggerOnStart: true,
  flatten: true,
  filter: [{ type: "worker" }],
};

/** The same for all pages of a browser. */
export interface PlainSurroundings {
  readonly userAgent: string;
  readonly acceptLanguage: string;
  /** Certificates that nobody vouches for are taken. */
  readonly insecure: boolean;
}

/** One would answer for pages to come, and there are none. */
const NO_SERVICE_WORKERS =
  "if (self.ServiceWorkerContainer) ServiceWorkerContainer.prototype.register = async () => {};";

export class PlainTab implements Tab {
  readonly page = null;
  readonly lost: Promise<never>;
  readonly #devtools: DevTools;
  readonly #context: string;
  readonly #forget: () => void;
  readonly #loss = Promise.withResolvers<never>();
  #session: DevToolsSession;
  /** Sessions of the page's workers. */
  readonly #workers = new Set<string>();
  #target = "";
  #noise: () => void = () => undefined;

  /** `context`: made for this page alone; it ends with it. */
  constructor(devtools: DevTools, context: string, forget: () => void) {
    this.#devtools = devtools;
    this.#context = context;
    this.#forget = forget;
    this.#session = devtools.browser;
    this.lost = this.#loss.promise;
    this.lost.catch(() => undefined);
  }

  get session(): DevToolsSession {
    return this.#session;
  }

  /** A page's main frame is called as the page is. */
  get mainFrame(): string {
    return this.#target;
  }

  /** The first page in its context is the one that was asked for; all others it opened itself. */
  isOwn(target: string): boolean {
    if (this.#target === "") this.#target = target;
    if (target === this.#target) return true;
    this.#noise();
    return false;
  }

  noteLost(target: string): void {
    if (target === this.#target) this.#loss.reject(new PageCrashed());
  }

  /** Once, before anything else. Rejects where the page is lost meanwhile, or see `lost`. */
  async open({ viewport }: TabWishes, surroundings: PlainSurroundings): Promise<void> {
    const { browser } = this.#devtools;
    const browserContextId = this.#context;
    const { width, height } = viewport ?? VIEWPORT;
    // In their order, without waiting for each answer.
    const [, , { targetId }] = await Promise.all([
      browser.send("Browser.setDownloadBehavior", { behavior: "deny", browserContextId }),
      browser.send("Browser.grantPermissions", { permissions: [], browserContextId }),
      browser.send("Target.createTarget", { url: "about:blank", browserContextId }),
    ]);
    this.#target = targetId;
    const { sessionId } = await browser.send("Target.attachToTarget", { targetId, flatten: true });
    const session = this.#devtools.session(sessionId);
    this.#session = session;
    session.on("Page.javascriptDialogOpening", () => {
      session.send("Page.handleJavaScriptDialog", { accept: false }).catch(() => undefined);
    });
    this.#quietWorkersOf(session);
    session.on("Inspector.targetCrashed", () => this.noteLost(targetId));
    const { userAgent, acceptLanguage, insecure } = surroundings;
    await Promise.all([
      session.send("Page.enable"),
      session.send("Target.setAutoAttach", WORKERS),
      session.send("Emulation.setUserAgentOverride", { userAgent, acceptLanguage }),
      session.send("Emulation.setDeviceMetricsOverride", {
        width,
        height,
        deviceScaleFactor: 1,
        mobile: false,
      }),
      session.send("Page.addScriptToEvaluateOnNewDocument", {
        source: `${QUIET_CONSOLE}\n${NO_SERVICE_WORKERS}`,
      }),
      ...(insecure ? [session.send("Security.setIgnoreCertificateErrors", { ignore: true })] : []),
    ]);
  }

  /** Their consoles are heard by nobody either; a flood of them would be carried through the browser before all else. */
  #quietWorkersOf(session: DevToolsSession): void {
    session.on("Target.attachedToTarget", ({ sessionId }) => {
      this.#noise();
      this.#workers.add(sessionId);
      const worker = this.#devtools.session(sessionId);
      this.#quietWorkersOf(worker);
      const said = [
        worker.send("Runtime.evaluate", { expression: QUIET_CONSOLE }),
        worker.send("Target.setAutoAttach", WORKERS),
        worker.send("Runtime.runIfWaitingForDebugger"),
      ];
      // One that has gone already needs nothing.
      for (const each of said) each.catch(() => undefined);
    });
    session.on("Target.detachedFromTarget", ({ sessionId }) => {
      this.#devtools.forget(sessionId);
      this.#workers.delete(sessionId);
    });
  }

  async hasCookies(url: string): Promise<boolean> {
    const { cookies } = await this.#session.send("Network.getCookies", { urls: [url] });
    return cookies.length > 0;
  }

  onNoise(told: () => void): void {
    this.#noise = told;
  }

  /** What it holds of local storage only a driver reads. */
  async storageState(): Promise<unknown> {
    const { cookies } = await this.#devtools.browser.send("Storage.getCookies", {
      browserContextId: this.#context,
    });
    return { cookies, origins: [] };
  }

  async close(): Promise<void> {
    // Gone with its browser is closed too.
    await this.#devtools.browser
      .send("Target.disposeBrowserContext", { browserContextId: this.#context })
      .catch(() => undefined);
    for (const session of this.#workers) this.#devtools.forget(session);
    this.#workers.clear();
    this.#forget();
  }
}
