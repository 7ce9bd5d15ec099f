// What extraction makes of a page. Keys become `extract` output and `--out` lines through out-line.ts; names here are TypeScript's.
import type { DeclaredFields } from "./declared-fields.ts";
import type { PageRecord } from "./page-record.ts";

export type LinkRole = "content" | "navigation" | "pagination" | "alternate" | "canonical" | "feed";

export interface Link {
  /** Absolute URL, fragment dropped, WHATWG-serialised. */
  readonly url: string;
  /** Anchor text, white space collapsed, at most 500 characters. */
  readonly text: string;
  /** Lower-case rel tokens. */
  readonly rel: readonly string[];
  readonly role: LinkRole;
}

export interface ImageRef {
  readonly url: string;
  readonly alt: string;
  readonly width: number | null;
  readonly height: number | null;
  /** srcset candidates, absolute, with their descriptor ("2x", "640w"). */
  readonly candidates: readonly { readonly url: string; readonly descriptor: string }[];
}

export interface Heading {
  readonly level: number;
  readonly text: string;
}

export interface Feed {
  readonly url: string;
  readonly type: string;
  readonly title: string;
}

export type JsonValue =
  | null
  | boolean
  | number
  | string
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

export interface MicrodataItem {
  readonly type: readonly string[];
  readonly id: string | null;
  readonly properties: { readonly [name: string]: readonly (string | MicrodataItem)[] };
}

export interface RobotsDirectives {
  readonly noindex: boolean;
  readonly nofollow: boolean;
  readonly noarchive: boolean;
  readonly nosnippet: boolean;
}

export interface TextStatistics {
  /** Characters of visible text (no scripts, styles, templates), white space collapsed. */
  readonly visibleLength: number;
  /** Characters of main text. */
  readonly textLength: number;
  readonly wordCount: number;
  /** Share of visible text inside links, 0..1. */
  readonly linkDensity: number;
  readonly scriptBytes: number;
  /** Share of main text, 0..1, in blocks that the host's other pages have too: known at a page's end, and absent before and where too few are known. */
  readonly repeatedShare?: number;
}

/** Of each longer paragraph, item or row of a main text in its order: a 32-bit hash, then its characters. At most 256 pairs. */
export type TextBlocks = readonly number[];

/**
 * Evidence for the router, gathered by the same pass. `markers` are the ids of the markers found; lengths are characters,
 * all but `mainLength` of the markup as it came.
 */
export interface RouteEvidence {
  readonly markers: readonly string[];
  readonly visibleLength: number;
  /** All inline scripts, data too. */
  readonly scriptBytes: number;
  /** What a browser would run: scripts with a source, inline code, and event handlers (as one). 0: nothing runs. */
  readonly scripts: number;
  /** Those of them with a source. */
  readonly externalScripts: number;
  /** Inline code. */
  readonly codeBytes: number;
  /** Inline data for scripts (JSON), without JSON-LD. */
  readonly dataBytes: number;
  /** Of the main text. */
  readonly mainLength: number;
  readonly mainWords: number;
  /** Text that the markup hides outside of scripts and noscript. */
  readonly hiddenLength: number;
  /** Text of the body's noscript elements. */
  readonly noscriptLength: number;
  /** Containers near the top of the body, and main elements, that hold nothing to see. */
  readonly emptyMounts: number;
  /** The body's element children are empty containers, and what shows nothing. */
  readonly isShell: boolean;
  /** Links, fields to fill in, and those for a password. */
  readonly links: number;
  readonly fields: number;
  readonly passwords: number;
}

/** Of a body that is no HTML, or of none. */
export const noEvidence: RouteEvidence = {
  markers: [],
  visibleLength: 0,
  scriptBytes: 0,
  scripts: 0,
  externalScripts: 0,
  codeBytes: 0,
  dataBytes: 0,
  mainLength: 0,
  mainWords: 0,
  hiddenLength: 0,
  noscriptLength: 0,
  emptyMounts: 0,
  isShell: false,
  links: 0,
  fields: 0,
  passwords: 0,
};

export interface Document {
  readonly title: string | null;
  readonly description: string | null;
  /** BCP 47 tag as declared, else detected by script; null when unknown. */
  readonly lang: string | null;
  readonly canonical: string | null;
  /** Declared names joined by commas; where none is declared, the byline as the page shows it. Names alone are in the record. */
  readonly author: string | null;
  /** ISO 8601 as exact as the page gives it. */
  readonly publishedAt: string | null;
  readonly modifiedAt: string | null;
  readonly siteName: string | null;
  /** Encoding Standard name in lower case ("utf-8", "euc-kr") and who said so. */
  readonly charset: string;
  readonly charsetSource: "bom" | "header" | "meta" | "detected" | "default";
  readonly contentType: string;
  readonly headings: readonly Heading[];
  readonly links: readonly Link[];
  /** How many links beyond the cap were left out. */
  readonly linksDropped: number;
  readonly images: readonly ImageRef[];
  readonly feeds: readonly Feed[];
  readonly openGraph: { readonly [property: string]: readonly string[] };
  readonly jsonLd: readonly JsonValue[];
  readonly microdata: readonly MicrodataItem[];
  readonly record: PageRecord;
  readonly robots: RobotsDirectives;
  /** Delay in seconds and absolute target of a meta or header refresh; null when there is none. */
  readonly refresh: { readonly delayS: number; readonly url: string } | null;
  /** Main content: GitHub-flavoured Markdown, plain text, HTML. */
  readonly markdown: string;
  readonly text: string;
  readonly html: string;
  readonly statistics: TextStatistics;
  /** 64-bit simhash of the main text, 16 hex digits; all zero for empty text. */
  readonly simhash: string;
  readonly blocks: TextBlocks;
  /** SHA-256 (hex) of the decoded (inflated) body. */
  readonly signature: string;
  /** Bytes of the inflated body. */
  readonly decodedBytes: number;
  /** The compressed stream or the markup ended early; what was there is kept. */
  readonly truncated: boolean;
  readonly evidence: RouteEvidence;
  /** What a declared schema found; null where none was given. */
  readonly fields: DeclaredFields | null;
}
