// What passes between machines beside the page itself: the ingestor's word that a page is handed over, and what comes back
// over frontier.links. The wire says how these look in bytes; the frontier says what they do to a URL.
import type { PageReport, RedirectReport } from "./page.ts";
import type { LaneChoice, PageRequest } from "./page-request.ts";

/** The broker answers for the page now: the lease becomes `handed` until a report of the same capture comes back. */
export interface HandedReport {
  readonly kind: "handed";
  readonly request: PageRequest;
  readonly handedAtMs: number;
  /** It waits in this machine's own render queue, not at the broker: no timer runs. */
  readonly isQueued?: boolean;
}

/** The page's end, or the redirect it asked for itself (a refresh), as the processor decided. */
export interface ReturnedEnd {
  readonly kind: "end";
  readonly report: PageReport | RedirectReport;
}

/** The page waits in `render_queue`: stops the timer that would fetch it again. */
export interface ReturnedQueued {
  readonly kind: "queued";
  readonly captureId: string;
  readonly url: string;
  readonly host: string;
}

/** Links, seeds or a redirect's target for the ingestor of `host`. Nobody waits for their ends. */
export interface ForeignUrls {
  readonly kind: "urls";
  /** Politeness key of all of `urls`; where they are not judged, that of the page that names them. */
  readonly host: string;
  readonly urls: readonly string[];
  /** Depth at which they are admitted. */
  readonly depth: number;
  /** Lines of a list, seeds, or the target of one's redirect: in scope whatever the host. */
  readonly given: boolean;
  /** The scope was asked by who found them. */
  readonly judged: boolean;
  readonly referrer: string | null;
}

/** Hosts (or registrable domains) that given URLs brought into the crawl's scope, told to each other ingestor. */
export interface ScopeJoined {
  readonly kind: "joined";
  /** Any name whose partition belongs to the ingestor that is told. */
  readonly host: string;
  readonly keys: readonly string[];
}

/** What one ingestor has for another. */
export type ForIngestor = ForeignUrls | ScopeJoined | FetchOrder;

/** Fetch this URL, known or not: the replay of a dead letter, a page whose body was lost, a task, or where a task's URL led. */
export interface FetchOrder {
  readonly kind: "order";
  readonly reason: "refetch" | "task";
  readonly host: string;
  readonly url: string;
  /** Who waits for it. */
  readonly task?: {
    readonly id: string;
    readonly lane: LaneChoice;
    /** Hops that led here from the task's own URL, over hosts of other ingestors; absent: none. */
    readonly redirects?: number;
    /** Somebody stands waiting for it now. */
    readonly urgent?: true;
    readonly recipe?: string;
  };
}

/** A record of frontier.links. */
export type FrontierRecord = ReturnedEnd | ReturnedQueued | ForIngestor | FetchOrder;

/** An event of storage.saved, for anyone who follows the store. */
export interface SavedEvent {
  readonly captureId: string;
  readonly url: string;
  readonly finalUrl: string;
  readonly status: number;
  readonly fetchedAtMs: number;
  readonly title: string | null;
  readonly rawSha256: string;
  readonly raw: { readonly key: string; readonly offset: number; readonly length: number };
  readonly markdown: { readonly key: string; readonly offset: number; readonly length: number };
}

/** The key of everything that belongs to a host on Kafka: its politeness key. */
export function hostOf(record: FrontierRecord): string {
  return record.kind === "end" ? record.report.request.host : record.host;
}
