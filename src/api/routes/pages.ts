// `/pages`: what was crawled: found by words, host or lane; each as Markdown, as HTML, as it came, as a picture. A stored page is a
// stranger's: shown as HTML it runs nothing and loads nothing.
import { z } from "zod";
import { inflateBody } from "../../base/index.ts";
import { header } from "../../model/index.ts";
import type { PageRow } from "../../store/index.ts";
import type { ApiApp } from "../app.ts";
import type { ApiFaces } from "../faces.ts";
import { ProblemError } from "../problems.ts";
import { answerIn, cursorOut, given, isoOf, problems, sliceOf, time } from "../shapes.ts";

const lane = z.enum(["fast", "rich"]);

const pageSchema = z
  .object({
    id: z.string(),
    url: z.string(),
    final_url: z.string(),
    domain: z.string(),
    status: z.int(),
    content_type: z.string(),
    charset: z.string(),
    title: z.string().nullable(),
    description: z.string().nullable(),
    lang: z.string().nullable(),
    author: z.string().nullable(),
    published_at: z.string().nullable(),
    site_name: z.string().nullable(),
    lane,
    lane_wanted: lane,
    score: z.int(),
    text_length: z.int(),
    word_count: z.int(),
    link_count: z.int(),
    bytes: z.number(),
    depth: z.int(),
    content_hash: z.string(),
    simhash: z.string(),
    noindex: z.boolean(),
    capture_id: z.string(),
    first_fetched: time,
    last_fetched: time,
    has_screenshot: z.boolean(),
  })
  .meta({ id: "Page" });

const INFLATE = { outputBytesMax: 100 * 1024 * 1024, encodingsMax: 5 };
const HARMLESS =
  "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

export function pageRoutes(app: ApiApp, { store, limitMax }: ApiFaces): void {
  const tags = ["pages"];
  const { metadata, content } = store;
  const params = z.object({ id: z.string().regex(/^[0-9a-f]{64}$/, "must be 64 hexadecimal digits") });
  const pageOf = async (id: string): Promise<PageRow> => {
    const page = await metadata.page(id);
    if (page === null) throw new ProblemError("not-found", `no page ${id}`);
    return page;
  };

  app.get(
    "/pages",
    {
      schema: {
        tags,
        summary: "Stored pages, newest words first where `q` is given",
        querystring: z.strictObject({
          ...sliceOf(limitMax),
          domain: z.string().min(1).max(253).optional(),
          lane: lane.optional(),
          lang: z.string().min(1).max(35).optional(),
          q: z.string().min(1).max(1_000).optional(),
        }),
        response: { 200: z.object({ items: z.array(pageSchema), cursor: cursorOut }), ...problems },
      },
    },
    async ({ query: { limit, ...filter } }) => {
      const { items, cursor } = await metadata.pages({ limit, ...given(filter) });
      return { items: items.map(shown), cursor };
    },
  );
  app.get(
    "/pages/:id",
    { schema: { tags, summary: "A page", params, response: { 200: pageSchema, ...problems } } },
    async ({ params: { id } }) => shown(await pageOf(id)),
  );
  app.get(
    "/pages/:id/markdown",
    {
      schema: {
        tags,
        summary: "Its main content as Markdown",
        params,
        response: { 200: answerIn(["text/markdown"], "Markdown (CommonMark with GFM)"), ...problems },
      },
    },
    async ({ params: { id } }, reply) => {
      const { markdown } = await pageOf(id);
      reply.header("content-type", "text/markdown; charset=utf-8");
      return reply.send(await content.readMarkdown(markdown));
    },
  );
  app.get(
    "/pages/:id/html",
    {
      schema: {
        tags,
        summary: "Its body, harmless to look at",
        params,
        response: { 200: answerIn(["text/html"], "the body as it was sent, in a sandbox"), ...problems },
      },
    },
    async ({ params: { id } }, reply) => {
      const { raw, charset } = await pageOf(id);
      const capture = await content.readCapture(raw);
      const inflated = inflateBody(capture.body, header(capture.headers, "content-encoding"), INFLATE);
      if (!inflated.ok) throw new ProblemError("not-found", "its body cannot be decoded");
      reply.header("content-type", `text/html; charset=${charset}`);
      reply.header("content-security-policy", HARMLESS);
      return reply.send(Buffer.from(inflated.value.bytes));
    },
  );
  app.get(
    "/pages/:id/raw",
    {
      schema: {
        tags,
        summary: "Its body as it came, still content-encoded",
        params,
        response: { 200: answerIn(["application/octet-stream"], "bytes"), ...problems },
      },
    },
    async ({ params: { id } }, reply) => {
      const { raw } = await pageOf(id);
      const { body, headers } = await content.readCapture(raw);
      reply.header("content-type", "application/octet-stream");
      reply.header("content-disposition", `attachment; filename="${id.slice(0, 16)}.bin"`);
      reply.header("x-original-content-type", printable(header(headers, "content-type")));
      reply.header("x-original-content-encoding", printable(header(headers, "content-encoding")));
      return reply.send(Buffer.from(body));
    },
  );
  app.get(
    "/pages/:id/screenshot",
    {
      schema: {
        tags,
        summary: "Its picture, of a page that a browser showed",
        params,
        response: { 200: answerIn(["image/png", "image/jpeg", "image/webp"], "a picture"), ...problems },
      },
    },
    async ({ params: { id } }, reply) => {
      const { screenshot } = await pageOf(id);
      if (screenshot === null) throw new ProblemError("not-found", `page ${id} was not pictured`);
      const { mediaType, bytes } = await content.readScreenshot(screenshot);
      return reply.header("content-type", mediaType).send(Buffer.from(bytes));
    },
  );
}

/** A header that came from outside goes out without what a header must not hold. */
const printable = (value: string | null): string =>
  (value ?? "").replace(/[^\u0020-\u007e]/g, "").slice(0, 1_000);

const shown = (page: PageRow): z.output<typeof pageSchema> => ({
  id: page.urlSha256,
  url: page.url,
  final_url: page.finalUrl,
  domain: page.domain,
  status: page.status,
  content_type: page.contentType,
  charset: page.charset,
  title: page.title,
  description: page.description,
  lang: page.lang,
  author: page.author,
  published_at: page.publishedAt,
  site_name: page.siteName,
  lane: page.lane,
  lane_wanted: page.laneWanted,
  score: page.score,
  text_length: page.textLength,
  word_count: page.wordCount,
  link_count: page.linkCount,
  bytes: page.bytes,
  depth: page.depth,
  content_hash: page.contentHash,
  simhash: page.simhash,
  noindex: page.noindex,
  capture_id: page.captureId,
  first_fetched: isoOf(page.firstFetchedMs),
  last_fetched: isoOf(page.lastFetchedMs),
  has_screenshot: page.screenshot !== null,
});
