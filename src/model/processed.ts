// The records between the lanes and the end of the line.
import type { Document } from "./document.ts";
import type { Page, PageReport, RawLocation } from "./page.ts";
import type { Lane } from "./page-request.ts";

/** Who speaks in a verdict: the table of scores, what the page shows beside it, what was learned, who runs the crawl. */
export type RuleOrigin = "table" | "evidence" | "memory" | "operator";

/**
 * One thing that spoke for a lane; points above 0 for the fast one. The table's are its own, and their sum is the score;
 * those of evidence and memory are tenths of log-odds.
 */
export interface RuleHit {
  readonly rule: string;
  readonly points: number;
  /** Absent: the table. */
  readonly by?: RuleOrigin;
}

/** The router's verdict, explained. `lane` is where the page went; `wanted` where it belongs. */
export interface LaneVerdict {
  readonly lane: Lane;
  readonly wanted: Lane;
  /** The table's. */
  readonly score: number;
  readonly rules: readonly RuleHit[];
  /** Why the lane is not the table's, or not the wanted one; null when the table decided. */
  readonly reason: string | null;
  /** How likely a browser finds at least a fifth more main text, 0..1; absent where only the table judged. */
  readonly need?: number;
  /** A fast page that is shown to the browser all the same, for the router to learn from. */
  readonly audit?: boolean;
}

/** A page as a browser showed it, as a picture. */
export interface Screenshot {
  readonly mediaType: "image/png" | "image/jpeg" | "image/webp";
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
}

/** Where a page's records lie. */
export interface StoredLocations {
  readonly raw: RawLocation;
  readonly markdown: RawLocation;
  /** Of a page that was pictured. */
  readonly screenshot?: RawLocation;
}

export interface ProcessedPage {
  readonly page: Page;
  readonly document: Document;
  readonly verdict: LaneVerdict;
  /** Absent where none was asked for or none could be taken. */
  readonly screenshot?: Screenshot;
  /** Not null when the raw capture is already in a segment (recovery, reprocess): it is not written again. */
  readonly stored: StoredLocations | null;
  /**
   * Of a page that goes through the render queue. `due`: the document is the bare answer's, and a browser is to show the page;
   * `done`: it was shown, its capture is stored, and what the browser showed is not. `again`: nothing of the queue, its stored
   * capture was extracted again and only the Markdown of that is to be written.
   */
  readonly rendering?: "due" | "done" | "again";
}

export interface StoredPage extends ProcessedPage {
  readonly stored: StoredLocations;
}

/** A URL's end on its way to `--out` and to the frontier. Failures have no page; a page that failed late has no document. */
export interface EndedPage {
  readonly report: PageReport;
  readonly page: Page | null;
  readonly document: Document | null;
  readonly verdict: LaneVerdict | null;
  /** Where it lies, of a page that was stored. */
  readonly stored?: StoredPage["stored"];
}

/** A record that the program itself could not decode, process or store after its retries. */
export interface DeadLetter {
  /** UUIDv7. */
  readonly id: string;
  /** Stage it died in, and the topic it belongs to ("processed.dlq"). */
  readonly stage: string;
  readonly topic: string;
  readonly captureId: string | null;
  readonly url: string | null;
  readonly code: string;
  readonly message: string;
  readonly diedAtMs: number;
  /** What is needed to replay it, msgpack or JSON; null when replay means to fetch again. */
  readonly payload: Uint8Array | null;
  /** Topic, partition and offset it came from ("raw.page/3@1207"); absent or null when it was born here. */
  readonly origin?: string | null;
  /** Who waited for a URL that ended without a page, and how it ended. */
  readonly tasks?: {
    readonly ids: readonly string[];
    readonly status: number | null;
    /** It is told for them alone: nothing died. */
    readonly skipped: boolean;
  };
}
