// A Chromium spoken to directly, for pages that are only read: of what a driver asks of a browser for each page, only what reading
// takes. Knows no page's content.
import { asError } from "../base/index.ts";
import { ARGUMENTS, type BrowserOptions, localeOf, toldBy, UNDRIVEN, VIEWPORT } from "./browser-start.ts";
import { type ChromiumProcess, startChromium } from "./chromium-process.ts";
import { Interception } from "./interception.ts";
import { type PlainSurroundings, PlainTab } from "./plain-tab.ts";
import { type ProcessMemory, ProcessTree } from "./process-memory.ts";
import type { Tab, TabBrowser, TabWishes } from "./tab.ts";

export class PlainBrowser implements TabBrowser {
  readonly interception: Interception;
  readonly #chromium: ChromiumProcess;
  readonly #surroundings: PlainSurroundings;
  readonly #pid: number | null;
  readonly #tree: ProcessTree | null;
  /** By their contexts, from before a page is there until its context is gone. */
  readonly #tabs = new Map<string, PlainTab>();
  readonly #onGone = new Set<() => void>();
  #pages = 0;

  private constructor(
    chromium: ChromiumProcess,
    interception: Interception,
    surroundings: PlainSurroundings,
    pid: number | null,
  ) {
    this.#chromium = chromium;
    this.interception = interception;
    this.#surroundings = surroundings;
    this.#pid = pid;
    this.#tree = pid === null ? null : new ProcessTree(pid, process.platform);
    void chromium.devtools.ended.then(() => {
      for (const told of this.#onGone) told();
    });
    const { browser } = chromium.devtools;
    browser.on("Target.targetCreated", ({ targetInfo: { type, targetId, browserContextId = "" } }) => {
      if (type !== "page" || this.#tabs.get(browserContextId)?.isOwn(targetId) !== false) return;
      // A window that the page opened. Who has gone already needs no closing.
      browser.send("Target.closeTarget", { targetId }).catch(() => undefined);
    });
    const lost = ({ targetId }: { readonly targetId: string }): void => {
      for (const tab of this.#tabs.values()) tab.noteLost(targetId);
    };
    browser.on("Target.targetCrashed", lost);
    browser.on("Target.targetDestroyed", lost);
  }

  /** Rejects with what the program said when it does not start. */
  static async launch(options: BrowserOptions): Promise<PlainBrowser> {
    const { executable, proxy, acceptLanguage, pageHeapMebibytes, launchTimeoutMs, clock } = options;
    const args = [
      ...UNDRIVEN,
      ...ARGUMENTS,
      // The sandbox needs a user of its own: root has none to give.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--proxy-server=${proxy.url}`,
      `--js-flags=--max-old-space-size=${pageHeapMebibytes}`,
      `--lang=${localeOf(acceptLanguage)}`,
      `--window-size=${VIEWPORT.width},${VIEWPORT.height}`,
    ];
    const chromium = await startChromium({ executable, args, launchTimeoutMs, clock });
    try {
      const { browser } = chromium.devtools;
      const interception = await Interception.attach(browser, proxy, clock);
      await browser.send("Target.setDiscoverTargets", { discover: true, filter: [{ type: "page" }] });
      const { pid, userAgent } = await toldBy(browser);
      const surroundings = {
        userAgent: options.userAgent ?? `${userAgent} ${options.product}`,
        acceptLanguage,
        insecure: options.insecure,
      };
      return new PlainBrowser(chromium, interception, surroundings, pid);
    } catch (thrown) {
      chromium.kill();
      await chromium.gone;
      throw asError(thrown);
    }
  }

  get isConnected(): boolean {
    return !this.#chromium.isGone;
  }

  /** Pages that were begun in it. */
  get pages(): number {
    return this.#pages;
  }

  onGone(told: () => void): () => void {
    this.#onGone.add(told);
    return () => this.#onGone.delete(told);
  }

  async openTab(wishes: TabWishes): Promise<Tab> {
    this.#pages++;
    const { devtools } = this.#chromium;
    const { browserContextId } = await devtools.browser.send("Target.createBrowserContext", {
      disposeOnDetach: true,
    });
    const tab = new PlainTab(devtools, browserContextId, () => this.#tabs.delete(browserContextId));
    this.#tabs.set(browserContextId, tab);
    try {
      await Promise.race([tab.open(wishes, this.#surroundings), tab.lost]);
      return tab;
    } catch (thrown) {
      await tab.close();
      throw thrown;
    }
  }

  /** In order. Never rejects. */
  async close(): Promise<void> {
    // Gone already is closed too.
    await this.#chromium.devtools.browser.send("Browser.close").catch(() => undefined);
    await this.#chromium.gone;
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
    this.#chromium.kill();
  }
}
