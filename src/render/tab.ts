// A page of its own, in a context that shares nothing with any other, as both kinds of browser give it. Shapes only.
import type { Page } from "playwright-core";
import type { PooledBrowser } from "./browser-pool.ts";
import type { DevToolsSession } from "./devtools.ts";
import type { Interception } from "./interception.ts";
import type { StorageState } from "./storage-state.ts";

/** In what one page's surroundings differ from others'. */
export interface TabWishes {
  readonly viewport: { readonly width: number; readonly height: number } | null;
  /** Cookies and local storage it begins with. */
  readonly storageState?: StorageState;
  readonly areSocketsBlocked: boolean;
}

export interface Tab {
  readonly session: DevToolsSession;
  readonly mainFrame: string;
  /** To act in it; null where the browser was asked for pages that are only read. */
  readonly page: Page | null;
  /** Rejects when the page has crashed or is gone with its browser. */
  readonly lost: Promise<never>;
  hasCookies(url: string): Promise<boolean>;
  /** Windows that it opened, each closed already, and what it tells its console where that is heard. */
  onNoise(told: () => void): void;
  /** Cookies and local storage as they are now. */
  storageState(): Promise<unknown>;
  /** The page, its context and all that they stored. Never rejects. */
  close(): Promise<void>;
}

export interface TabBrowser extends PooledBrowser {
  readonly interception: Interception;
  /** Until the function that it returns is called. */
  onGone(told: () => void): () => void;
  openTab(wishes: TabWishes): Promise<Tab>;
}

export class PageCrashed extends Error {
  override readonly name = "PageCrashed";
  override readonly message = "the page crashed";
}
