// What the frontier hands to the fetch pool: one leased request.
import type { Code } from "./codes.ts";

export type Lane = "fast" | "rich";
export type LaneChoice = "auto" | Lane;
export type Outcome = "stored" | "failed" | "skipped";
export type UrlState = "queued" | "waiting" | "leased" | "handed" | Outcome;

/** `robots` and `sitemap` requests serve the frontier itself: their bodies come back to it and are not stored. */
export type RequestKind = "page" | "robots" | "sitemap";

/** What a conditional request needs (RFC 9110 section 13); null where the server never gave it. */
export interface Validators {
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** SHA-256 (hex) of the decoded body last stored, to tell an equal 200 from a change. */
  readonly signature: string | null;
}

/** An end that the frontier itself decided (robots, budget, late follower of a redirect): passes through to `--out`. */
export interface FrontierVerdict {
  readonly outcome: Outcome;
  readonly code: Code | null;
  readonly message: string | null;
  readonly status: number | null;
  /** Where the URL led in the end; equals the URL itself without a redirect. */
  readonly finalUrl: string;
}

export interface PageRequest {
  readonly kind: RequestKind;
  /** UUIDv7 minted with the lease; the key of everything that comes of this fetch. */
  readonly captureId: string;
  /** Absolute http(s) URL as the WHATWG URL parser serialises it, without fragment. */
  readonly url: string;
  /** Politeness key: host name with port where not the default, lower case ("example.com", "[::1]:8080"). */
  readonly host: string;
  readonly crawlId: string;
  /** Links from a given URL; 0 for given ones. */
  readonly depth: number;
  /** 1 for the first fetch. */
  readonly attempt: number;
  /** Redirects that led here; the fetcher refuses beyond its limit. */
  readonly redirects: number;
  /** True for a seed, a list line, or the target of one's redirect. */
  readonly given: boolean;
  readonly referrer: string | null;
  readonly validators: Validators | null;
  readonly lane: LaneChoice;
  /** Not null: nothing is fetched, the end is already known and only reported. */
  readonly verdict: FrontierVerdict | null;
  /** How a browser is to show it, by the name of one of `render.recipes`, where that one is for this page; absent: by the first that is. */
  readonly recipe?: string;
  /** Who waits for the end of this fetch, at most 100; absent: nobody does, it is a crawl's. */
  readonly tasks?: readonly string[];
  /** Somebody stands waiting: this goes before all that is not urgent, everywhere on its way. */
  readonly urgent?: true;
}
