// The browser pool behind one call: at most `pagesMax` pages at once, each in a context of its own, in a browser that is
// started with the first page, replaced after so many, and replaced at once when it is gone. A page that crashes or hangs
// costs itself; the browser's end costs each page in it one more try. Knows no stages.
import { asError, type Clock, deadline, describe, err, type Result } from "../base/index.ts";
import { abortable, workerPool } from "../engine/index.ts";
import type { Failure } from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import { answeredDocument, type FetchedDocument } from "./answered-document.ts";
import { Browser } from "./browser.ts";
import { type GuardedProxy, guardedProxy } from "./guarded-proxy.ts";
import type { RenderOptions } from "./options.ts";
import { loadPage, type Rendered } from "./page-load.ts";
import { type CacheStatistics, SubresourceCache } from "./subresource-cache.ts";
import { hostBlocker } from "./trackers.ts";

export interface RendererSetup {
  readonly options: RenderOptions;
  readonly executable: string;
  readonly dialer: Dialer;
  readonly clock: Clock;
  readonly userAgent: string | null;
  readonly product: string;
  readonly acceptLanguage: string;
  readonly insecure: boolean;
  /** Limits of the document's own body. */
  readonly inflatedBytesMax: number;
  readonly encodingsMax: number;
}

export interface Renderer {
  /** Pages that may be in hand at once. */
  readonly concurrencyMax: number;
  /** Beyond what a page and its second try may take: only a wedged pool gets here. */
  readonly deadlineMs: number;
  /** Of what pages load and share. */
  readonly cache: CacheStatistics;
  /** `timeout`, `render`, `too_large`, `decode`. Rejects with the signal's reason when it aborts first. */
  render(document: FetchedDocument, charset: string, signal: AbortSignal): Promise<Result<Rendered, Failure>>;
  /** Waits for nobody: pages under way end with their browser. */
  close(): Promise<void>;
}

/** A browser that is busy elsewhere may take its time to start. */
const LAUNCH_MS = 60_000;
/** What a context or a browser may take to end in order. */
const CLOSE_MS = 3_000;
const TRIES = 2;

export function createRenderer(setup: RendererSetup): Renderer {
  return new BrowserPool(setup);
}

interface Task {
  readonly document: FetchedDocument;
  readonly charset: string;
}

class BrowserPool implements Renderer {
  readonly concurrencyMax: number;
  readonly deadlineMs: number;
  readonly #setup: RendererSetup;
  readonly #pages: ReturnType<typeof workerPool<Task, Result<Rendered, Failure>>>;
  /** Pages under way in each browser; one that is replaced ends with its last page. */
  readonly #users = new Map<Browser, number>();
  /** Outlives contexts and browsers. */
  readonly #cache: SubresourceCache;
  readonly #isBlockedHost: (hostname: string) => boolean;
  #proxy: Promise<GuardedProxy> | null = null;
  #browser: Promise<Browser> | null = null;
  #isClosed = false;

  constructor(setup: RendererSetup) {
    const { options, clock } = setup;
    this.#setup = setup;
    this.#cache = new SubresourceCache(options.cacheBytesMax, clock);
    this.#isBlockedHost = hostBlocker(options);
    this.concurrencyMax = options.pagesMax;
    this.deadlineMs = TRIES * (LAUNCH_MS + options.pageTimeMs + 2 * CLOSE_MS);
    this.#pages = workerPool({
      capacity: options.pagesMax,
      reservedMax: 0,
      waitersMax: options.pagesMax,
      deadlineMs: this.deadlineMs,
      clock,
      run: ({ document, charset }, { signal }) => this.#render(document, charset, signal),
    });
  }

  get cache(): CacheStatistics {
    return this.#cache.statistics;
  }

  render(
    document: FetchedDocument,
    charset: string,
    signal: AbortSignal,
  ): Promise<Result<Rendered, Failure>> {
    return this.#pages.run({ document, charset }, { signal });
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    const browsers = [...this.#users.keys()];
    const current = await this.#browser?.catch(() => null);
    this.#browser = null;
    if (current != null && !browsers.includes(current)) browsers.push(current);
    await Promise.all(browsers.map((browser) => this.#end(browser)));
    const proxy = await this.#proxy?.catch(() => null);
    await proxy?.close();
  }

  async #render(
    document: FetchedDocument,
    charset: string,
    signal: AbortSignal,
  ): Promise<Result<Rendered, Failure>> {
    const { options, clock, inflatedBytesMax, encodingsMax } = this.#setup;
    const answered = answeredDocument(document, charset, { outputBytesMax: inflatedBytesMax, encodingsMax });
    if (!answered.ok) return answered;
    let last = "";
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      signal.throwIfAborted();
      let browser: Browser;
      try {
        browser = await this.#take();
      } catch (thrown) {
        last = `the browser does not start: ${describe(thrown)}`;
        continue;
      }
      const late = deadline(clock, options.pageTimeMs, () => new PageTooLong(options.pageTimeMs), signal);
      try {
        const load = {
          url: document.url,
          document: answered.value,
          options,
          clock,
          interception: browser.interception,
          cache: this.#cache,
          isBlockedHost: this.#isBlockedHost,
        };
        return await this.#inContext(browser, late.signal, (context) => loadPage(context, load, late.signal));
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        const error = asError(thrown);
        if (late.signal.aborted) return err({ code: "timeout", message: late.signal.reason.message });
        last = error.message.split("\n", 1)[0] ?? "";
      } finally {
        late.clear();
        await this.#leave(browser);
      }
    }
    return err({ code: "render", message: last });
  }

  /** The context ends with its page; where it will not, its browser does. */
  async #inContext<T>(
    browser: Browser,
    signal: AbortSignal,
    work: (context: Awaited<ReturnType<Browser["newContext"]>>) => Promise<T>,
  ): Promise<T> {
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => undefined);
    const forget = browser.onGone(() => gone.reject(new Error("the browser is gone")));
    const opening = browser.newContext();
    try {
      const context = await abortable(
        Promise.race([opening, gone.promise]),
        signal,
        (late) => void late.close(),
      );
      try {
        return await abortable(Promise.race([work(context), gone.promise]), signal);
      } finally {
        // Gone with its browser is closed too.
        const closing = context.close().catch(() => undefined);
        if (!(await this.#inTime(closing))) browser.kill();
      }
    } finally {
      forget();
    }
  }

  /** The browser of the moment; a new one in the place of one that has done its part or is gone. */
  async #take(): Promise<Browser> {
    for (;;) {
      if (this.#isClosed) throw new Error("the renderer is closed");
      this.#browser ??= this.#launch();
      const asked = this.#browser;
      const browser = await asked.catch((thrown: unknown) => {
        if (this.#browser === asked) this.#browser = null;
        throw thrown;
      });
      if (browser.isConnected && browser.pages < this.#setup.options.browserPagesMax) {
        this.#users.set(browser, (this.#users.get(browser) ?? 0) + 1);
        return browser;
      }
      if (this.#browser !== asked) continue;
      this.#browser = null;
      if (!this.#users.has(browser)) await this.#end(browser);
    }
  }

  /** The last page in a browser that was replaced ends it. */
  async #leave(browser: Browser): Promise<void> {
    const left = (this.#users.get(browser) ?? 1) - 1;
    if (left > 0) {
      this.#users.set(browser, left);
      return;
    }
    this.#users.delete(browser);
    if (this.#isClosed || (await this.#browser?.catch(() => null)) !== browser) await this.#end(browser);
  }

  async #launch(): Promise<Browser> {
    const { options, executable, dialer, clock, userAgent, product, acceptLanguage, insecure } = this.#setup;
    this.#proxy ??= guardedProxy({
      dialer,
      clock,
      connectionsMax: options.connectionsMax,
      connectionsPerHostMax: options.connectionsPerHostMax,
      idleMs: options.pageTimeMs,
      bytesPerConnectionMax: options.connectionBytesMax,
      isBlockedHost: this.#isBlockedHost,
    });
    const proxy = await this.#proxy;
    return Browser.launch({
      executable,
      proxy,
      userAgent,
      product,
      acceptLanguage,
      insecure,
      pageHeapMebibytes: options.pageHeapMebibytes,
      launchTimeoutMs: LAUNCH_MS,
      clock,
    });
  }

  async #end(browser: Browser): Promise<void> {
    if (!(await this.#inTime(browser.close()))) browser.kill();
  }

  /** Whether it ended within CLOSE_MS. */
  async #inTime(ending: Promise<unknown>): Promise<boolean> {
    const ended = new AbortController();
    const late = this.#setup.clock.sleep(CLOSE_MS, ended.signal).then(
      () => false,
      () => true,
    );
    const isEnded = await Promise.race([ending.then(() => true), late]);
    ended.abort();
    return isEnded;
  }
}

class PageTooLong extends Error {
  override readonly name = "PageTooLong";

  constructor(limitMs: number) {
    super(`rendering stopped at its time limit of ${limitMs} ms`);
  }
}
