// Keeps OpenSearch's index of pages behind the database, by a cursor, outside every acknowledgement: a search engine that is
// away stops nothing and is caught up with when it is back. Only items that were refused for now are sent again.
import { asError, type Backoff, backoffMs, type Clock, systemRandom } from "../../base/index.ts";
import { type Actor, NotConnected } from "../../engine/index.ts";
import { RecordDamaged, StoreRefused } from "../errors.ts";
import type { ContentStore, MetadataStore, PageRow } from "../faces.ts";
import type { StoreOptions } from "../options.ts";
import type { ChangedPages, Position } from "./changed-pages.ts";
import { documentOf } from "./index-body.ts";
import type { SearchEngine, Versioned } from "./search-engine.ts";

/** What a follower tells while it runs; none of it ends it. */
export interface FollowerObserver {
  /** `error` null: in order again. Told at each change only. */
  ready?(follower: string, error: Error | null): void;
  /** One page that the search engine will not have, or that cannot be read. */
  refused?(follower: string, url: string, why: string): void;
}

export interface PageIndexParts {
  readonly engine: SearchEngine;
  readonly changes: ChangedPages;
  readonly content: Pick<ContentStore, "connect" | "readMarkdown">;
  /** Its `connect` makes the tables. */
  readonly metadata: Pick<MetadataStore, "connect">;
  readonly options: StoreOptions["opensearch"];
  readonly observer: FollowerObserver;
  readonly clock: Clock;
}

const NAME = "search-index";
const BACKOFF: Backoff = { firstMs: 200, maxMs: 30_000, factor: 2, jitter: 0.2 };
const READS_AT_ONCE = 8;
const OTHERS_TURN_MS = 5_000;

/** Runs until it is stopped. Throws nothing that a service does; only a broken invariant. */
export function pageIndex(parts: PageIndexParts): Actor {
  const { clock, observer } = parts;
  return {
    name: NAME,
    async run(signal) {
      let failures = 0;
      let isPrepared = false;
      while (!signal.aborted) {
        try {
          if (!isPrepared) await prepare(parts, signal);
          isPrepared = true;
          const idleMs = await catchUp(parts, signal);
          if (failures > 0) observer.ready?.(NAME, null);
          failures = 0;
          await clock.sleep(idleMs, signal);
        } catch (thrown) {
          if (signal.aborted) return;
          const error = asError(thrown);
          if (!(error instanceof NotConnected || error instanceof StoreRefused)) throw error;
          if (failures === 0) observer.ready?.(NAME, error);
          failures++;
          isPrepared = false;
          await clock.sleep(backoffMs(BACKOFF, failures, systemRandom), signal).catch(() => undefined);
        }
      }
    },
  };
}

async function prepare(
  { metadata, content, changes, engine }: PageIndexParts,
  signal: AbortSignal,
): Promise<void> {
  await metadata.connect(signal);
  await content.connect(signal);
  await changes.prepare(signal);
  await engine.prepare();
}

/** Reads and sends until nothing is new. How long to wait before the next look, ms. */
async function catchUp(parts: PageIndexParts, signal: AbortSignal): Promise<number> {
  const { changes, options } = parts;
  for (;;) {
    const position: Position | null = await changes.turn(signal);
    if (position === null) return OTHERS_TURN_MS;
    const { pages, position: next } = await changes.read(position, options.bulkItemsMax, signal);
    if (pages.length === 0) return options.idleMs;
    for (const bulk of inBulks(await documents(parts, pages), options.bulkBytesMax)) {
      await send(parts, bulk, signal);
    }
    await changes.save(next, signal);
    signal.throwIfAborted();
  }
}

async function send(parts: PageIndexParts, bulk: readonly Versioned[], signal: AbortSignal): Promise<void> {
  const { engine, observer, clock } = parts;
  let rest = bulk;
  for (let attempt = 1; rest.length > 0; attempt++) {
    const { again, refused } = await engine.bulk(rest);
    for (const { url, why } of refused) observer.refused?.(NAME, url, why);
    rest = again;
    if (rest.length > 0) await clock.sleep(backoffMs(BACKOFF, attempt, systemRandom), signal);
  }
}

async function documents(parts: PageIndexParts, pages: readonly PageRow[]): Promise<Versioned[]> {
  const { content, options, observer } = parts;
  const versioned: Versioned[] = [];
  for (let at = 0; at < pages.length; at += READS_AT_ONCE) {
    const some = await Promise.all(
      pages.slice(at, at + READS_AT_ONCE).map(async (page) => {
        const document = documentOf(page, await markdownOf(content, page, observer), options.textMax);
        return { document, version: page.lastFetchedMs };
      }),
    );
    versioned.push(...some);
  }
  return versioned;
}

/** A page whose text is damaged is still found by its title. */
async function markdownOf(
  content: Pick<ContentStore, "readMarkdown">,
  page: PageRow,
  observer: FollowerObserver,
): Promise<string> {
  try {
    return await content.readMarkdown(page.markdown);
  } catch (thrown) {
    if (!(thrown instanceof RecordDamaged)) throw thrown;
    observer.refused?.(NAME, page.url, thrown.message);
    return "";
  }
}

function* inBulks(pages: readonly Versioned[], bytesMax: number): Generator<readonly Versioned[]> {
  let bulk: Versioned[] = [];
  let bytes = 0;
  for (const page of pages) {
    const size = Buffer.byteLength(page.document.body) + 1_000;
    if (bulk.length > 0 && bytes + size > bytesMax) {
      yield bulk;
      bulk = [];
      bytes = 0;
    }
    bulk.push(page);
    bytes += size;
  }
  if (bulk.length > 0) yield bulk;
}
