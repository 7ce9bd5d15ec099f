// One Markdown file a page, with YAML front matter, in a folder a host. File names are made of URLs but never obey them.

import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { inOrder } from "../../base/index.ts";
import type { ContentStore, PageRow } from "../faces.ts";
import type { ChangedPage } from "./changes.ts";
import { markdownFileName } from "./file-name.ts";

/** Files under way at once. */
const CONCURRENCY_MAX = 8;

/** Pages that are gone lose their file. Resolves to the number of files written or removed, and their bytes. */
export async function writeMarkdown(
  pages: AsyncIterable<ChangedPage>,
  content: ContentStore,
  folder: string,
): Promise<{ records: number; bytes: number }> {
  const made = new FolderCache();
  let records = 0;
  let bytes = 0;
  const writeOne = async ({ change, url, urlSha256, page }: ChangedPage): Promise<number> => {
    const path = join(folder, markdownFileName(url, urlSha256));
    if (page === null || change === "gone") {
      await rm(path, { force: true });
      return 0;
    }
    const text = Buffer.from(`${frontMatter(page)}\n${await content.readMarkdown(page.markdown)}\n`);
    await made.make(dirname(path));
    await writeFile(path, text);
    return text.byteLength;
  };
  await mkdir(folder, { recursive: true });
  for await (const written of inOrder(pages, CONCURRENCY_MAX, writeOne)) {
    records++;
    bytes += written;
  }
  return { records, bytes };
}

const FOLDERS_KEPT_MAX = 1_000;

/** Folders known to be there, so that each is not made again for every file. */
class FolderCache {
  readonly #known = new Set<string>();

  async make(folder: string): Promise<void> {
    if (this.#known.has(folder)) return;
    await mkdir(folder, { recursive: true });
    if (this.#known.size >= FOLDERS_KEPT_MAX) this.#known.clear();
    this.#known.add(folder);
  }
}

function frontMatter(page: PageRow): string {
  const fields: readonly (readonly [string, string | number | null])[] = [
    ["url", page.url],
    ["final_url", page.finalUrl],
    ["title", page.title],
    ["description", page.description],
    ["lang", page.lang],
    ["author", page.author],
    ["published_at", page.publishedAt],
    ["site_name", page.siteName],
    ["status", page.status],
    ["fetched_at", new Date(page.lastFetchedMs).toISOString()],
    ["content_hash", page.contentHash],
  ];
  const lines = fields.flatMap(([key, value]) => (value === null ? [] : [`${key}: ${yamlScalar(value)}`]));
  return `---\n${lines.join("\n")}\n---\n`;
}

/** JSON strings are YAML double-quoted scalars, but for a few characters that YAML wants escaped (YAML 1.2.2, 5.1). */
function yamlScalar(value: string | number): string {
  return JSON.stringify(value).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
