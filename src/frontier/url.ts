// What a URL is to the crawl: its wire form, its politeness key, its 64-bit identity. The wire form is what the WHATWG
// URL parser gives, less fragment, user information and declared tracking parameters; everything else stays byte for
// byte. It refuses to guess: index pages, trailing slashes, www and parameter order are left to redirects and content hashes.
import { hash } from "node:crypto";
import { err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";

/** Parameters that name the visitor or the campaign and never the page. A trailing `*` matches any rest. */
export const TRACKING_PARAMETERS: readonly string[] = [
  "utm_*",
  "fbclid",
  "gclid",
  "gclsrc",
  "dclid",
  "gbraid",
  "wbraid",
  "msclkid",
  "yclid",
  "ysclid",
  "ttclid",
  "twclid",
  "li_fat_id",
  "igshid",
  "srsltid",
  "mc_cid",
  "mc_eid",
  "_hsenc",
  "_hsmi",
  "__hstc",
  "__hssc",
  "__hsfp",
  "hsCtaTracking",
  "mkt_tok",
  "vero_id",
  "vero_conv",
  "oly_anon_id",
  "oly_enc_id",
  "s_kwcid",
  "ef_id",
  "_openstat",
  "_ga",
  "_gl",
  "wickedid",
  "rb_clickid",
  "NaPm",
  "n_media",
  "n_query",
  "n_rank",
  "n_ad_group",
  "n_ad",
  "n_keyword_id",
  "n_campaign_type",
  "PHPSESSID",
  "jsessionid",
];

export interface NormaliseOptions {
  /** Names of query parameters to drop, compared case by case; a trailing `*` matches any rest. */
  readonly trackingParameters: readonly string[];
  /** Longest normalised URL, bytes. Longer ones are refused with `policy`. */
  readonly urlBytesMax: number;
}

export class NormalUrl {
  /** Absolute http(s) URL, ASCII, as the WHATWG parser serialises it, without fragment and user information. */
  readonly url: string;
  /** Politeness key: lower-case host, with port where not the scheme's default, without the root's trailing dot. */
  readonly host: string;
  #fingerprint: Buffer | null = null;

  constructor(url: string, host: string) {
    this.url = url;
    this.host = host;
  }

  /** 8 bytes, computed on first use. */
  get fingerprint(): Buffer {
    this.#fingerprint ??= fingerprint(this.url);
    return this.#fingerprint;
  }
}

/** Inputs longer than this many times the limit are refused unparsed: a megabyte of `data:` costs nothing. */
const INPUT_SLACK = 4;

/**
 * The normal form of `input`, resolved against `base` where it is relative. Idempotent. Errors: `parse` where the URL
 * Standard finds no URL, `policy` for another scheme than http and https or a URL beyond `urlBytesMax`.
 */
export function normalise(
  input: string,
  base: string | null,
  options: NormaliseOptions,
): Result<NormalUrl, Failure> {
  if (input.length > options.urlBytesMax * INPUT_SLACK)
    return err(tooLong(input.length, options.urlBytesMax));
  const parsed = base === null ? URL.parse(input) : URL.parse(input, base);
  if (parsed === null) return err({ code: "parse", message: `not a URL: ${shown(input)}` });
  const { protocol } = parsed;
  if (protocol !== "http:" && protocol !== "https:") {
    return err({
      code: "policy",
      message: `scheme ${shown(protocol.slice(0, -1))} is not crawled, only http and https`,
    });
  }
  let url = parsed.href;
  const hashAt = url.indexOf("#");
  if (hashAt !== -1) url = url.slice(0, hashAt);
  const host = parsed.host;
  const authorityAt = protocol.length + 2;
  if (!url.startsWith(host, authorityAt) || parsed.username !== "" || parsed.password !== "") {
    url = `${protocol}//${host}${url.slice(url.indexOf("/", authorityAt))}`;
  }
  const queryAt = url.indexOf("?");
  if (queryAt !== -1) url = withoutTracking(url, queryAt, matcherOf(options.trackingParameters));
  if (url.length > options.urlBytesMax) return err(tooLong(url.length, options.urlBytesMax));
  return ok(new NormalUrl(url, withoutRootDot(host)));
}

/**
 * A seed or a list line as a URL to normalise. A bare host ("example.com", "example.com:8080/x", "[::1]") gets `http://`,
 * as in curl and wget: it is what most hosts of a top list answer, and those with TLS redirect.
 */
export function givenUrl(text: string): string {
  const line = text.trim();
  if (line.startsWith("//")) return `http:${line}`;
  const colonAt = line.search(/[:/?#]/);
  if (colonAt === -1 || line[colonAt] !== ":") return `http://${line}`;
  const afterColon = line.charCodeAt(colonAt + 1);
  const isPort = afterColon >= 0x30 && afterColon <= 0x39;
  if (isPort || line.startsWith("[")) return `http://${line}`;
  return line;
}

/** The politeness key of an absolute http(s) URL in normal form. */
export function hostKey(url: string): string {
  const startAt = url.indexOf("//") + 2;
  let endAt = startAt;
  for (; endAt < url.length; endAt++) {
    const char = url.charCodeAt(endAt);
    if (char === 0x2f || char === 0x3f || char === 0x23) break;
  }
  return withoutRootDot(url.slice(startAt, endAt));
}

/**
 * The identity of a URL: the first 8 bytes of the SHA-256 of its wire form, in which percent escapes are upper case and escaped
 * unreserved characters are plain (RFC 3986 sections 6.2.2.1 and 6.2.2.2). Only the identity is folded, never what is sent.
 */
export function fingerprint(url: string): Buffer {
  // By way of hex: a digest as a Buffer costs an ArrayBuffer of its own and two and a half times the time.
  return Buffer.from(hash("sha256", url.includes("%") ? foldEscapes(url) : url, "hex").slice(0, 16), "hex");
}

function foldEscapes(url: string): string {
  return url.replace(/%[0-9a-fA-F]{2}/g, (octet) => {
    const byte = Number.parseInt(octet.slice(1), 16);
    return isUnreserved(byte) ? String.fromCharCode(byte) : octet.toUpperCase();
  });
}

/** RFC 3986 section 2.3: ALPHA, DIGIT, "-", ".", "_", "~". */
function isUnreserved(byte: number): boolean {
  return (
    (byte >= 0x61 && byte <= 0x7a) ||
    (byte >= 0x41 && byte <= 0x5a) ||
    (byte >= 0x30 && byte <= 0x39) ||
    byte === 0x2d ||
    byte === 0x2e ||
    byte === 0x5f ||
    byte === 0x7e
  );
}

/** "example.com." and "example.com:8080" name one server each, however they are written. */
function withoutRootDot(host: string): string {
  if (host.endsWith(".")) return host.slice(0, -1);
  const portAt = host.indexOf(".:");
  return portAt === -1 ? host : host.slice(0, portAt) + host.slice(portAt + 1);
}

interface TrackingMatcher {
  /** Cheap first look at the whole query; false means nothing to drop. */
  readonly may: RegExp;
  readonly names: ReadonlySet<string>;
  readonly prefixes: readonly string[];
}

const matchers = new WeakMap<readonly string[], TrackingMatcher>();

function matcherOf(parameters: readonly string[]): TrackingMatcher {
  let matcher = matchers.get(parameters);
  if (matcher === undefined) {
    const names = parameters.filter((name) => !name.endsWith("*"));
    const prefixes = parameters.filter((name) => name.endsWith("*")).map((name) => name.slice(0, -1));
    const alternatives = [
      ...names.map((name) => `${literal(name)}(?:[=&]|$)`),
      ...prefixes.map((p) => literal(p)),
    ];
    matcher = {
      may: alternatives.length === 0 ? /(?!)/ : new RegExp(`[?&](?:${alternatives.join("|")})`),
      names: new Set(names),
      prefixes,
    };
    matchers.set(parameters, matcher);
  }
  return matcher;
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

function withoutTracking(url: string, queryAt: number, matcher: TrackingMatcher): string {
  if (!matcher.may.test(url)) return url;
  const kept = url
    .slice(queryAt + 1)
    .split("&")
    .filter((parameter) => {
      const equalsAt = parameter.indexOf("=");
      const name = equalsAt === -1 ? parameter : parameter.slice(0, equalsAt);
      return !matcher.names.has(name) && !matcher.prefixes.some((prefix) => name.startsWith(prefix));
    })
    .join("&");
  return kept === "" ? url.slice(0, queryAt) : `${url.slice(0, queryAt + 1)}${kept}`;
}

const tooLong = (lengthBytes: number, urlBytesMax: number): Failure => ({
  code: "policy",
  message: `URL of ${lengthBytes} bytes is longer than ${urlBytesMax}`,
});

const shown = (text: string): string => JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
