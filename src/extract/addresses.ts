// Turns what stands in an attribute into an absolute URL: the document's base, and resolution as the URL standard has it.

/** Longer references are not links but payload. */
const REFERENCE_CHARS_MAX = 65_536;

/** The URL that relative references resolve against: the first base in head, where it is http(s), else the page's own. */
export function baseUrl(pageUrl: string, baseHref: string | null): string {
  if (baseHref === null) return pageUrl;
  return resolve(baseHref, pageUrl) ?? pageUrl;
}

/** An absolute http(s) URL, fragment kept; null for every other scheme, for credentials' sake too, and for what does not parse. */
export function resolve(reference: string, base: string): string | null {
  if (reference.length > REFERENCE_CHARS_MAX) return null;
  // The URL parser strips tabs, newlines and outer spaces itself.
  const url = URL.parse(reference, base);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "")
    return null;
  return url.href;
}

export function withoutFragment(url: string): string {
  const at = url.indexOf("#");
  return at === -1 ? url : url.slice(0, at);
}
