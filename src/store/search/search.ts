// A search as a reader sees it: matching pages from the metadata, each with the part of its text that answers, read from
// the content by one ranged read a hit.

import { RecordDamaged } from "../errors.ts";
import type { ContentStore, MetadataStore, PageRow, SearchRequest } from "../faces.ts";
import { type Snippet, snippetOf } from "./snippet.ts";

export interface SearchHit {
  readonly page: PageRow;
  /** See SearchMatch. */
  readonly rank: number;
  readonly snippet: Snippet;
}

export interface SearchAnswer {
  readonly hits: readonly SearchHit[];
  readonly cursor: string | null;
  readonly total: number;
  readonly totalIsExact: boolean;
}

export async function search(
  stores: { readonly content: ContentStore; readonly metadata: MetadataStore },
  request: SearchRequest,
): Promise<SearchAnswer> {
  const { items, cursor, total, totalIsExact } = await stores.metadata.search(request);
  const hits = await Promise.all(
    items.map(async ({ page, rank }) => ({
      page,
      rank,
      snippet: await snippetFor(stores.content, page, request.query),
    })),
  );
  return { hits, cursor, total, totalIsExact };
}

/** A page whose Markdown is damaged is still a hit: its description stands in. */
async function snippetFor(content: ContentStore, page: PageRow, query: string): Promise<Snippet> {
  try {
    return snippetOf(await content.readMarkdown(page.markdown), query);
  } catch (thrown) {
    if (!(thrown instanceof RecordDamaged)) throw thrown;
    return snippetOf(page.description ?? "", query);
  }
}
