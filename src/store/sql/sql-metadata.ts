// Rows in a SQL database: the metadata face over a session. Opens, migrates, records, and leaves reading to the readers.
import type { StoredPage } from "../../model/index.ts";
import type {
  CaptureRow,
  DeadLetterStore,
  MetadataStore,
  PageFilter,
  PageRow,
  RouteMemoryStore,
  SearchRequest,
  SearchSlice,
  Slice,
  SliceRequest,
  StoreCounts,
} from "../faces.ts";
import type { StoreOptions } from "../options.ts";
import type { QueueEnd, RenderQueue } from "../queue-faces.ts";
import { tsqueryOf } from "../search/query.ts";
import { vectorOf } from "../search/vector.ts";
import { DeadLetterTable } from "./dead-letters.ts";
import { migrate } from "./migrate.ts";
import { PageReader } from "./page-reader.ts";
import { searchPages } from "./page-search.ts";
import { recordBatch } from "./record.ts";
import { endStatements, RenderQueueTable } from "./render-queue.ts";
import { RouteMemoryTable } from "./route-memory.ts";
import type { SqlSession, Statement } from "./session.ts";

export interface MetadataParts {
  /** Statements that belong into the transaction that records these captures, or takes them into the render queue. */
  readonly recordedToo?: (captureIds: readonly string[]) => readonly Statement[];
  /** Who answers searches in the place of the database's own index. */
  readonly search?: (request: SearchRequest) => Promise<SearchSlice>;
}

export function sqlMetadata(
  session: SqlSession,
  options: StoreOptions["search"],
  parts: MetadataParts = {},
): MetadataStore {
  return new SqlMetadata(session, options, parts);
}

class SqlMetadata implements MetadataStore {
  readonly deadLetters: DeadLetterStore;
  readonly renderQueue: RenderQueue;
  readonly routeMemory: RouteMemoryStore;
  readonly #session: SqlSession;
  readonly #search: StoreOptions["search"];
  readonly #parts: MetadataParts;
  readonly #reader: PageReader;
  #opening: Promise<void> | null = null;
  #isOpen = false;

  constructor(session: SqlSession, search: StoreOptions["search"], parts: MetadataParts) {
    this.#session = session;
    this.#search = search;
    this.#parts = parts;
    this.#reader = new PageReader(session, (query) => tsqueryOf(query, search));
    this.deadLetters = new DeadLetterTable(session);
    this.renderQueue = new RenderQueueTable(session, (ids) => parts.recordedToo?.(ids) ?? []);
    this.routeMemory = new RouteMemoryTable(session);
  }

  get needsRebuild(): boolean {
    return this.#session.needsRebuild;
  }

  connect(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Open already: is it still there?
    if (this.#isOpen) return this.#session.connect(signal);
    this.#opening ??= this.#open(signal).catch((thrown: unknown) => {
      this.#opening = null;
      throw thrown;
    });
    return this.#opening;
  }

  async record(
    pages: readonly StoredPage[],
    signal: AbortSignal,
    ends: readonly QueueEnd[] = [],
  ): Promise<void> {
    if (pages.length === 0) return;
    const termsOf = ({ document }: StoredPage): string =>
      this.#search.terms ? vectorOf(document, this.#search) : "";
    const ids = pages.map(({ page }) => page.request.captureId);
    const statements = [
      recordBatch(pages, termsOf),
      ...endStatements(ends),
      ...(this.#parts.recordedToo?.(ids) ?? []),
    ];
    await this.#session.transaction(statements, signal);
  }

  known(captureIds: readonly string[]): Promise<Set<string>> {
    return this.#reader.known(captureIds);
  }

  page(urlSha256: string): Promise<PageRow | null> {
    return this.#reader.page(urlSha256);
  }

  pages(request: PageFilter & SliceRequest = {}): Promise<Slice<PageRow>> {
    return this.#reader.pages(request);
  }

  eachPage(filter: PageFilter = {}): AsyncIterable<PageRow> {
    return this.#reader.eachPage(filter);
  }

  eachCapture(filter: { readonly since?: number; readonly url?: string } = {}): AsyncIterable<CaptureRow> {
    return this.#reader.eachCapture(filter);
  }

  search(request: SearchRequest): Promise<SearchSlice> {
    if (this.#parts.search !== undefined) return this.#parts.search(request);
    const tsquery = tsqueryOf(request.query, this.#search);
    return searchPages(this.#session, tsquery, request, this.#search.rankedMax);
  }

  counts(): Promise<StoreCounts> {
    return this.#reader.counts();
  }

  async clear(): Promise<void> {
    await this.#session.script("truncate pages, captures");
  }

  rebuilt(): Promise<void> {
    return this.#session.trust();
  }

  async close(): Promise<void> {
    this.#opening = null;
    this.#isOpen = false;
    await this.#session.close();
  }

  async #open(signal: AbortSignal): Promise<void> {
    await this.#session.connect(signal);
    await migrate(this.#session, signal);
    await this.#session.keep();
    this.#isOpen = true;
  }
}
