// One Chromium: started with every way out but the guarded proxy closed, asked for a context a page, and ended whole. Knows
// no page's content.
import type { BrowserContext, CDPSession, Browser as Chromium } from "playwright-core";
import { asError, type Clock } from "../base/index.ts";
import type { GuardedProxy } from "./guarded-proxy.ts";
import { Interception } from "./interception.ts";
import { saidAtLaunch } from "./launch-rule.ts";
import { QUIET_CONSOLE } from "./noise.ts";
import { type ProcessMemory, ProcessTree } from "./process-memory.ts";
import type { StorageState } from "./storage-state.ts";

export interface BrowserOptions {
  readonly executable: string;
  readonly proxy: Pick<GuardedProxy, "url" | "user" | "password">;
  /** The whole field; null: the browser's own, with `product` behind it. */
  readonly userAgent: string | null;
  /** "millrace/1.0": who asks says so. */
  readonly product: string;
  readonly acceptLanguage: string;
  /** Certificates that nobody vouches for are taken (`--insecure`). */
  readonly insecure: boolean;
  readonly pageHeapMebibytes: number;
  readonly launchTimeoutMs: number;
  readonly clock: Clock;
}

/** In what one context differs from others. */
export interface ContextWishes {
  readonly viewport: { readonly width: number; readonly height: number } | null;
  /** Cookies and local storage it begins with. */
  readonly storageState?: StorageState;
}

/** Each closes a way on which a page could reach the network past the proxy, or something that costs and helps nobody. */
const ARGUMENTS: readonly string[] = [
  // Loopback goes through the proxy as everything else does.
  "--proxy-bypass-list=<-loopback>",
  // Names are the proxy's to resolve; nothing is looked up, prefetched or preconnected here.
  "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
  "--dns-prefetch-disable",
  // A page and its frames share a process, and nothing else does: what a context holds is one page's alone.
  "--disable-site-isolation-trials",
  "--disable-features=IsolateOrigins,site-per-process,IsolateSandboxedIframes,PreconnectToSearch,NetworkPrediction,OptimizationHints,MediaRouter,Translate,AutofillServerCommunication,DnsOverHttps,AsyncDns,HttpsUpgrades,InterestFeedContentSuggestions",
  "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--webrtc-ip-handling-policy=disable_non_proxied_udp",
  "--disable-quic",
  "--no-pings",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--disable-domain-reliability",
  "--disable-client-side-phishing-detection",
  "--disable-extensions",
  "--no-first-run",
  "--mute-audio",
  "--disable-gpu",
  "--disable-dev-shm-usage",
];

export class Browser {
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
  static async launch(options: BrowserOptions): Promise<Browser> {
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
      return new Browser(started, options, await toldBy(session), interception);
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

  /** A context that shares nothing with any other: no cookies, no storage, no cache, but what is wished. */
  async newContext({ viewport, storageState }: ContextWishes): Promise<BrowserContext> {
    this.#pages++;
    const { acceptLanguage, insecure } = this.#options;
    const [locale = "en-US"] = acceptLanguage.split(/[,;]/, 1);
    const context = await this.#chromium.newContext({
      userAgent: this.#userAgent,
      locale,
      extraHTTPHeaders: { "accept-language": acceptLanguage },
      ignoreHTTPSErrors: insecure,
      acceptDownloads: false,
      serviceWorkers: "block",
      permissions: [],
      viewport: viewport ?? { width: 1280, height: 1024 },
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

interface Told {
  /** Of the browser's own process, whatever script it was started by; its children end with it. */
  readonly pid: number | null;
  readonly userAgent: string;
}

async function toldBy(session: CDPSession): Promise<Told> {
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  const { userAgent } = await session.send("Browser.getVersion");
  return { pid: processInfo.find(({ type }) => type === "browser")?.id ?? null, userAgent };
}
