// The columns of `pages` and `captures` in one place: name, type, and where the value comes from in a stored page.
// Writing and the schema's rows are both read off these tables. Pure; knows no statement.
import { hash } from "node:crypto";
import { header, type StoredPage } from "../../model/index.ts";

export type ColumnValue = string | number | boolean | null;

export interface Column {
  readonly name: string;
  readonly type: string;
  readonly of: (page: StoredPage) => ColumnValue;
}

/** What PostgreSQL's text cannot hold: NUL is dropped, a lone surrogate becomes U+FFFD. */
export function storable(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "") : whole;
}

export const urlSha256 = (url: string): string => hash("sha256", url, "hex");

/** Host name without port; a bracketed IPv6 address stays bracketed. */
export function domainOf(host: string): string {
  return host.replace(/:\d+$/, "");
}

const text = (name: string, of: (page: StoredPage) => string | null): Column => ({
  name,
  type: "text",
  of: (page) => {
    const value = of(page);
    return value === null ? null : storable(value);
  },
});
const typed =
  (type: string) =>
  (name: string, of: (page: StoredPage) => ColumnValue): Column => ({ name, type, of });
const integer = typed("integer");
const bigint = typed("bigint");
const float = typed("double precision");
const boolean = typed("boolean");
const uuid = typed("uuid");
const time = typed("timestamptz");

const fetchedAt = ({ page }: StoredPage): string => new Date(page.fetchedAtMs).toISOString();

const shared: readonly Column[] = [
  text("url_sha256", ({ page }) => urlSha256(page.url)),
  text("url", ({ page }) => page.url),
  text("final_url", ({ page }) => page.url),
  text("domain", ({ page }) => domainOf(page.request.host)),
  integer("status", ({ page }) => page.status),
  text("content_type", ({ document }) => document.contentType),
  text("lane", ({ verdict }) => verdict.lane),
  text("lane_wanted", ({ verdict }) => verdict.wanted),
  integer("score", ({ verdict }) => Math.round(verdict.score)),
  text("content_hash", ({ document }) => document.signature),
  bigint("bytes", ({ page }) => page.body.byteLength),
  integer("depth", ({ page }) => page.request.depth),
  text("crawl_id", ({ page }) => page.request.crawlId),
  uuid("capture_id", ({ page }) => page.request.captureId),
  text("raw_key", ({ stored }) => stored.raw.key),
  bigint("raw_offset", ({ stored }) => stored.raw.offset),
  bigint("raw_length", ({ stored }) => stored.raw.length),
  text("markdown_key", ({ stored }) => stored.markdown.key),
  bigint("markdown_offset", ({ stored }) => stored.markdown.offset),
  bigint("markdown_length", ({ stored }) => stored.markdown.length),
  text("screenshot_key", ({ stored }) => stored.screenshot?.key ?? null),
  bigint("screenshot_offset", ({ stored }) => stored.screenshot?.offset ?? null),
  bigint("screenshot_length", ({ stored }) => stored.screenshot?.length ?? null),
];

export function captureColumns(rawSha256: (page: StoredPage) => string): readonly Column[] {
  return [
    ...shared,
    time("fetched_at", fetchedAt),
    float("elapsed_ms", ({ page }) => page.elapsedMs),
    text("protocol", ({ page }) => page.protocol),
    text("remote_address", ({ page }) => page.remoteAddress),
    boolean("truncated", ({ page }) => page.truncated),
    integer("attempts", ({ page }) => page.request.attempt),
    text("raw_sha256", rawSha256),
  ];
}

/** Without `terms`, which the search room makes. */
export const pageColumns: readonly Column[] = [
  ...shared,
  text("charset", ({ document }) => document.charset),
  text("title", ({ document }) => document.title),
  text("description", ({ document }) => document.description),
  text("lang", ({ document }) => document.lang),
  text("canonical", ({ document }) => document.canonical),
  text("author", ({ document }) => document.author),
  text("published_at", ({ document }) => document.publishedAt),
  text("modified_at", ({ document }) => document.modifiedAt),
  text("site_name", ({ document }) => document.siteName),
  integer("visible_length", ({ document }) => document.statistics.visibleLength),
  integer("text_length", ({ document }) => document.statistics.textLength),
  integer("word_count", ({ document }) => document.statistics.wordCount),
  float("link_density", ({ document }) => document.statistics.linkDensity),
  integer("link_count", ({ document }) => document.links.length + document.linksDropped),
  text("simhash", ({ document }) => document.simhash),
  boolean("noindex", ({ document }) => document.robots.noindex),
  time("first_fetched", fetchedAt),
  time("last_fetched", fetchedAt),
  text("etag", ({ page }) => header(page.headers, "etag")),
  text("last_modified", ({ page }) => header(page.headers, "last-modified")),
];
