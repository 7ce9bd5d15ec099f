// The index of pages as OpenSearch is told it, and a page as its document. A change of either is a new version: a new
// index is filled from the start beside the old one and the alias moves. Pure; knows no request.
import type { PageRow } from "../faces.ts";
import { plainText } from "../search/snippet.ts";

/** Part of the index's name. */
export const INDEX_VERSION = 1;

const korean = { type: "text", analyzer: "millrace_korean" } as const;
/** Words by the Korean dictionary (which also splits Latin scripts), and pairs of signs for Chinese and Japanese. */
const text = { ...korean, fields: { pairs: { type: "text", analyzer: "cjk" } } } as const;
const keyword = { type: "keyword" } as const;

export const indexBody = (replicas: number) => ({
  settings: {
    index: { number_of_replicas: replicas },
    analysis: {
      tokenizer: {
        millrace_korean: { type: "nori_tokenizer" as const, decompound_mode: "mixed" as const },
      },
      analyzer: {
        millrace_korean: {
          type: "custom" as const,
          tokenizer: "millrace_korean",
          filter: ["nori_part_of_speech", "nori_readingform", "lowercase"],
        },
      },
    },
  },
  mappings: {
    dynamic: "strict" as const,
    properties: {
      key: keyword,
      url: { type: "keyword" as const, index: false, doc_values: false },
      domains: keyword,
      langs: keyword,
      fetched_at: { type: "date" as const },
      title: text,
      description: text,
      body: text,
    },
  },
});

/** Fields and their weights, as they are asked. */
export const WORDS = ["title^4", "description^2", "body"];
export const PAIRS = ["title.pairs^4", "description.pairs^2", "body.pairs"];

export interface PageDocument {
  readonly key: string;
  readonly url: string;
  /** The host and every name above it: a filter by domain is one term. */
  readonly domains: readonly string[];
  /** "en-GB" is also "en". */
  readonly langs: readonly string[];
  readonly fetched_at: number;
  readonly title: string | null;
  readonly description: string | null;
  readonly body: string;
}

export function documentOf(page: PageRow, markdown: string, textMax: number): PageDocument {
  return {
    key: page.urlSha256,
    url: page.url,
    domains: endings(page.domain.toLowerCase(), "."),
    langs: page.lang === null ? [] : beginnings(page.lang.toLowerCase(), "-"),
    fetched_at: page.lastFetchedMs,
    title: page.title,
    description: page.description,
    body: plainText(markdown).slice(0, textMax),
  };
}

function endings(name: string, separator: string): string[] {
  const parts = name.split(separator);
  return parts.map((_, at) => parts.slice(at).join(separator));
}

function beginnings(name: string, separator: string): string[] {
  const parts = name.split(separator);
  return parts.map((_, at) => parts.slice(0, at + 1).join(separator));
}
