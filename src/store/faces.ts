// The store's faces: what stages, readers and exporters lean on, whether the bytes lie in a folder or in S3 and the rows
// in PGlite or PostgreSQL. Shapes only; knows no file, no SQL, no WARC.
import type { BatchLimits } from "../engine/index.ts";
import type {
  DeadLetter,
  Document,
  Headers,
  Lane,
  LaneVerdict,
  MemoryRow,
  PageRequest,
  ProcessedPage,
  Protocol,
  RawLocation,
  Screenshot,
  StoredLocations,
  StoredPage,
} from "../model/index.ts";
import type { RecordDamaged } from "./errors.ts";
import type { QueueEnd, RenderQueue } from "./queue-faces.ts";

export type { StoredLocations };

/** One capture as its response record tells it, without the body. */
export interface StoredCapture extends StoredLocations {
  /** As it was at the fetch; `validators` and `verdict` are null, `kind` is "page". */
  readonly request: PageRequest;
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  /** As received: order, lower-case names, hop-by-hop fields. */
  readonly headers: Headers;
  readonly protocol: Protocol;
  readonly remoteAddress: string | null;
  readonly fetchedAtMs: number;
  readonly elapsedMs: number;
  readonly truncated: boolean;
  readonly verdict: LaneVerdict;
  /** Bytes of the body as it came (content-encoded). */
  readonly bodyBytes: number;
  /** SHA-256 (hex) of the body as it came. */
  readonly bodySha256: string;
}

export interface CaptureWithBody extends StoredCapture {
  /** Still content-encoded; owns its buffer. */
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What the rows take from a document and the answer itself does not tell. */
export interface RenderedFields
  extends Pick<
    Document,
    | "title"
    | "description"
    | "lang"
    | "canonical"
    | "author"
    | "publishedAt"
    | "modifiedAt"
    | "siteName"
    | "statistics"
    | "simhash"
    | "robots"
  > {
  /** With those that were dropped. */
  readonly linkCount: number;
}

/** A page as a browser showed it: as much of it as its record holds. Over-long texts are cut, over-long URLs are null. */
export interface RenderedDocument {
  readonly markdown: string;
  readonly document: RenderedFields;
}

/** A segment by its key, as rows name it. */
export interface SegmentOf {
  readonly key: string;
  readonly bytes: number;
}

export interface ContentStatistics {
  readonly segments: number;
  readonly bytes: number;
}

/** Where raw captures and their Markdown lie. A location is valid for ever once `append` has returned it. */
export interface ContentStore {
  /** How its writes want to be gathered; null: any batch is as good as another. */
  readonly batch: BatchLimits | null;
  /**
   * Opens the folder or bucket and cuts what a crash left torn. Throws NotConnected when the service is away, StoreRefused
   * when it will not have us. Called again, looks again.
   */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * Writes each page's response and conversion record, and its picture; of a page whose `rendering` is done what the browser
   * showed alone, and its `raw` is where it was. Resolves only when all of it is durable (fsynced, or answered 200);
   * rejects with nothing acknowledged. DiskFull when the medium has no room.
   */
  append(pages: readonly ProcessedPage[], signal: AbortSignal): Promise<readonly StoredLocations[]>;
  /** One ranged read. Throws RecordDamaged when the bytes are not the record that was written. */
  readCapture(location: RawLocation): Promise<CaptureWithBody>;
  readMarkdown(location: RawLocation): Promise<string>;
  /** The Markdown with what its document told; null where no browser showed the page. Throws RecordDamaged. */
  readRendered(location: RawLocation): Promise<RenderedDocument | null>;
  /** The picture at a row's `screenshot`. Throws RecordDamaged. */
  readScreenshot(location: RawLocation): Promise<Screenshot>;
  /** The compressed member as it lies in the segment: a whole gzip file with one WARC record. */
  readMember(location: RawLocation): Promise<Uint8Array>;
  /** Which of these captures are whole in the store already; looks only where captures of their age can lie. */
  recover(captureIds: ReadonlySet<string>): Promise<Map<string, StoredCapture>>;
  /**
   * Every capture of every segment, oldest first; one that a browser showed out of the render queue comes once as it was
   * answered and again with what was shown. A damaged one is told and passed over, or thrown without `onDamaged`. Constant memory.
   */
  eachStoredCapture(onDamaged?: (damage: RecordDamaged) => void): AsyncIterable<StoredCapture>;
  statistics(): Promise<ContentStatistics>;
  /** Segments to which nothing was written since `beforeMs` (ms since 1970) and nothing ever will be, oldest first. */
  closedSegments(beforeMs: number): AsyncIterable<SegmentOf>;
  /** With every capture in it, for ever. No matter whether it was there. */
  removeSegment(key: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** Whole objects under keys of their users, beside the segments: files of a folder, or of the bucket. */
export interface Objects {
  /** For people: the folder's path, or the bucket's address. */
  readonly where: string;
  /** Throws NotConnected, StoreRefused. Called again, looks again. */
  connect(signal: AbortSignal): Promise<void>;
  /** Durable when it resolves; over what the key held before, and never half of it. DiskFull when the medium has no room. */
  put(key: string, bytes: Uint8Array, contentType: string, signal: AbortSignal): Promise<void>;
  /** Null when there is none. */
  get(key: string, signal: AbortSignal): Promise<Uint8Array | null>;
  /** Bytes; null when there is none. */
  size(key: string, signal: AbortSignal): Promise<number | null>;
  /** No matter whether it was there. */
  remove(key: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** A row of `pages`: the newest capture of a URL. Times in ms since 1970. */
export interface PageRow {
  /** SHA-256 (hex) of the URL: the page's id. */
  readonly urlSha256: string;
  readonly url: string;
  readonly finalUrl: string;
  /** Host name without port. */
  readonly domain: string;
  readonly status: number;
  readonly contentType: string;
  readonly charset: string;
  readonly title: string | null;
  readonly description: string | null;
  readonly lang: string | null;
  readonly canonical: string | null;
  readonly author: string | null;
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  readonly siteName: string | null;
  readonly lane: Lane;
  readonly laneWanted: Lane;
  readonly score: number;
  readonly visibleLength: number;
  readonly textLength: number;
  readonly wordCount: number;
  readonly linkDensity: number;
  readonly linkCount: number;
  /** SHA-256 (hex) of the decoded body. */
  readonly contentHash: string;
  /** 16 hex digits. */
  readonly simhash: string;
  readonly noindex: boolean;
  /** Bytes of the body as it came. */
  readonly bytes: number;
  readonly depth: number;
  readonly crawlId: string;
  readonly captureId: string;
  readonly firstFetchedMs: number;
  readonly lastFetchedMs: number;
  readonly etag: string | null;
  readonly lastModified: string | null;
  readonly raw: RawLocation;
  readonly markdown: RawLocation;
  /** Null: it was not pictured. */
  readonly screenshot: RawLocation | null;
}

/** A row of `captures`: one fetch that was stored. */
export interface CaptureRow {
  readonly captureId: string;
  readonly urlSha256: string;
  readonly url: string;
  readonly finalUrl: string;
  readonly domain: string;
  readonly status: number;
  readonly contentType: string;
  readonly fetchedAtMs: number;
  readonly elapsedMs: number;
  readonly protocol: Protocol;
  readonly remoteAddress: string | null;
  readonly truncated: boolean;
  readonly attempts: number;
  readonly depth: number;
  readonly crawlId: string;
  readonly lane: Lane;
  readonly laneWanted: Lane;
  readonly score: number;
  readonly bytes: number;
  /** SHA-256 (hex) of the body as it came. */
  readonly rawSha256: string;
  /** SHA-256 (hex) of the decoded body. */
  readonly contentHash: string;
  readonly raw: RawLocation;
  readonly markdown: RawLocation;
  /** Null: it was not pictured. */
  readonly screenshot: RawLocation | null;
}

export interface PageFilter {
  /** Host name; the hosts below it count too. */
  readonly domain?: string;
  readonly lane?: Lane;
  readonly lang?: string;
  /** Full-text query. */
  readonly q?: string;
  /** Only pages fetched at or after this, ms since 1970. */
  readonly since?: number;
  readonly crawlId?: string;
}

export interface Slice<T> {
  readonly items: readonly T[];
  /** Hand it back for the next slice; null when this was the last. */
  readonly cursor: string | null;
}

export interface SliceRequest {
  /** 1..1000, default 100. */
  readonly limit?: number;
  readonly cursor?: string;
}

export interface SearchRequest extends SliceRequest {
  readonly query: string;
  readonly domain?: string;
  readonly lang?: string;
}

export interface SearchMatch {
  readonly page: PageRow;
  /** Higher is better; comparable within one query only. 0 where so many pages match that they are not ranked. */
  readonly rank: number;
}

export interface SearchSlice extends Slice<SearchMatch> {
  /** Pages that match, counted up to the store's limit. */
  readonly total: number;
  /** False when `total` stopped at the limit: there are at least that many. */
  readonly totalIsExact: boolean;
}

export interface StoreCounts {
  readonly pages: number;
  readonly captures: number;
  readonly deadLetters: number;
}

export interface DeadLetterRow extends DeadLetter {
  /** Where it came from on its way between machines ("raw.page/3@1207"); null when it was born here. */
  readonly origin: string | null;
  /** When it was queued again, ms since 1970; null when never. */
  readonly replayedAtMs: number | null;
  /** When it was copied to its topic, ms since 1970; null when never. */
  readonly copiedAtMs: number | null;
}

export interface DeadLetterStore {
  /** Idempotent by id. */
  write(letters: readonly DeadLetter[], signal?: AbortSignal): Promise<void>;
  list(request?: SliceRequest & { readonly topic?: string }): Promise<Slice<DeadLetterRow>>;
  show(id: string): Promise<DeadLetterRow | null>;
  markReplayed(ids: readonly string[], atMs: number): Promise<number>;
  drop(ids: readonly string[]): Promise<number>;
  /** Those that were not copied to their topic yet, oldest first, with payloads. 1..1000. */
  uncopied(limit: number): Promise<readonly DeadLetterRow[]>;
  /** Returns how many of them had not been marked before. */
  markCopied(ids: readonly string[], atMs: number): Promise<number>;
  count(): Promise<number>;
}

/** What the router learned, a row a host. Shared by the processes of one database. */
export interface RouteMemoryStore {
  /**
   * The newest of those saved since (null: ever), oldest first, and the database's time up to which they are all. With null also
   * forgets what is older than the newest `hostsMax`.
   */
  load(
    hostsMax: number,
    sinceMs: number | null,
    signal?: AbortSignal,
  ): Promise<{ rows: readonly MemoryRow[]; untilMs: number }>;
  one(host: string): Promise<MemoryRow | null>;
  /** The last one saved stays. */
  save(rows: readonly MemoryRow[], signal?: AbortSignal): Promise<void>;
}

/** Where rows lie: pages, captures, the search index, dead letters, and what waits for a browser. */
export interface MetadataStore {
  readonly deadLetters: DeadLetterStore;
  readonly renderQueue: RenderQueue;
  readonly routeMemory: RouteMemoryStore;
  /** True when rows may have been lost behind the store's back (power cut, damaged folder): rebuild from the segments. */
  readonly needsRebuild: boolean;
  /** Opens and migrates. Throws SchemaTooNew, NotConnected, StoreRefused. Called again, looks whether it is still there. */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * Rows and search index of these pages in one transaction, with the ends of those that a browser showed; idempotent by
   * capture id; older never over newer.
   */
  record(pages: readonly StoredPage[], signal: AbortSignal, ends?: readonly QueueEnd[]): Promise<void>;
  /** Which of these captures have their row. */
  known(captureIds: readonly string[]): Promise<Set<string>>;
  page(urlSha256: string): Promise<PageRow | null>;
  pages(request?: PageFilter & SliceRequest): Promise<Slice<PageRow>>;
  /** Every page that passes the filter, by key. Constant memory. */
  eachPage(filter?: PageFilter): AsyncIterable<PageRow>;
  /** Every capture, in order of its id (that is, of its lease). Constant memory. */
  eachCapture(filter?: { readonly since?: number; readonly url?: string }): AsyncIterable<CaptureRow>;
  search(request: SearchRequest): Promise<SearchSlice>;
  counts(): Promise<StoreCounts>;
  /** Drops all pages, captures and search entries (not dead letters), as the first step of a rebuild. */
  clear(): Promise<void>;
  /** Says that a rebuild was completed: `needsRebuild` is false from now on. */
  rebuilt(): Promise<void>;
  close(): Promise<void>;
}
