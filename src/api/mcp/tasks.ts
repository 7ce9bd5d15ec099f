// Scrapes over the API as the tools need them: one URL to its end, and pages from link to link breadth first, each a task of its
// own under the frontier's politeness. Knows nothing of the protocol.
import { z } from "zod";
import { type ApiCall, CallRefused, good } from "./call.ts";
import { pagesKept } from "./kept.ts";

/** Of a result, a line of `--out`, what the tools look at; the rest stays. */
const resultSchema = z.looseObject({
  url: z.string(),
  final_url: z.string().nullish(),
  fetched_at: z.string().nullish(),
  title: z.string().nullish(),
  description: z.string().nullish(),
  lang: z.string().nullish(),
  author: z.string().nullish(),
  published_at: z.string().nullish(),
  text_length: z.number().nullish(),
  markdown: z.string().nullish(),
  links: z.array(z.looseObject({ url: z.string() })).nullish(),
});

const taskSchema = z.object({
  id: z.string(),
  url: z.string(),
  status: z.enum(["pending", "running", "completed", "failed"]),
  result: resultSchema.nullable(),
  error_code: z.string().nullish(),
  error_message: z.string().nullable(),
});

export type ScrapeTask = z.output<typeof taskSchema>;

export interface ScrapeWish {
  readonly url: string;
  readonly lane: "auto" | "fast" | "rich";
  /** How long to wait for its end, s. */
  readonly waitS: number;
}

/** One wait of the API lasts at most so long. */
const ROUND_S = 30;

/** Ended, or as it stands when the time is over. */
export async function scraped(call: ApiCall, wish: ScrapeWish, signal: AbortSignal): Promise<ScrapeTask> {
  const first = Math.min(ROUND_S, wish.waitS);
  const answer = await call("POST", `/api/scrape/?wait=${first}`, { url: wish.url, lane: wish.lane }, signal);
  let task = good(answer, taskSchema);
  for (let leftS = wish.waitS - first; leftS > 0 && !isEnded(task); leftS -= ROUND_S)
    task = good(
      await call("GET", `/api/scrape/${task.id}/?wait=${Math.min(ROUND_S, leftS)}`, undefined, signal),
      taskSchema,
    );
  return task;
}

export const isEnded = ({ status }: ScrapeTask): boolean => status === "completed" || status === "failed";

export interface CrawlWish {
  readonly url: string;
  readonly depth: number;
  readonly pagesMax: number;
  readonly lane: "auto" | "fast" | "rich";
  /** host: the first page's own; any: wherever links lead. */
  readonly scope: "host" | "any";
  readonly waitS: number;
}

export interface CrawledPage {
  readonly url: string;
  readonly depth: number;
  readonly status: ScrapeTask["status"];
  readonly title: string | null;
  readonly textLength: number | null;
  readonly error: string | null;
}

const TOGETHER_MAX = 8;

/** Breadth first, each URL once; ends at its limits. `onPage` is told of each page as it ends. */
export async function crawled(
  call: ApiCall,
  wish: CrawlWish,
  signal: AbortSignal,
  onPage: (done: number) => void,
): Promise<readonly CrawledPage[]> {
  const pages: CrawledPage[] = [];
  const ended: ScrapeTask[] = [];
  const seen = new Set<string>();
  let host: string | null = null;
  let level: string[] = [wish.url];
  for (let depth = 0; depth <= wish.depth && level.length > 0; depth++) {
    const next: string[] = [];
    const fresh = level
      .filter((url) => !seen.has(url) && seen.add(url))
      .slice(0, wish.pagesMax - pages.length);
    for (let at = 0; at < fresh.length; at += TOGETHER_MAX) {
      signal.throwIfAborted();
      const together = fresh.slice(at, at + TOGETHER_MAX);
      const tasks = await Promise.all(
        together.map((url) => attempted(call, { url, lane: wish.lane, waitS: wish.waitS }, signal)),
      );
      for (const task of tasks) {
        pages.push(pageOf(task, depth));
        ended.push(task);
        onPage(pages.length);
        const at = task.result?.final_url ?? task.url;
        seen.add(at);
        host ??= hostOf(at);
        for (const { url } of task.result?.links ?? []) {
          const target = withoutFragment(url);
          if (target !== null && !seen.has(target) && (wish.scope === "any" || hostOf(target) === host))
            next.push(target);
          if (next.length >= LINKS_MAX) break;
        }
      }
    }
    level = pages.length >= wish.pagesMax ? [] : next;
  }
  await pagesKept(call, ended, signal);
  return pages;
}

const LINKS_MAX = 10_000;

/** A link that the API will not take (a private address, say) is one page's end and not the crawl's. */
async function attempted(call: ApiCall, wish: ScrapeWish, signal: AbortSignal): Promise<ScrapeTask> {
  try {
    return await scraped(call, wish, signal);
  } catch (thrown) {
    if (!(thrown instanceof CallRefused)) throw thrown;
    return { id: "", url: wish.url, status: "failed", result: null, error_message: thrown.message };
  }
}

function pageOf({ url, status, result, error_message: error }: ScrapeTask, depth: number): CrawledPage {
  return {
    url: result?.final_url ?? url,
    depth,
    status,
    title: result?.title ?? null,
    textLength: result?.text_length ?? null,
    error,
  };
}

function hostOf(url: string): string | null {
  return URL.canParse(url) ? new URL(url).host : null;
}

function withoutFragment(written: string): string | null {
  if (!URL.canParse(written)) return null;
  const url = new URL(written);
  if (url.protocol !== "http:" && url.protocol !== "https:") return null;
  url.hash = "";
  return url.href;
}
