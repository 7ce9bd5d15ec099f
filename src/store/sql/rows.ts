// Rows as the database gives them into the faces' rows: one checked boundary, names and times converted here alone.
import { z } from "zod";
import type { CaptureRow, DeadLetterRow, PageRow } from "../faces.ts";
import { pairFields, pairOf, screenshotFields, screenshotOf } from "./locations.ts";
import type { SqlRow } from "./session.ts";

const lane = z.enum(["fast", "rich"]);
const nullableText = z.string().nullable();

const shared = {
  ...pairFields,
  ...screenshotFields,
  url_sha256: z.string(),
  url: z.string(),
  final_url: z.string(),
  domain: z.string(),
  status: z.number(),
  content_type: z.string(),
  lane,
  lane_wanted: lane,
  score: z.number(),
  content_hash: z.string(),
  bytes: z.number(),
  depth: z.number(),
  crawl_id: z.string(),
  capture_id: z.string(),
};

const pageRow = z.object({
  ...shared,
  charset: z.string(),
  title: nullableText,
  description: nullableText,
  lang: nullableText,
  canonical: nullableText,
  author: nullableText,
  published_at: nullableText,
  modified_at: nullableText,
  site_name: nullableText,
  visible_length: z.number(),
  text_length: z.number(),
  word_count: z.number(),
  link_density: z.number(),
  link_count: z.number(),
  simhash: z.string(),
  noindex: z.boolean(),
  first_fetched: z.number(),
  last_fetched: z.number(),
  etag: nullableText,
  last_modified: nullableText,
});

const captureRow = z.object({
  ...shared,
  fetched_at: z.number(),
  elapsed_ms: z.number(),
  protocol: z.enum(["h2", "http/1.1"]),
  remote_address: nullableText,
  truncated: z.boolean(),
  attempts: z.number(),
  raw_sha256: z.string(),
});

const deadLetterRow = z.object({
  id: z.string(),
  stage: z.string(),
  topic: z.string(),
  capture_id: nullableText,
  url: nullableText,
  code: z.string(),
  message: z.string(),
  died_at: z.number(),
  payload: z.instanceof(Uint8Array).nullable(),
  origin: nullableText,
  replayed_at: z.number().nullable(),
  copied_at: z.number().nullable(),
});

/** A column as the readers select it: exact milliseconds, and 64-bit integers as numbers (below 2^53 by construction). */
const asMs = (name: string): string => `(extract(epoch from ${name}) * 1000)::double precision as ${name}`;

function selection(shape: z.ZodObject, times: readonly string[], wide: readonly string[]): string {
  return Object.keys(shape.shape)
    .map((name) =>
      times.includes(name) ? asMs(name) : wide.includes(name) ? `${name}::double precision` : name,
    )
    .join(", ");
}

const WIDE = [
  "bytes",
  "raw_offset",
  "raw_length",
  "markdown_offset",
  "markdown_length",
  "screenshot_offset",
  "screenshot_length",
];

export const PAGE_SELECTION = selection(pageRow, ["first_fetched", "last_fetched"], WIDE);
export const CAPTURE_SELECTION = selection(captureRow, ["fetched_at"], WIDE);
export const DEAD_LETTER_SELECTION = selection(deadLetterRow, ["died_at", "replayed_at", "copied_at"], []);

const sharedOf = (row: z.infer<typeof pageRow> | z.infer<typeof captureRow>) => ({
  urlSha256: row.url_sha256,
  url: row.url,
  finalUrl: row.final_url,
  domain: row.domain,
  status: row.status,
  contentType: row.content_type,
  lane: row.lane,
  laneWanted: row.lane_wanted,
  score: row.score,
  contentHash: row.content_hash,
  bytes: row.bytes,
  depth: row.depth,
  crawlId: row.crawl_id,
  captureId: row.capture_id,
  ...pairOf(row),
  screenshot: screenshotOf(row),
});

export function toPageRow(row: SqlRow): PageRow {
  const page = pageRow.parse(row);
  return {
    ...sharedOf(page),
    charset: page.charset,
    title: page.title,
    description: page.description,
    lang: page.lang,
    canonical: page.canonical,
    author: page.author,
    publishedAt: page.published_at,
    modifiedAt: page.modified_at,
    siteName: page.site_name,
    visibleLength: page.visible_length,
    textLength: page.text_length,
    wordCount: page.word_count,
    linkDensity: page.link_density,
    linkCount: page.link_count,
    simhash: page.simhash,
    noindex: page.noindex,
    firstFetchedMs: page.first_fetched,
    lastFetchedMs: page.last_fetched,
    etag: page.etag,
    lastModified: page.last_modified,
  };
}

export function toCaptureRow(row: SqlRow): CaptureRow {
  const capture = captureRow.parse(row);
  return {
    ...sharedOf(capture),
    fetchedAtMs: capture.fetched_at,
    elapsedMs: capture.elapsed_ms,
    protocol: capture.protocol,
    remoteAddress: capture.remote_address,
    truncated: capture.truncated,
    attempts: capture.attempts,
    rawSha256: capture.raw_sha256,
  };
}

export function toDeadLetterRow(row: SqlRow): DeadLetterRow {
  const letter = deadLetterRow.parse(row);
  return {
    id: letter.id,
    stage: letter.stage,
    topic: letter.topic,
    captureId: letter.capture_id,
    url: letter.url,
    code: letter.code,
    message: letter.message,
    diedAtMs: letter.died_at,
    payload: letter.payload,
    origin: letter.origin,
    replayedAtMs: letter.replayed_at,
    copiedAtMs: letter.copied_at,
  };
}
