// The rooms of one crawl, opened in the order they depend on each other and closed against it: folder lock, frontier,
// store, dialer. Knows how they open, not what flows between them.
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../base/index.ts";
import type { Config } from "../config.ts";
import { Frontier, productToken } from "../frontier/index.ts";
import { createDialer, type Dialer } from "../net/index.ts";
import { embeddedStore, type Store } from "../store/index.ts";
import { version } from "./version.ts";

export interface CrawlRooms {
  readonly frontier: Frontier;
  /** Null with --no-store. */
  readonly store: Store | null;
  readonly dialer: Dialer;
  close(): Promise<void>;
}

export const frontierFolder = (folder: string): string => join(folder, "frontier");

/** Leases beyond those being fetched: pages on their way through the lanes, which must not starve the fetch pool. */
const LEASES_PAST_FETCH_MIN = 500;

/**
 * The name looked for in robots.txt is the one that is sent, unless it was set apart; and there are leases enough to keep
 * the fetch pool busy while pages are processed.
 */
export function frontierOptionsOf({ frontier, fetch }: Config): Config["frontier"] {
  const inFlightMax = Math.max(frontier.inFlightMax, fetch.concurrencyMax + LEASES_PAST_FETCH_MIN);
  const named = fetch.userAgent === null ? {} : { productToken: productToken(fetch.userAgent) };
  return { ...frontier, ...named, inFlightMax };
}

/** `folder` is locked by this process. `make`: the store; the folder's own by default. */
export async function openRooms(
  folder: string,
  config: Config,
  storing: boolean,
  clock: Clock,
  make: () => Store = () => embeddedStore(folder, config.store, `millrace/${version()}`, clock),
): Promise<CrawlRooms> {
  await mkdir(folder, { recursive: true });
  const frontier = new Frontier({
    folder: frontierFolder(folder),
    options: frontierOptionsOf(config),
    clock,
  });
  const store = storing ? make() : null;
  const dialer = createDialer(config.net, clock);
  return {
    frontier,
    store,
    dialer,
    async close() {
      dialer.close();
      await store?.close();
      await frontier.close();
    },
  };
}
