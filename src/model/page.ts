// What was fetched: one response as it came over the wire, and what the fetch tells the frontier's clock.
import type { Code, Failure } from "./codes.ts";
import type { HandedReport } from "./handover.ts";
import type { Lane, PageRequest } from "./page-request.ts";

export type Headers = readonly (readonly [name: string, value: string])[];
export type Protocol = "h2" | "http/1.1";

export interface Page {
  readonly request: PageRequest;
  /** Where the body came from. The fetcher follows no redirect, so this is the request's URL. */
  readonly url: string;
  readonly status: number;
  readonly statusText: string;
  /** In the order received, names in lower case, values latin-1, hop-by-hop fields kept. */
  readonly headers: Headers;
  /** The body as it came: still content-encoded. Owns its buffer (byteOffset 0), so that it can be transferred. */
  readonly body: Uint8Array<ArrayBuffer>;
  readonly protocol: Protocol;
  readonly remoteAddress: string | null;
  readonly fetchedAtMs: number;
  readonly elapsedMs: number;
  /** The body ended before its announced length; what came is kept. */
  readonly truncated: boolean;
}

/** First value of a header, by lower-case name. */
export function header(headers: Headers, name: string): string | null {
  for (const [key, value] of headers) if (key === name) return value;
  return null;
}

/** Told to the frontier the moment a fetch ends, whatever becomes of the page: releases the host and moves its clock. */
export interface FetchReport {
  readonly captureId: string;
  readonly host: string;
  /** Address dialled; null when none was (DNS failure, proxy). */
  readonly address: string | null;
  readonly startedAtMs: number;
  readonly elapsedMs: number;
  readonly status: number | null;
  readonly failure: Failure | null;
  /** Raw Retry-After header. */
  readonly retryAfter: string | null;
  readonly bytes: number;
}

/** A redirect answer: data for the frontier, never followed by the fetcher. */
export interface RedirectReport {
  readonly kind: "redirect";
  readonly request: PageRequest;
  readonly status: number;
  /** Resolved against the request's URL, fragment dropped. */
  readonly target: string;
  /** The answer set a cookie: one self-redirect is then allowed. */
  readonly setCookie: boolean;
}

/** The answer to a robots or sitemap request, or its failure. */
export interface ControlReport {
  readonly kind: "control";
  readonly request: PageRequest;
  readonly status: number | null;
  readonly failure: Failure | null;
  /** Resolved Location of a 3xx answer. */
  readonly redirect: string | null;
  readonly headers: Headers;
  readonly body: Uint8Array;
  readonly truncated: boolean;
}

export interface RawLocation {
  /** Segment's name (object key), without folder. */
  readonly key: string;
  /** Byte offset and length of the compressed member. */
  readonly offset: number;
  readonly length: number;
}

/** What a page's end says to the frontier: final state, code, and the links to admit. */
export interface PageReport {
  readonly kind: "page";
  readonly request: PageRequest;
  readonly outcome: "stored" | "failed" | "skipped";
  readonly code: Code | null;
  readonly message: string | null;
  readonly status: number | null;
  readonly finalUrl: string;
  readonly lane: Lane | null;
  readonly validators: { readonly etag: string | null; readonly lastModified: string | null } | null;
  /** SHA-256 (hex) of the decoded body; null when none was read. */
  readonly signature: string | null;
  readonly fetchedAtMs: number | null;
  /** Absolute URLs to consider for admission, nofollow ones already left out by policy. */
  readonly links: readonly string[];
  /** URLs that redirected here and whose `--out` lines were written with this page's. */
  readonly followers: readonly string[];
}

export type FrontierReport = PageReport | RedirectReport | ControlReport | HandedReport;
