// robots.txt as RFC 9309 has it, with the leniency of Google's parser where real files need it (typing errors, missing
// colons, BOMs, over-long lines). It turns bytes into plain data that can be stored, and answers for one product token
// at a time. It knows nothing of fetching: what a 404 or a time-out of the file itself means is decided elsewhere.
import { type CompiledRules, compile, decide, type RobotsDecision } from "./robots-match.ts";

export type { RobotsDecision } from "./robots-match.ts";

/** RFC 9309 section 2.5: at least 500 KiB must be read; what follows is ignored. */
export const ROBOTS_BYTES_MAX = 512_000;
/** Google's limit: eight times the longest URL of old browsers, with the terminator. The rest of the line is ignored. */
const LINE_BYTES_MAX = 2083 * 8 - 1;
/** A longer Crawl-delay is taken for this one; the frontier's own maximum is usually lower. */
const CRAWL_DELAY_MS_MAX = 86_400_000;
const SITEMAPS_MAX = 10_000;

export interface RobotsRule {
  readonly allow: boolean;
  /** Escaped form: upper-case percent escapes, no byte above 0x7f. Its length is its priority. */
  readonly pattern: string;
  /** 1-based line in the file. */
  readonly line: number;
}

export interface RobotsGroup {
  /** Lower-case names as written up to a space or slash; "*" is everybody else. */
  readonly agents: readonly string[];
  readonly rules: readonly RobotsRule[];
}

/** Plain data: survives JSON, MessagePack and structured clone. */
export interface RobotsRules {
  readonly groups: readonly RobotsGroup[];
  /** By agent name; the first valid one an agent is given. */
  readonly crawlDelaysMs: Readonly<Record<string, number>>;
  /** As written, trimmed; perhaps relative. */
  readonly sitemaps: readonly string[];
  /** Content-Signal lines (contentsignals.org) as written, with the agents they stood under. */
  readonly contentSignals: readonly { readonly agents: readonly string[]; readonly value: string }[];
  /** True where the file went on beyond `ROBOTS_BYTES_MAX`. */
  readonly truncated: boolean;
}

export const NO_RULES: RobotsRules = {
  groups: [],
  crawlDelaysMs: {},
  sitemaps: [],
  contentSignals: [],
  truncated: false,
};

/** Never fails: a line that is no directive is skipped, so HTML or an image gives no rules. Expects the inflated body. */
export function parseRobots(body: Uint8Array): RobotsRules {
  const reader = new RobotsReader();
  const text = byteString(body);
  const truncated = text.length > ROBOTS_BYTES_MAX;
  // A rule cut in two would mean something else, so the line the limit falls into goes too.
  const endAt = truncated
    ? Math.max(text.lastIndexOf("\n", ROBOTS_BYTES_MAX), text.lastIndexOf("\r", ROBOTS_BYTES_MAX))
    : text.length;
  let lineNumber = 0;
  let at = bomLength(text);
  while (at <= endAt) {
    let lineEndAt = at;
    while (lineEndAt < endAt && text.charCodeAt(lineEndAt) !== 0x0a && text.charCodeAt(lineEndAt) !== 0x0d)
      lineEndAt++;
    lineNumber++;
    reader.line(text.slice(at, Math.min(lineEndAt, at + LINE_BYTES_MAX)), lineNumber);
    const isCrLf = text.charCodeAt(lineEndAt) === 0x0d && text.charCodeAt(lineEndAt + 1) === 0x0a;
    at = lineEndAt + (isCrLf ? 2 : 1);
  }
  return reader.rules(truncated);
}

/** Whether `productToken` may fetch `path` (path and query, percent-encoded, as `robotsPath` gives it), and which line says so. */
export function isAllowed(rules: RobotsRules, productToken: string, path: string): RobotsDecision {
  return decide(compiledFor(rules, tokenOf(productToken)), path);
}

/** What the file asks `productToken` to wait between fetches, milliseconds (0 to one day); null where it says nothing. */
export function crawlDelayMs(rules: RobotsRules, productToken: string): number | null {
  const token = tokenOf(productToken);
  const isNamed = rules.groups.some((group) => group.agents.includes(token));
  const agent = isNamed ? token : "*";
  return Object.hasOwn(rules.crawlDelaysMs, agent) ? (rules.crawlDelaysMs[agent] ?? null) : null;
}

/** The Sitemap lines as absolute URLs, in file order, each once. A relative one is resolved against the file's own URL. */
export function sitemaps(rules: RobotsRules, robotsUrl: string): readonly string[] {
  const urls = new Set<string>();
  for (const written of rules.sitemaps) {
    const url = URL.parse(written, robotsUrl);
    if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) urls.add(url.href);
  }
  return [...urls];
}

/**
 * The product token of a User-Agent header: "millrace" of "millrace/1.0 (+https://…)", "Foo" of
 * "Mozilla/5.0 (compatible; Foo/2.1; +https://…)". Text with neither version nor comment is taken for a token as it is; with
 * blanks in it, it names no group, as in Google's parser.
 */
export function productToken(userAgent: string): string {
  const compatible = /^Mozilla\/[\d.]+ \((?:[^)]*; ?)?compatible; ?([A-Za-z_-]+)/i.exec(userAgent);
  if (compatible?.[1] !== undefined) return compatible[1];
  if (!/[/(]/.test(userAgent)) return userAgent.trim();
  return /^[^\s/;(]*/.exec(userAgent.trim())?.[0] ?? "";
}

/** Path and query of a URL for matching, without scheme, authority and fragment; "/" where there is none. Takes any text. */
export function robotsPath(url: string): string {
  const searchAt = url.startsWith("//") ? 2 : 0;
  const firstDelimiterAt = indexOfDelimiter(url, searchAt);
  const schemeEndAt = url.indexOf("://", searchAt);
  const hasScheme = schemeEndAt !== -1 && (firstDelimiterAt === -1 || schemeEndAt < firstDelimiterAt);
  const pathAt = indexOfDelimiter(url, hasScheme ? schemeEndAt + 3 : searchAt);
  if (pathAt === -1) return "/";
  const hashAt = url.indexOf("#", searchAt);
  if (hashAt !== -1 && hashAt < pathAt) return "/";
  const path = url.slice(pathAt, hashAt === -1 ? url.length : hashAt);
  return path.startsWith("/") ? path : `/${path}`;
}

function indexOfDelimiter(url: string, fromAt: number): number {
  for (let at = fromAt; at < url.length; at++) {
    const char = url.charCodeAt(at);
    if (char === 0x2f || char === 0x3f || char === 0x3b) return at;
  }
  return -1;
}

/** Collects lines into groups. Only Allow and Disallow end a run of User-agent lines (RFC 9309 sections 2.2.1 and 2.2.4). */
class RobotsReader {
  readonly #groups: { agents: string[]; rules: RobotsRule[] }[] = [];
  readonly #delays = new Map<string, number>();
  readonly #sitemaps: string[] = [];
  readonly #signals: { agents: readonly string[]; value: string }[] = [];
  #group: { agents: string[]; rules: RobotsRule[] } | null = null;

  line(raw: string, lineNumber: number): void {
    const pair = keyAndValue(raw);
    if (pair === null) return;
    const { key, value } = pair;
    const field = fieldOf(key.toLowerCase());
    if (field === "user-agent") this.#agent(value);
    else if (field === "allow" || field === "disallow") this.#rule(field === "allow", value, lineNumber);
    else if (field === "sitemap") {
      if (value !== "" && this.#sitemaps.length < SITEMAPS_MAX) this.#sitemaps.push(utf8Of(value));
    } else if (field === "crawl-delay") this.#delay(value);
    else if (field === "content-signal")
      this.#signals.push({ agents: [...(this.#group?.agents ?? [])], value: utf8Of(value) });
  }

  rules(truncated: boolean): RobotsRules {
    return {
      groups: this.#groups,
      crawlDelaysMs: Object.fromEntries(this.#delays),
      sitemaps: this.#sitemaps,
      contentSignals: this.#signals,
      truncated,
    };
  }

  #agent(value: string): void {
    if (this.#group === null || this.#group.rules.length > 0) {
      this.#group = { agents: [], rules: [] };
      this.#groups.push(this.#group);
    }
    this.#group.agents.push(...agentNames(value));
  }

  #rule(allow: boolean, value: string, line: number): void {
    if (this.#group === null) return;
    const pattern = escapePattern(value);
    this.#group.rules.push({ allow, pattern, line });
    // Google: who allows "/dir/index.html" allows "/dir/" too.
    const slashAt = pattern.lastIndexOf("/");
    if (allow && slashAt !== -1 && pattern.startsWith("/index.htm", slashAt)) {
      this.#group.rules.push({ allow, pattern: `${pattern.slice(0, slashAt + 1)}$`, line });
    }
  }

  #delay(value: string): void {
    const seconds = /^(?:\d+\.?\d*|\.\d+)/.exec(value)?.[0];
    if (seconds === undefined || this.#group === null) return;
    const delayMs = Math.min(Math.round(Number(seconds) * 1000), CRAWL_DELAY_MS_MAX);
    for (const agent of this.#group.agents) if (!this.#delays.has(agent)) this.#delays.set(agent, delayMs);
  }
}

function keyAndValue(raw: string): { key: string; value: string } | null {
  const line = trimAscii(raw.split(/[\0#]/, 1)[0] ?? "");
  let separatorAt = line.indexOf(":");
  if (separatorAt === -1) {
    // "disallow /": a blank in place of the colon counts where there are exactly two words.
    const words = line.split(/[ \t]+/, 3);
    if (words.length !== 2) return null;
    separatorAt = (words[0] ?? "").length;
  }
  const key = trimAscii(line.slice(0, separatorAt));
  return key === "" ? null : { key, value: trimAscii(line.slice(separatorAt + 1)) };
}

type Field = "user-agent" | "allow" | "disallow" | "sitemap" | "crawl-delay" | "content-signal";

/** What a key may begin with, frequent typing errors included; first match wins. */
const FIELD_PREFIXES: readonly (readonly [Field, readonly string[]])[] = [
  ["user-agent", ["user-agent", "useragent", "user agent"]],
  ["allow", ["allow"]],
  ["disallow", ["disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw"]],
  ["sitemap", ["sitemap", "site-map"]],
  ["crawl-delay", ["crawl-delay", "crawldelay", "crawl delay"]],
  ["content-signal", ["content-signal"]],
];

function fieldOf(key: string): Field | null {
  for (const [field, prefixes] of FIELD_PREFIXES) {
    if (prefixes.some((prefix) => key.startsWith(prefix))) return field;
  }
  return null;
}

/**
 * The names a User-agent line speaks to: its leading letters, "-" and "_" (so "Foo/2.1" and "Foo Bar" mean Foo), and the
 * whole word too where it has other characters, for crawlers whose token has digits. "*" followed by a blank is still "*".
 */
function agentNames(value: string): readonly string[] {
  if (/^\*(?:\s|$)/.test(value)) return ["*"];
  const lower = value.toLowerCase();
  const token = /^[a-z_-]*/.exec(lower)?.[0] ?? "";
  const word = /^[^\s/]*/.exec(lower)?.[0] ?? "";
  return word === token ? [token] : [token, word];
}

/** The token to look up: without a version, lower case. Blanks stay, so that no token with one ever matches a group. */
const tokenOf = (productToken: string): string => (productToken.split("/", 1)[0] ?? "").toLowerCase();

/** Percent-encodes what is not ASCII and raises escapes to upper case; nothing else changes, so length keeps its meaning. */
function escapePattern(value: string): string {
  return value.replace(/%[0-9a-fA-F]{2}|[\x80-\xff]/g, (found) =>
    found.length === 3 ? found.toUpperCase() : `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

const trimAscii = (text: string): string =>
  text.replace(/^[ \t\n\v\f\r]+/, "").replace(/[ \t\n\v\f\r]+$/, "");

/** One character a byte. UTF-16, told by its BOM or by its zero bytes, is brought to UTF-8 first. */
function byteString(body: Uint8Array): string {
  const [first, second] = body;
  const capped = body.subarray(0, ROBOTS_BYTES_MAX * 2 + 4);
  const isLittle = (first === 0xff && second === 0xfe) || (first !== 0 && second === 0 && body[3] === 0);
  const isBig = (first === 0xfe && second === 0xff) || (first === 0 && second !== 0 && body[2] === 0);
  if (body.length >= 4 && (isLittle || isBig)) {
    return Buffer.from(new TextDecoder(isLittle ? "utf-16le" : "utf-16be").decode(capped)).toString("latin1");
  }
  return Buffer.from(capped.buffer, capped.byteOffset, capped.byteLength).toString("latin1");
}

const utf8Of = (bytes: string): string => Buffer.from(bytes, "latin1").toString("utf8");

/** A UTF-8 BOM, or the beginning of one. */
function bomLength(text: string): number {
  let length = 0;
  while (length < 3 && text.charCodeAt(length) === [0xef, 0xbb, 0xbf][length]) length++;
  return length;
}

const compiled = new WeakMap<RobotsRules, Map<string, CompiledRules>>();
/** Tokens remembered a file; a crawl asks with one. */
const COMPILED_TOKENS_MAX = 16;

function compiledFor(rules: RobotsRules, token: string): CompiledRules {
  let byToken = compiled.get(rules);
  if (byToken === undefined) {
    byToken = new Map();
    compiled.set(rules, byToken);
  }
  let found = byToken.get(token);
  if (found === undefined) {
    const named = rules.groups.filter((group) => group.agents.includes(token));
    const groups = named.length > 0 ? named : rules.groups.filter((group) => group.agents.includes("*"));
    found = compile(groups.flatMap((group) => group.rules));
    if (byToken.size >= COMPILED_TOKENS_MAX) byToken.clear();
    byToken.set(token, found);
  }
  return found;
}
