// Answers that are no page but what stands in its way: as the end of a page that was read, and as the fetcher's question about
// an answer with an error status, which nobody else reads. Puts the extraction and the router's detector together.
import { type ExtractOptions, extract } from "../extract/index.ts";
import type { Document, Failure, Page } from "../model/index.ts";
import { challengeOf, type RouteOptions, routeMarkers } from "../route/index.ts";

/** `blocked`, or null where the page is one. */
export function blockedBy(page: Page, document: Document, { challenges }: RouteOptions): Failure | null {
  if (challenges === "store") return null;
  const { url, status, headers } = page;
  const found = challengeOf({ url, status, headers, document });
  return found === null ? null : { code: "blocked", message: found };
}

/** Statuses that challenges and refusals come with. */
const STATUSES: ReadonlySet<number> = new Set([401, 403, 405, 406, 418, 428, 429, 503]);
/** Challenges are short; a longer body is judged by its header fields alone. */
const BODY_BYTES_MAX = 131_072;
const INFLATED_BYTES_MAX = 1_048_576;

/** For the fetcher: why an error answer is no mere status. */
export function challengedAnswer(options: {
  readonly extract: ExtractOptions;
  readonly route: RouteOptions;
}): (page: Page) => Failure | null {
  const { route } = options;
  const markers = routeMarkers(route);
  const small = { ...options.extract, inflatedBytesMax: INFLATED_BYTES_MAX, html: false };
  return (page) => {
    if (!STATUSES.has(page.status)) return null;
    const body = page.body.byteLength > BODY_BYTES_MAX ? page.body.subarray(0, 0) : page.body;
    const { url, headers, truncated } = page;
    const read = extract({ url, body, headers, truncated }, small, markers);
    if (read.ok) return blockedBy(page, read.value, route);
    const nothing = extract({ url, body: page.body.subarray(0, 0), headers: [], truncated }, small, markers);
    return nothing.ok ? blockedBy(page, nothing.value, route) : null;
  };
}
