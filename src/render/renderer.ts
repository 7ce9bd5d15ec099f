// Pages shown by the browser pool: at most so many at once, each in a context of its own. A page that crashes or hangs costs
// itself; the end of its browser costs it one more try. Knows no stages and not which browser is used when.
import { availableParallelism, totalmem } from "node:os";
import { asError, type Clock, deadline, err, ok, type Result, systemRandom, within } from "../base/index.ts";
import { abortable, workerPool } from "../engine/index.ts";
import type { Failure } from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import { answeredDocument, type FetchedDocument } from "./answered-document.ts";
import { BrowserPool, endsWithin, type Seat } from "./browser-pool.ts";
import { DrivenBrowser } from "./driven-browser.ts";
import { type GuardedProxy, guardedProxy } from "./guarded-proxy.ts";
import { HostPace } from "./host-pace.ts";
import { pagesWithin, usualBudget } from "./memory-budget.ts";
import type { RenderOptions } from "./options.ts";
import { loadPage, type Rendered } from "./page-load.ts";
import { PlainBrowser } from "./plain-browser.ts";
import { type PagePlan, type RecipeBook, recipeBook } from "./recipe-book.ts";
import { StorageFiles } from "./storage-state.ts";
import { type CacheStatistics, SubresourceCache } from "./subresource-cache.ts";
import type { Tab, TabBrowser, TabWishes } from "./tab.ts";
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
  /** What the operator should know: a browser that does not start, and why. */
  readonly onTrouble: (message: string) => void;
}

export interface Renderer {
  /** Pages that may be in hand at once. */
  readonly concurrencyMax: number;
  /** Beyond what a page and its second try may take: only a wedged pool gets here. */
  readonly deadlineMs: number;
  /** Of what pages load and share. */
  readonly cache: CacheStatistics;
  /** Who is told, from then on, what each page asked of each origin, whatever became of it: neither what was refused nor what the cache had. */
  onLoaded(told: (requests: ReadonlyMap<string, number>) => void): void;
  /** A recipe is there for this page. */
  hasRecipe(url: string): boolean;
  /** `timeout`, `render`, `too_large`, `decode`. Rejects with the signal's reason when it aborts first. */
  render(document: FetchedDocument, charset: string, signal: AbortSignal): Promise<Result<Rendered, Failure>>;
  /** Waits for nobody: pages under way end with their browser. */
  close(): Promise<void>;
}

/** A browser that is busy elsewhere may take its time to start. */
const LAUNCH_MS = 60_000;
/** Starts that one page waits for. */
const LAUNCHES = 3;
/** An empty page; one whose process was lost on the way may never come. Half of a page's usual time. */
const OPEN_MS = 10_000;
/** What a context may take to end in order. */
const CLOSE_MS = 3_000;
const TRIES = 2;

export function createRenderer(setup: RendererSetup): Renderer {
  return new PoolRenderer(setup);
}

interface Task {
  readonly document: FetchedDocument;
  readonly charset: string;
}

class PoolRenderer implements Renderer {
  readonly concurrencyMax: number;
  readonly deadlineMs: number;
  readonly #setup: RendererSetup;
  readonly #pages: ReturnType<typeof workerPool<Task, Result<Rendered, Failure>>>;
  readonly #browsers: BrowserPool<TabBrowser, BrowserKind>;
  /** Outlives contexts and browsers. */
  readonly #cache: SubresourceCache;
  readonly #isBlockedHost: (hostname: string) => boolean;
  #loaded: (requests: ReadonlyMap<string, number>) => void = () => {};
  readonly #recipes: RecipeBook;
  readonly #pace: HostPace;
  readonly #storage = new StorageFiles();
  #proxy: GuardedProxy | null = null;

  constructor(setup: RendererSetup) {
    const { options, clock, onTrouble } = setup;
    this.#setup = setup;
    this.#cache = new SubresourceCache(options.cacheBytesMax, clock);
    this.#isBlockedHost = hostBlocker(options);
    this.#recipes = recipeBook(options);
    this.#pace = new HostPace(clock, systemRandom);
    const memoryBytesMax = options.memoryBytesMax ?? usualBudget(machineBytes());
    this.concurrencyMax = options.pagesMax ?? pagesWithin(memoryBytesMax, availableParallelism());
    const { pageTimeMsMax, paceMsMax } = this.#recipes;
    const workMs = TRIES * (LAUNCHES * LAUNCH_MS + 2 * pageTimeMsMax + 2 * CLOSE_MS);
    this.deadlineMs = workMs + this.concurrencyMax * paceMsMax;
    this.#pages = workerPool({
      capacity: this.concurrencyMax,
      reservedMax: 0,
      waitersMax: this.concurrencyMax,
      deadlineMs: workMs,
      clock,
      run: ({ document, charset }, { signal }) => this.#render(document, charset, signal),
    });
    this.#browsers = new BrowserPool<TabBrowser, BrowserKind>({
      options: { ...options, memoryBytesMax },
      clock,
      launch: (kind) => this.#launch(kind),
      bytesIn: () => this.#proxy?.statistics.bytesIn ?? 0,
      onTrouble,
    });
  }

  onLoaded(told: (requests: ReadonlyMap<string, number>) => void): void {
    this.#loaded = told;
  }

  get cache(): CacheStatistics {
    return this.#cache.statistics;
  }

  hasRecipe(url: string): boolean {
    return this.#recipes.planOf(url).recipe !== null;
  }

  async render(
    document: FetchedDocument,
    charset: string,
    signal: AbortSignal,
  ): Promise<Result<Rendered, Failure>> {
    const { pace } = this.#recipes.planOf(document.url, document.request?.recipe);
    if (pace !== null) await this.#pace.turn(new URL(document.url).host, pace, signal);
    return this.#pages.run({ document, charset }, { signal });
  }

  async close(): Promise<void> {
    await this.#browsers.close();
    await this.#proxy?.close();
  }

  async #render(
    document: FetchedDocument,
    charset: string,
    signal: AbortSignal,
  ): Promise<Result<Rendered, Failure>> {
    const { clock, inflatedBytesMax, encodingsMax } = this.#setup;
    const answered = answeredDocument(document, charset, { outputBytesMax: inflatedBytesMax, encodingsMax });
    if (!answered.ok) return answered;
    const plan = this.#recipes.planOf(document.url, document.request?.recipe);
    const { options } = plan;
    const wishes = await this.#wishesOf(plan);
    if (!wishes.ok) return wishes;
    let last = "";
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      let seat: Seat<TabBrowser>;
      try {
        seat = await this.#browsers.take(plan.isActedIn ? "driven" : "plain", signal);
      } catch (thrown) {
        signal.throwIfAborted();
        return err({ code: "render", message: asError(thrown).message });
      }
      const late = deadline(clock, options.pageTimeMs, () => new PageTooLong(options.pageTimeMs), signal);
      try {
        const load = {
          url: document.url,
          document: answered.value,
          options,
          plan,
          clock,
          interception: seat.browser.interception,
          cache: this.#cache,
          isBlockedHost: this.#isBlockedHost,
          loaded: (requests: ReadonlyMap<string, number>) => this.#loaded(requests),
        };
        return await this.#inTab(seat.browser, wishes.value, late.signal, async (tab) => {
          const rendered = await loadPage(tab, load, late.signal);
          if (!rendered.ok || plan.storage?.isSaved !== true) return rendered;
          const saved = await this.#storage.save(plan.storage.file, await tab.storageState());
          return saved.ok ? rendered : saved;
        });
      } catch (thrown) {
        if (signal.aborted) throw signal.reason;
        const error = asError(thrown);
        if (late.signal.aborted) return err({ code: "timeout", message: late.signal.reason.message });
        const ended = seat.endedFor();
        if (ended !== null) return err({ code: "render", message: ended });
        last = error.message.split("\n", 1)[0] ?? "";
      } finally {
        late.clear();
        await seat.leave();
      }
    }
    return err({ code: "render", message: last });
  }

  /** What sets the plan's context apart. */
  async #wishesOf({ viewport, storage, options }: PagePlan): Promise<Result<TabWishes, Failure>> {
    const wishes = { viewport, areSocketsBlocked: options.blockedTypes.includes("websocket") };
    if (storage === null) return ok(wishes);
    const state = await this.#storage.read(storage.file);
    return state.ok ? ok({ ...wishes, storageState: state.value }) : state;
  }

  /** The context ends with its page; where it will not, its browser does. */
  async #inTab<T>(
    browser: TabBrowser,
    wishes: TabWishes,
    signal: AbortSignal,
    work: (tab: Tab) => Promise<T>,
  ): Promise<T> {
    const gone = Promise.withResolvers<never>();
    gone.promise.catch(() => undefined);
    const forget = browser.onGone(() => gone.reject(new Error("the browser is gone")));
    try {
      const opening = abortable(
        Promise.race([browser.openTab(wishes), gone.promise]),
        signal,
        (late) => void late.close(),
      );
      const tab = await within(this.#setup.clock, OPEN_MS, opening);
      if (tab === null) {
        void opening.then((late) => late.close()).catch(() => undefined);
        throw new Error(`the page did not open within ${OPEN_MS} ms`);
      }
      try {
        return await abortable(Promise.race([work(tab), gone.promise]), signal);
      } finally {
        if (!(await endsWithin(this.#setup.clock, CLOSE_MS, tab.close()))) browser.kill();
      }
    } finally {
      forget();
    }
  }

  async #launch(kind: BrowserKind): Promise<TabBrowser> {
    const { options, executable, clock, userAgent, product, acceptLanguage, insecure } = this.#setup;
    const browser = kind === "plain" ? PlainBrowser : DrivenBrowser;
    return browser.launch({
      executable,
      proxy: await this.#openProxy(),
      userAgent,
      product,
      acceptLanguage,
      insecure,
      pageHeapMebibytes: options.pageHeapMebibytes,
      launchTimeoutMs: LAUNCH_MS,
      clock,
    });
  }

  /** One for all browsers; asked for again where it could not be had. */
  async #openProxy(): Promise<GuardedProxy> {
    if (this.#proxy !== null) return this.#proxy;
    const { options, dialer, clock } = this.#setup;
    const proxy = await guardedProxy({
      dialer,
      clock,
      connectionsMax: options.connectionsMax,
      connectionsPerHostMax: options.connectionsPerHostMax,
      idleMs: options.pageTimeMs,
      bytesPerConnectionMax: options.connectionBytesMax,
      isBlockedHost: this.#isBlockedHost,
    });
    this.#proxy = proxy;
    return proxy;
  }
}

/** A page in which somebody acts needs a driver; all others do without. */
type BrowserKind = "plain" | "driven";

/** What this process may use: the machine's, or less where it is confined. */
function machineBytes(): number {
  const confined = process.constrainedMemory();
  return confined > 0 ? Math.min(confined, totalmem()) : totalmem();
}

class PageTooLong extends Error {
  override readonly name = "PageTooLong";

  constructor(limitMs: number) {
    super(`rendering stopped at its time limit of ${limitMs} ms`);
  }
}
