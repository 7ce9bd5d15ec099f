// Turns what stands in an attribute into an absolute URL: the document's base, and resolution as the URL standard has it. References that
// the standard's parser would only put behind a part of the base are put there; all others go through the parser.

/** Longer references are not links but payload. */
const REFERENCE_CHARS_MAX = 65_536;

const SLASH = 47;

/** The URL that relative references resolve against: the first base in head, where it is http(s), else the page's own. */
export function baseUrl(pageUrl: string, baseHref: string | null): string {
  if (baseHref === null) return pageUrl;
  return resolve(baseHref, pageUrl) ?? pageUrl;
}

/** An absolute http(s) URL, fragment kept; null for every other scheme, for credentials' sake too, and for what does not parse. */
export function resolve(reference: string, base: string): string | null {
  if (reference.length > REFERENCE_CHARS_MAX) return null;
  return composed(reference, base) ?? (OTHER_SCHEME.test(reference) ? null : parsed(reference, base));
}

/** What the standard's parser reads as a scheme, and none of ours: data, javascript, mailto. */
const OTHER_SCHEME = /^(?!https?:)[a-z][a-z0-9+.-]*:/i;

/**
 * The same without its fragment, and without scheme and host where they are the base's: "/path?query". By this a page's links are told
 * apart; nearly all stand so on the page, and no string is made for them.
 */
export function target(reference: string, base: string): string | null {
  const known = partsOf(base);
  if (known !== null && reference.length <= REFERENCE_CHARS_MAX) {
    const plain = plainTarget(reference, known.host);
    if (plain !== null) return plain;
    // What stands behind the sign is the fragment, whatever it is.
    const end = reference.indexOf("#");
    const whole = end === -1 ? null : plainTarget(reference.slice(0, end), known.host);
    if (whole !== null) return whole;
  }
  const url = resolve(reference, base);
  if (url === null) return null;
  return known === null ? withoutFragment(url) : withoutHost(withoutFragment(url), known.host);
}

/** What targets leave out; empty for a base that is no http(s) URL. */
export function hostOf(base: string): string {
  return partsOf(base)?.host ?? "";
}

/** The URL of what `target` gave for that base. */
export function targetUrl(target: string, base: string): string {
  return target.charCodeAt(0) === SLASH ? hostOf(base) + target : target;
}

function plainTarget(reference: string, host: string): string | null {
  if (reference.charCodeAt(0) === SLASH) return PLAIN_ON_HOST.test(reference) ? reference : null;
  if (PLAIN_ABSOLUTE.test(reference)) return withoutHost(reference, host);
  return HOST_ALONE.test(reference) ? withoutHost(`${reference}/`, host) : null;
}

/** Two slashes would lead to another host. */
function withoutHost(url: string, host: string): string {
  const { length } = host;
  const onHost =
    url.charCodeAt(length) === SLASH && url.charCodeAt(length + 1) !== SLASH && url.startsWith(host);
  return onHost ? url.slice(length) : url;
}

function parsed(reference: string, base: string): string | null {
  // The URL parser strips tabs, newlines and outer spaces itself.
  const url = URL.parse(reference, base);
  if (url === null || (url.protocol !== "http:" && url.protocol !== "https:") || url.hostname === "")
    return null;
  return url.href;
}

// Only what stands in no percent-encode set of the standard's, and neither quote nor backslash nor anything beyond ASCII. No segment
// may be "." or "..", written out or encoded; no label of the host one of another alphabet, which the parser checks.
const SIGNS = String.raw`\w\-.~!$&()*+,;=@%`;
const PATH = `(?:/(?![.%])[${SIGNS}:]*)`;
const QUERY = String.raw`(?:\?[${SIGNS}:/?]*)?`;
const TAIL = `${QUERY}(?:#[${SIGNS}:/?]*)?$`;
/** A host in lower case whose last label is letters: no number to read as IPv4. Port and credentials go to the parser. */
const HOST = String.raw`(?:(?!xn--)[a-z0-9-]+\.)+[a-z]{2,}`;
const ABSOLUTE = new RegExp(`^https?://${HOST}${PATH}+${TAIL}`);
const ANY_SCHEME = new RegExp(`^//${HOST}${PATH}+${TAIL}`);
const ON_HOST = new RegExp(`^(?!//)${PATH}+${TAIL}`);
const PLAIN_ABSOLUTE = new RegExp(`^https?://${HOST}${PATH}+${QUERY}$`);
const PLAIN_ON_HOST = new RegExp(`^(?!//)${PATH}+${QUERY}$`);
const HOST_ALONE = new RegExp(`^https?://${HOST}$`);
/** No scheme: the first segment ends before any colon. */
const IN_FOLDER = new RegExp(`^\\w[${SIGNS}]*${PATH}*${TAIL}`);

/** Null where it takes the parser to tell. One expression a reference: they run over a part of the page as fast as over a copy. */
function composed(reference: string, base: string): string | null {
  const known = partsOf(base);
  if (known === null) return null;
  if (reference.charCodeAt(0) === SLASH) {
    if (ON_HOST.test(reference)) return known.host + reference;
    return ANY_SCHEME.test(reference) ? known.scheme + reference : null;
  }
  if (ABSOLUTE.test(reference)) return reference;
  return IN_FOLDER.test(reference) ? known.folder + reference : null;
}

interface BaseParts {
  /** "https:" */
  readonly scheme: string;
  /** All before the path; credentials and port included. */
  readonly host: string;
  /** All before the path's last segment. */
  readonly folder: string;
}

let lastBase = "";
let lastParts: BaseParts | null = null;

/** Null for a base that is no http(s) URL. The last one is remembered: a page asks for the same one each time. */
function partsOf(base: string): BaseParts | null {
  if (base === lastBase) return lastParts;
  const root = URL.parse("/", base);
  const folder = URL.parse(".", base);
  lastBase = base;
  lastParts =
    root === null || folder === null || (root.protocol !== "http:" && root.protocol !== "https:")
      ? null
      : { scheme: root.protocol, host: root.href.slice(0, -1), folder: folder.href };
  return lastParts;
}

export function withoutFragment(url: string): string {
  const at = url.indexOf("#");
  return at === -1 ? url : url.slice(0, at);
}
