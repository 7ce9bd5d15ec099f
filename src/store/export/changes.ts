// What changed since the last export: the pages of now, in key order, joined with the state the last export left. The
// state is replaced only when the export that used it is safe, so a crash repeats changes and never drops one.
import { existsSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../../base/index.ts";
import type { PageRow } from "../faces.ts";
import { linesOf } from "./external-sort.ts";
import type { Change, ExportFormat } from "./faces.ts";
import { openFileOutput } from "./output.ts";

export interface ChangedPage {
  readonly change: Change;
  readonly url: string;
  readonly urlSha256: string;
  /** The row of now; null when the store no longer has the page. */
  readonly page: PageRow | null;
}

export interface ChangeLog {
  /** Changes in key order. Constant memory. The first pass makes the next state; later ones give the same again. */
  changes(
    pages: AsyncIterable<PageRow>,
    isGone: (url: string) => Promise<boolean>,
  ): AsyncIterable<ChangedPage>;
  /** Makes what was just handed out the state that the next export starts from. */
  commit(): Promise<void>;
  abandon(): Promise<void>;
}

/** A line of the state: key, what the page was then (its content's digest, or "gone"), URL. */
interface Known {
  readonly key: string;
  readonly content: string;
  readonly url: string;
}

const GONE = "gone";

export async function openChangeLog(folder: string, format: ExportFormat): Promise<ChangeLog> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, `changes-${format}`);
  const next = await openFileOutput(path);
  let passes = 0;
  return {
    async *changes(pages, isGone) {
      const first = passes++ === 0;
      const known = knownPages(path);
      try {
        let old = await known.next();
        let last = "";
        for await (const page of pages) {
          const key = page.urlSha256;
          assert(key > last, "pages come in the order of their keys, each once");
          last = key;
          for (; old.done !== true && old.value.key < key; old = await known.next()) {
            if (old.value.content !== GONE) yield vanished(old.value);
          }
          const before = old.done !== true && old.value.key === key ? old.value.content : null;
          if (before !== null) old = await known.next();
          const content = (await isGone(page.url)) ? GONE : page.contentHash;
          if (first) await next.write(`${key} ${content} ${page.url}\n`);
          const change = changeOf(before, content);
          if (change !== null) yield { change, url: page.url, urlSha256: key, page };
        }
        for (; old.done !== true; old = await known.next()) {
          if (old.value.content !== GONE) yield vanished(old.value);
        }
      } finally {
        await known.return(undefined);
      }
    },
    commit: () => next.commit(),
    abandon: () => next.abandon(),
  };
}

function changeOf(before: string | null, now: string): Change | null {
  if (now === GONE) return before === null || before === GONE ? null : "gone";
  if (before === null || before === GONE) return "new";
  return before === now ? null : "changed";
}

function vanished({ key, url }: Known): ChangedPage {
  return { change: "gone", url, urlSha256: key, page: null };
}

async function* knownPages(path: string): AsyncGenerator<Known, undefined> {
  if (!existsSync(path)) return undefined;
  for await (const line of linesOf(path)) {
    const [key = "", content = "", ...url] = line.split(" ");
    yield { key, content, url: url.join(" ") };
  }
  return undefined;
}
