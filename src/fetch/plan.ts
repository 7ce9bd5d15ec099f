// How much of an answer is read, decided by its head and its first bytes: pages whole, error pages as far as the limit,
// nothing of what is no page. Lets a 5 GB image go after its header.
import type { Answer, Intake, Plan } from "./exchange.ts";
import { isRedirect } from "./location.ts";
import { essenceOf, isCoded, kindOf, looksBinary, looksLikePage, looksLikePdf } from "./media-type.ts";
import type { FetchOptions } from "./options.ts";

const DISCARD: Intake = { kind: "discard" };

export function pagePlan(options: FetchOptions): Plan {
  const read = (wanted: ((head: Uint8Array) => boolean) | null, beyond: "fail" | "cut"): Intake => ({
    kind: "read",
    bytesMax: options.bodyBytesMax,
    beyond,
    wanted,
  });
  const plainPage = read((bytes) => !looksBinary(bytes), "fail");
  const codedPage = read(null, "fail");
  const unknown = read(looksLikePage, "fail");
  const onlyPdf = read(looksLikePdf, "fail");
  const errorPage = read(null, "cut");
  return {
    drainBytesMax: options.drainBytesMax,
    intake(head) {
      if (isRedirect(head.status) || head.status === 304 || head.status === 206) return DISCARD;
      const kind = kindOf(essenceOf(head.headers));
      if (kind === "other") return DISCARD;
      if (head.status < 200 || head.status > 299) return kind === "opaque" ? DISCARD : errorPage;
      if (kind === "opaque") return isCoded(head.headers) ? DISCARD : onlyPdf;
      if (isCoded(head.headers)) return codedPage;
      return kind === "unknown" ? unknown : plainPage;
    },
  };
}

/** robots.txt and sitemaps: of any type, cut at their own limit. */
export function controlPlan(options: FetchOptions, bytesMax: number): Plan {
  const read: Intake = { kind: "read", bytesMax, beyond: "cut", wanted: null };
  return {
    drainBytesMax: options.drainBytesMax,
    intake: (head) => (head.status >= 200 && head.status <= 299 ? read : DISCARD),
  };
}

/** Why a 2xx answer is no page, or null when it is one. An empty body is a page without content, of whatever type. */
export function isPage(answer: Answer): string | null {
  const essence = essenceOf(answer.headers);
  const kind = kindOf(essence);
  if (answer.status === 204 || answer.status === 205 || (answer.bytes === 0 && !answer.cut)) return null;
  if (kind === "other" || (kind === "opaque" && !looksLikePdf(answer.body)))
    return `${essence} is not a page`;
  if (isCoded(answer.headers)) return null;
  if (kind !== "unknown" ? looksBinary(answer.body) : !looksLikePage(answer.body.subarray(0, 1445))) {
    return `the body is binary, not ${essence ?? "text"}`;
  }
  return null;
}
