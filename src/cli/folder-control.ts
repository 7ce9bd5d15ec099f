// The answers to a data folder's questions, made of its open store and frontier. The process that owns the folder uses
// them itself and serves them to others; how they travel is control-socket.ts's matter.
import { describe, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import {
  type DeadLetterRow,
  type ExportReport,
  type ExportSource,
  exportPages,
  type PageRow,
  type Store,
} from "../store/index.ts";
import type { Control, ControlAnswer } from "./control.ts";
import type { FrontierView } from "./frontier-view.ts";
import type { LetterBook } from "./letter-book.ts";
import type { RecipeDesk } from "./recipe-desk.ts";
import { seedUrl } from "./seed.ts";

export interface FolderParts {
  /** Null where no pages are kept (an ingestor's folder). */
  readonly store: Store | null;
  readonly letters: LetterBook;
  /** Puts a record into the stage it died in; false: it cannot be, and its URL is fetched again instead. */
  readonly replayRecord?: (letter: DeadLetterRow) => Promise<boolean>;
  /** Null where there is none (a processor's folder). */
  readonly frontier: FrontierView | null;
  /** Null with `store`. */
  readonly exportSource: ExportSource | null;
  readonly exporting: ExportContext;
  /** Left out where this process runs no batch jobs. */
  readonly recipes?: RecipeDesk;
  status(): Promise<Result<ControlAnswer<"status">, Failure>>;
  metrics(): Promise<string>;
}

/** What an export needs beside what it is asked for. */
export type ExportContext = Pick<
  Parameters<typeof exportPages>[1],
  "software" | "clock" | "signal" | "scratchFolder"
> & { readonly changesFolder: string };

export function folderControl(parts: FolderParts): Control {
  const { store, letters, frontier, exportSource, exporting } = parts;
  // Exports wait for each other: each fills the extraction threads by itself.
  let lastExport: Promise<unknown> = Promise.resolve();
  return {
    why: ({ url }) => guarded(() => why(url, parts)),
    search: (request) =>
      guarded(async () => {
        if (store === null) throw new Error(NO_PAGES);
        const { query, domain, lang, limit, cursor } = request;
        const found = await store.metadata.search({
          query,
          limit,
          ...(domain === undefined ? {} : { domain }),
          ...(lang === undefined ? {} : { lang }),
          ...(cursor === undefined ? {} : { cursor }),
        });
        return { ...found, items: found.items.map(({ page, rank }) => ({ ...matchOf(page), rank })) };
      }),
    status: () => parts.status(),
    dlqList: (request) => guarded(() => deadLetters(request, parts)),
    dlqShow: ({ id }) =>
      guarded(async () => {
        const row = await letters.show(id);
        return row === null ? failedUrl(id, frontier) : letterOf(row);
      }),
    dlqReplay: ({ ids }) => guarded(() => replay(ids, parts)),
    dlqDrop: ({ ids }) => guarded(async () => ({ count: await letters.drop(ids) })),
    routeMemory: ({ hosts }) =>
      guarded(async () => {
        const found = await Promise.all(hosts.map(async (host) => store?.metadata.routeMemory.one(host)));
        return { rows: found.filter((row) => row != null) };
      }),
    metrics: () => guarded(async () => ({ text: await parts.metrics() })),
    subjectsAdd: (request) => guarded(async () => deskOf(parts).addSubjects(request)),
    jobBegin: ({ job }) =>
      guarded(async () => {
        const runId = await deskOf(parts).begin(job);
        return runId === null ? null : { runId };
      }),
    jobRun: ({ runId }) => guarded(async () => deskOf(parts).run(runId)),
    export: ({ format, out, changes, rawCells, ...filter }) =>
      guarded(async () => {
        if (exportSource === null || store === null) throw new Error(NO_PAGES);
        const run = (): Promise<ExportReport> =>
          exportPages(exportSource, {
            ...exporting,
            format,
            out,
            changesFolder: changes ? exporting.changesFolder : null,
            rawCells,
            filter: defined(filter),
          });
        const mine = lastExport.then(run);
        lastExport = mine.catch(() => undefined); // told to the one who asked for it
        return { ...(await mine), waitingForBrowser: (await store.metadata.renderQueue.counts()).waiting };
      }),
  };
}

const NO_PAGES = "this machine keeps no pages: ask the processor's";

function deskOf({ recipes }: FolderParts): RecipeDesk {
  if (recipes === undefined)
    throw new Error(`the folder is in use by process ${process.pid}, which crawls and runs no recipe`);
  return recipes;
}

type WithoutUndefined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

function defined<T extends object>(value: T): WithoutUndefined<T> {
  return Object.fromEntries(
    Object.entries(value).filter(([, item]) => item !== undefined),
  ) as WithoutUndefined<T>;
}

/** What the stores throw becomes a failure with a code; broken invariants too, so that the one who asks hears of them. */
async function guarded<T>(work: () => Promise<T>): Promise<Result<T, Failure>> {
  try {
    return ok(await work());
  } catch (thrown) {
    return err({ code: "store", message: describe(thrown), cause: thrown });
  }
}

async function why(written: string, { store, frontier }: FolderParts): Promise<ControlAnswer<"why">> {
  const parsed = seedUrl(written);
  const url = parsed.ok ? parsed.value : written;
  const known = (await frontier?.why(url)) ?? null;
  const history: { atMs: number; event: string; detail: string }[] = [];
  for await (const capture of store?.metadata.eachCapture({ url }) ?? []) {
    const detail = `status ${capture.status}, ${capture.lane} lane, score ${capture.score}, ${capture.bytes} bytes`;
    history.push({ atMs: capture.fetchedAtMs, event: "captured", detail });
    if (history.length >= HISTORY_MAX) break;
  }
  return { ...(known ?? UNKNOWN), url, history };
}

const HISTORY_MAX = 1_000;
const UNKNOWN = {
  state: null,
  code: null,
  message: null,
  status: null,
  finalUrl: null,
  depth: null,
  attempts: null,
  referrer: null,
  crawlId: null,
  nextAttemptMs: null,
} as const;

function matchOf(page: PageRow): Omit<ControlAnswer<"search">["items"][number], "rank"> {
  const { url, title, description, domain, lang, lastFetchedMs } = page;
  return { url, title, description, domain, lang, fetchedAtMs: lastFetchedMs };
}

type Letter = NonNullable<ControlAnswer<"dlqShow">>;

function letterOf(row: DeadLetterRow): Letter {
  const { id, stage, topic, captureId, url, code, message, diedAtMs, replayedAtMs } = row;
  return { kind: "record", id, stage, topic, captureId, url, code, message, diedAtMs, replayedAtMs };
}

/** Where URLs that could not be fetched for good belong (contract: they are listed from the frontier). */
const FETCH_TOPIC = "raw.page.dlq";

const urlLetter = (item: { url: string; code: string; message: string; endedAtMs: number }): Letter => ({
  kind: "url",
  id: item.url,
  stage: "fetch",
  topic: FETCH_TOPIC,
  captureId: null,
  url: item.url,
  code: item.code,
  message: item.message,
  diedAtMs: item.endedAtMs,
  replayedAtMs: null,
});

/** Records first, then failed URLs; the cursor says which of the two it goes on in. */
async function deadLetters(
  request: { topic?: string | undefined; limit: number; cursor?: string | undefined },
  { letters, frontier }: FolderParts,
): Promise<ControlAnswer<"dlqList">> {
  const { topic, limit, cursor } = request;
  const items: Letter[] = [];
  if (cursor === undefined || cursor.startsWith("r:")) {
    const slice = await letters.list({
      limit,
      ...(topic === undefined ? {} : { topic }),
      ...(cursor === undefined ? {} : { cursor: cursor.slice(2) }),
    });
    items.push(...slice.items.map(letterOf));
    if (slice.cursor !== null) return { items, cursor: `r:${slice.cursor}` };
  }
  if (frontier === null || (topic !== undefined && topic !== FETCH_TOPIC)) return { items, cursor: null };
  if (items.length >= limit) return { items, cursor: "u:" };
  const after = cursor?.startsWith("u:") === true && cursor !== "u:" ? { cursor: cursor.slice(2) } : {};
  const failed = await frontier.failed({ limit: limit - items.length, ...after });
  items.push(...failed.items.map(urlLetter));
  return { items, cursor: failed.cursor === null ? null : `u:${failed.cursor}` };
}

async function failedUrl(url: string, frontier: FrontierView | null): Promise<Letter | null> {
  const known = (await frontier?.why(url)) ?? null;
  if (known === null || known.state !== "failed") return null;
  return urlLetter({ url, code: known.code ?? "internal", message: known.message ?? "", endedAtMs: 0 });
}

/** A record goes back into its stage, or its URL is fetched again: a capture that was stored is found and not stored twice. */
async function replay(
  ids: readonly string[],
  { letters, replayRecord, frontier, exporting }: FolderParts,
): Promise<{ count: number }> {
  let count = 0;
  for (const id of ids) {
    const row = await letters.show(id);
    const isBack = row !== null && ((await replayRecord?.(row)) ?? false);
    if (!isBack) {
      const url = row === null ? id : row.url;
      if (url === null || frontier === null || (await frontier.requeue([url])) === 0) continue;
    }
    if (row !== null) await letters.markReplayed([id], exporting.clock.nowMs());
    count++;
  }
  return { count };
}
