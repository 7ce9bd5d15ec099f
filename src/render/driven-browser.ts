// A Chromium spoken to by Playwright, for pages in which somebody acts: it clicks and types as a person does, at twice the cost of a
// page that is only read. Knows no page's content.
import type { BrowserContext, Browser as Chromium, Page } from "playwright-core";
import { asError } from "../base/index.ts";
import { ARGUMENTS, type BrowserOptions, localeOf, type Told, toldBy, VIEWPORT } from "./browser-start.ts";
import type { DevToolsSession } from "./devtools.ts";
import { Interception } from "./interception.ts";
import { saidAtLaunch } from "./launch-rule.ts";
import { QUIET_CONSOLE } from "./noise.ts";
import { type ProcessMemory, ProcessTree } from "./process-memory.ts";
import { PageCrashed, type Tab, type TabBrowser, type TabWishes } from "./tab.ts";

export class DrivenBrowser implements TabBrowser {
  readonly #chromium: Chromium;
  readonly #options: BrowserOptions;
  readonly #pid: number | null;
  readonly #userAgent: string;
  readonly interception: Interception;
  readonly #tree: ProcessTree | null;
  #pages = 0;

  private constructor(
    chromium: Chromium,
    options: BrowserOptions,
    { pid, userAgent }: Told,
    interception: Interception,
  ) {
    this.#chromium = chromium;
    this.interception = interception;
    this.#options = options;
    this.#pid = pid;
    this.#tree = pid === null ? null : new ProcessTree(pid, process.platform);
    this.#userAgent = options.userAgent ?? `${userAgent} ${options.product}`;
  }

  /** Rejects with what the program said when it does not start. */
  static async launch(options: BrowserOptions): Promise<DrivenBrowser> {
    // Loaded with the first page that needs it.
    const { chromium } = await import("playwright-core");
    const launching = chromium.launch({
      executablePath: options.executable,
      headless: true,
      // The sandbox needs a user of its own: root has none to give.
      chromiumSandbox: process.getuid?.() !== 0,
      args: [...ARGUMENTS, `--js-flags=--max-old-space-size=${options.pageHeapMebibytes}`],
      // Without credentials: to give them, Playwright would stop every request on its own way.
      proxy: { server: options.proxy.url },
      timeout: options.launchTimeoutMs,
      // Signals are the program's own to answer.
      handleSIGINT: false,
      handleSIGTERM: false,
      handleSIGHUP: false,
    });
    const started = await launching.catch((thrown: unknown) => {
      throw new Error(saidAtLaunch(asError(thrown).message), { cause: thrown });
    });
    try {
      const session = await started.newBrowserCDPSession();
      const interception = await Interception.attach(session, options.proxy, options.clock);
      return new DrivenBrowser(started, options, await toldBy(session), interception);
    } catch (thrown) {
      await started.close();
      throw thrown;
    }
  }

  get isConnected(): boolean {
    return this.#chromium.isConnected();
  }

  /** Pages that were begun in it. */
  get pages(): number {
    return this.#pages;
  }

  onGone(told: () => void): () => void {
    this.#chromium.once("disconnected", told);
    return () => this.#chromium.off("disconnected", told);
  }

  async openTab(wishes: TabWishes): Promise<Tab> {
    const context = await this.#newContext(wishes);
    try {
      return await DrivenTab.open(context, wishes);
    } catch (thrown) {
      await context.close().catch(() => undefined);
      throw thrown;
    }
  }

  async #newContext({ viewport, storageState }: TabWishes): Promise<BrowserContext> {
    this.#pages++;
    const { acceptLanguage, insecure } = this.#options;
    const context = await this.#chromium.newContext({
      userAgent: this.#userAgent,
      locale: localeOf(acceptLanguage),
      extraHTTPHeaders: { "accept-language": acceptLanguage },
      ignoreHTTPSErrors: insecure,
      acceptDownloads: false,
      serviceWorkers: "block",
      permissions: [],
      viewport: viewport ?? VIEWPORT,
      ...(storageState === undefined ? {} : { storageState }),
    });
    await context.addInitScript(QUIET_CONSOLE);
    return context;
  }

  /** In order. Never rejects. */
  async close(): Promise<void> {
    // Gone already is closed too.
    await this.#chromium.close().catch(() => undefined);
  }

  /** What its processes hold; empty where the system does not tell which they are. */
  async memory(): Promise<ProcessMemory[]> {
    return this.#tree === null || !this.isConnected ? [] : this.#tree.look();
  }

  /** One that `memory` named; the pages it shows crash. */
  endProcess(pid: number): void {
    if (!this.isConnected) return;
    try {
      process.kill(pid, "SIGKILL");
    } catch (thrown) {
      // Gone already is what was wanted.
      if (!(thrown instanceof Error && "code" in thrown && thrown.code === "ESRCH")) throw thrown;
    }
  }

  /** At once, whatever it is busy with. */
  kill(): void {
    if (this.#pid !== null) this.endProcess(this.#pid);
  }
}

class DrivenTab implements Tab {
  readonly session: DevToolsSession;
  readonly mainFrame: string;
  readonly page: Page;
  readonly lost: Promise<never>;
  readonly #context: BrowserContext;
  #noise: () => void = () => undefined;

  private constructor(context: BrowserContext, page: Page, session: DevToolsSession, mainFrame: string) {
    this.#context = context;
    this.page = page;
    this.session = session;
    this.mainFrame = mainFrame;
    this.lost = new Promise((_, reject) => page.once("crash", () => reject(new PageCrashed())));
    this.lost.catch(() => undefined);
    context.on("page", (other) => {
      this.#noise();
      // Who has gone already needs no closing.
      void other.close().catch(() => undefined);
    });
    const noise = (): void => this.#noise();
    page.on("console", noise);
    page.on("pageerror", noise);
    page.on("dialog", (dialog) => void dialog.dismiss().catch(() => undefined));
  }

  static async open(context: BrowserContext, { areSocketsBlocked }: TabWishes): Promise<DrivenTab> {
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    if (areSocketsBlocked)
      await context.routeWebSocket(/^/, (socket) => void socket.close().catch(() => undefined));
    const { frameTree } = await session.send("Page.getFrameTree");
    return new DrivenTab(context, page, session, frameTree.frame.id);
  }

  async hasCookies(url: string): Promise<boolean> {
    return (await this.#context.cookies(url)).length > 0;
  }

  onNoise(told: () => void): void {
    this.#noise = told;
  }

  storageState(): Promise<unknown> {
    return this.#context.storageState();
  }

  async close(): Promise<void> {
    // Gone with its browser is closed too.
    await this.#context.close().catch(() => undefined);
  }
}
