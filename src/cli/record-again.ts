// Rows and search entries made again from stored captures, without a fetch: by the extraction of today, or, as a rebuild,
// with every verdict as it was. A folder whose rows may have been lost to a power cut is mended the same way. No browser
// takes part: a page that one showed keeps what it showed.
import { inOrder } from "../base/index.ts";
import type { Config } from "../config.ts";
import type { ParsePool } from "../extract/index.ts";
import type { Code, Document, Failure, Lane, LaneVerdict, RawLocation, StoredPage } from "../model/index.ts";
import { type JudgedPage, judge } from "../route/index.ts";
import { type CaptureWithBody, type ContentStore, RecordDamaged, type Store } from "../store/index.ts";
import { documentAgain } from "./document-again.ts";
import { type Io, oneLine } from "./io.ts";
import { lazyPool } from "./open-folder.ts";

const BATCH_PAGES = 200;
/** Failures told one by one; the rest are only counted. */
const FAILURES_SHOWN_MAX = 20;

export interface RecordedAgain {
  readonly recorded: number;
  /** Captures that could not be extracted. */
  readonly failed: number;
  /** Pages that a browser showed: the extraction of today has only their raw bodies. None in a rebuild. */
  readonly left: number;
}

/** `rebuild` drops all rows first and takes every capture; else each page's newest one. Ends early when `io.stop` aborts. */
export async function recordAgain(
  store: Store,
  config: Config,
  rebuild: boolean,
  io: Io,
): Promise<RecordedAgain> {
  const pool = lazyPool(config, io);
  try {
    if (rebuild) await store.metadata.clear();
    let left = 0;
    const captures = rebuild ? everyCapture(store) : newestCaptures(store, () => left++);
    const counts = await record(captures, { store, pool: pool.get(), config, rebuild, io });
    if (rebuild && !io.stop.aborted) await store.metadata.rebuilt();
    return { ...counts, left };
  } finally {
    await pool.close();
  }
}

/** After a power cut the segments may know more than the database: its rows are made anew before anything builds on them. */
export async function mendRows(store: Store, config: Config, io: Io): Promise<void> {
  await store.content.connect(io.stop);
  await store.metadata.connect(io.stop);
  tellRestored(store, io);
  if (!store.metadata.needsRebuild) return;
  io.say("the database may have lost rows (power cut or damage): making them anew from the segments");
  const { recorded, failed } = await recordAgain(store, config, true, io);
  io.say(`${recorded} captures recorded${failed === 0 ? "" : `, ${failed} could not be extracted`}`);
}

/** Tasks, schedules and their like are brought back from their journal before anybody asks for one. */
function tellRestored({ session }: Store, io: Io): void {
  if (session.restored === null) return;
  const { path, changes, refused, damages } = session.restored;
  if (changes > 0)
    io.say(
      `the database may have lost tasks, schedules and subjects: ${changes} changes read back from ${path}` +
        (refused === 0 ? "" : `, ${refused} rows of it were refused`),
    );
  for (const { atByte, bytes } of damages)
    io.say(`${path} is damaged at byte ${atByte} (${bytes} bytes are passed over, the rest is good)`);
  if (damages.length === 0) return;
  io.say(
    changes > 0
      ? `what was changed there may stand as it was before: look through tasks, schedules and subjects; the damaged file is ${path}.damaged`
      : "the database has all of it, and the journal was written anew: nothing is lost",
  );
}

/** Every capture of every segment, oldest first, so that a page's newest one comes to stand in its row. */
async function* everyCapture({ content }: Store): AsyncGenerator<CaptureWithBody> {
  for await (const { raw, markdown, screenshot, verdict } of content.eachStoredCapture()) {
    // As it was answered, before a browser showed it: it waits, ended otherwise, or comes again with what was shown.
    if (verdict.lane === "rich" && (await content.readRendered(markdown)) === null) continue;
    const shown = screenshot === undefined ? { markdown } : { markdown, screenshot };
    yield { ...(await content.readCapture(raw)), ...shown, verdict };
  }
}

/** Those of the fast lane. */
async function* newestCaptures(
  { content, metadata }: Store,
  onRich: () => void,
): AsyncGenerator<CaptureWithBody> {
  for await (const { raw, markdown, lane } of metadata.eachPage()) {
    if (lane === "rich") onRich();
    else yield ofLane(lane, { ...(await content.readCapture(raw)), markdown });
  }
}

/** The browser may have been asked since, and its page kept as it was answered. */
const ofLane = (lane: Lane, capture: CaptureWithBody): CaptureWithBody => ({
  ...capture,
  verdict: { ...capture.verdict, lane },
});

interface Parts {
  readonly store: Store;
  readonly pool: ParsePool;
  readonly config: Config;
  readonly rebuild: boolean;
  readonly io: Io;
}

type Extracted =
  | { readonly page: StoredPage; readonly failure: null; readonly url: string }
  | { readonly page: null; readonly failure: Failure; readonly url: string };

async function record(
  captures: AsyncIterable<CaptureWithBody>,
  { store, pool, config, rebuild, io }: Parts,
): Promise<Omit<RecordedAgain, "left">> {
  const counts = { recorded: 0, failed: 0 };
  // A stop ends the walk between two pages; what is in hand is still recorded.
  const { signal } = new AbortController();
  const extractOne = async (capture: CaptureWithBody): Promise<Extracted> => {
    const document = await documentAgain(capture, store.content, pool, signal);
    if (!document.ok) return { page: null, failure: document.error, url: capture.url };
    const verdict = rebuild
      ? capture.verdict
      : judgedAgain(capture, judge(judgedPage(capture, document.value), config.route));
    const { raw, markdown, screenshot, url } = capture;
    const stored = { raw, markdown, ...(screenshot === undefined ? {} : { screenshot }) };
    const page = { page: capture, document: document.value, verdict, stored };
    const isNew = !rebuild && !(await isMarkdownAt(store.content, markdown, document.value.markdown));
    return { page: isNew ? { ...page, rendering: "again" } : page, failure: null, url };
  };
  let batch: StoredPage[] = [];
  const write = async (): Promise<void> => {
    if (batch.length > 0)
      await store.metadata.record(await withOwnMarkdown(batch, store.content, signal), signal);
    counts.recorded += batch.length;
    batch = [];
  };
  for await (const { page, failure, url } of inOrder(until(io.stop, captures), pool.capacity, extractOne)) {
    if (page !== null) batch.push(page);
    else if (++counts.failed <= FAILURES_SHOWN_MAX) tell(io, failure.code, url, failure.message);
    if (batch.length >= BATCH_PAGES) await write();
  }
  await write();
  return counts;
}

/** What cannot be read is written anew. */
async function isMarkdownAt(
  content: ContentStore,
  location: RawLocation,
  markdown: string,
): Promise<boolean> {
  try {
    return (await content.readMarkdown(location)) === markdown.toWellFormed();
  } catch (thrown) {
    if (thrown instanceof RecordDamaged) return false;
    throw thrown;
  }
}

/**
 * New Markdown is in a segment before a row says where. A kill between leaves a record that no row names: rebuilt rows take
 * it, another run writes one more.
 */
async function withOwnMarkdown(
  batch: readonly StoredPage[],
  content: ContentStore,
  signal: AbortSignal,
): Promise<StoredPage[]> {
  const fresh = batch.filter(({ rendering }) => rendering === "again");
  const locations = (fresh.length === 0 ? [] : await content.append(fresh, signal)).values();
  return batch.map((page) => {
    const { rendering, ...rest } = page;
    const markdown = rendering === "again" ? locations.next().value?.markdown : undefined;
    return markdown === undefined ? rest : { ...rest, stored: { ...page.stored, markdown } };
  });
}

function tell(io: Io, code: Code, url: string, message: string): void {
  io.say(`[${code}] ${oneLine(url)}: ${oneLine(message)}`);
}

const judgedPage = ({ url, request }: CaptureWithBody, { evidence }: Document): JudgedPage => ({
  url,
  evidence,
  choice: request.lane,
  browserAvailable: true,
});

/** The router of today decides where the page belongs; the lane that read it stays what it was. */
function judgedAgain({ verdict }: CaptureWithBody, now: LaneVerdict): LaneVerdict {
  return { ...now, lane: verdict.lane, reason: verdict.lane === now.wanted ? now.reason : verdict.reason };
}

async function* until<T>(stop: AbortSignal, items: AsyncIterable<T>): AsyncGenerator<T> {
  for await (const item of items) {
    if (stop.aborted) return;
    yield item;
  }
}
