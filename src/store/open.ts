// The stores as wholes: the embedded one of a data folder (`segments/`, `database/` and `objects/`, made on first use), and the one on
// servers, which several processes share. Nothing is opened until `connect` of one of its parts.
import { join } from "node:path";
import { asError, type Clock, uuidv7 } from "../base/index.ts";
import type { Actor } from "../engine/index.ts";
import { type ClaimedSegments, claimedFolder } from "./content/claimed-segments.ts";
import { folderContent } from "./content/folder-content.ts";
import { onceContent } from "./content/once-content.ts";
import { StoreRefused } from "./errors.ts";
import type { ContentStore, MetadataStore, Objects } from "./faces.ts";
import { folderObjects } from "./objects/folder-objects.ts";
import { ChangedPages } from "./opensearch/changed-pages.ts";
import { searchByEngine } from "./opensearch/engine-search.ts";
import { type FollowerObserver, pageIndex } from "./opensearch/page-index.ts";
import { SearchEngine } from "./opensearch/search-engine.ts";
import type { StoreOptions } from "./options.ts";
import { pgliteSession } from "./pglite/pglite-session.ts";
import { postgresSession } from "./postgres/postgres-session.ts";
import { s3Content } from "./s3/s3-content.ts";
import { s3Objects } from "./s3/s3-objects.ts";
import { forgetClaims, SegmentClaims } from "./sql/segment-claims.ts";
import type { SqlSession } from "./sql/session.ts";
import { sqlMetadata } from "./sql/sql-metadata.ts";

export interface Store {
  readonly content: ContentStore;
  readonly metadata: MetadataStore;
  /** Of the rows: for the tables of other rooms, once `metadata` is connected. */
  readonly session: SqlSession;
  /** Opened by who uses it. */
  readonly objects: Objects;
  /** Actors that follow the database and belong beside the graph, outside its acknowledgements: the search index. */
  readonly followers: readonly Actor[];
  /** Closes both; a store that is closed in order opens without looking back. */
  close(): Promise<void>;
}

/** `folder` is held by its one process already. `software` names the writer in each segment ("millrace/1.2.3"). */
export function embeddedStore(folder: string, options: StoreOptions, software: string, clock: Clock): Store {
  const content = folderContent(join(folder, "segments"), { ...options, software }, clock);
  const contentsExist = async (): Promise<boolean> => (await content.statistics()).segments > 0;
  const session = pgliteSession(join(folder, "database"), { ...options.database, contentsExist });
  const metadata = sqlMetadata(session, options.search);
  return storeOf({ content, metadata, session, objects: objectsIn(folder, clock), followers: [] });
}

/**
 * Rows in PostgreSQL (`store.database.url`), segments in a bucket or, with `store.content.kind` folder, in `folder`, which
 * is held by this one process. Throws StoreRefused with one line when an option is missing or wrong.
 */
export function serverStore(
  folder: string,
  options: StoreOptions,
  software: string,
  clock: Clock,
  observer: FollowerObserver = {},
): Store {
  const session = sessionOf(options, clock);
  const engine =
    options.opensearch.url === null ? null : new SearchEngine(options.opensearch, options.opensearch.url);
  const metadata = sqlMetadata(session, options.search, {
    recordedToo: forgetClaims,
    ...(engine === null
      ? {}
      : { search: (request) => searchByEngine(engine, session, request, options.search.rankedMax) }),
  });
  const content = onceContent({
    segments: segmentsOf(folder, options, software, clock),
    claims: new SegmentClaims(session),
    metadata,
    graceMs: options.claimGraceMs,
    clock,
  });
  const objects = options.content.kind === "s3" ? s3Objects(options.s3, clock) : objectsIn(folder, clock);
  const stores = { content, metadata, session, objects };
  if (engine === null) return storeOf({ ...stores, followers: [] });
  const changes = new ChangedPages(session, engine.index, uuidv7(clock.nowMs()));
  const parts = { engine, changes, content, metadata, options: options.opensearch, observer, clock };
  return storeOf({ ...stores, followers: [pageIndex(parts)] }, () => engine.close());
}

const objectsIn = (folder: string, clock: Clock): Objects => folderObjects(join(folder, "objects"), clock);

function sessionOf(options: StoreOptions, clock: Clock): SqlSession {
  const { url } = options.database;
  if (url === null) throw new StoreRefused("store.database.url (DATABASE_URL) must be set");
  try {
    return postgresSession({ ...options.database, url }, clock);
  } catch (thrown) {
    throw new StoreRefused(`store.database.url (DATABASE_URL): ${asError(thrown).message}`, {
      cause: thrown,
    });
  }
}

function segmentsOf(folder: string, options: StoreOptions, software: string, clock: Clock): ClaimedSegments {
  if (options.content.kind === "s3") return s3Content({ ...options, software }, clock);
  const content = folderContent(join(folder, "segments"), { ...options, software }, clock);
  return claimedFolder(content, clock.nowMs());
}

function storeOf(
  parts: Omit<Store, "close">,
  closeToo: () => Promise<void> = () => Promise.resolve(),
): Store {
  const { content, metadata, objects } = parts;
  return {
    ...parts,
    close: async () => {
      const closed = await Promise.allSettled([
        content.close(),
        metadata.close(),
        objects.close(),
        closeToo(),
      ]);
      for (const result of closed) if (result.status === "rejected") throw result.reason;
    },
  };
}
