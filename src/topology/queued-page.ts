// A page in the render queue, as the text its row keeps: what the browser needs of it beside its capture, what the router
// learns from, and how it ended. The one place that knows this text.
import { z } from "zod";
import { err, ok, type Result } from "../base/index.ts";
import type { PageRequest, RouteEvidence } from "../model/index.ts";
import { CODES, type Document, type PageReport, type RedirectReport } from "../model/index.ts";
import { verdictFields } from "../store/index.ts";
import type { RichPage } from "./process-stage.ts";

/** What of the bare answer's document outlives the wait: what the rendered one takes over, and what says how thin it was. */
export type BareDocument = Pick<
  Document,
  | "signature"
  | "charset"
  | "charsetSource"
  | "contentType"
  | "decodedBytes"
  | "simhash"
  | "statistics"
  | "evidence"
>;

const text = z.string();
const nullableText = z.string().nullable();
const lane = z.enum(["fast", "rich"]);
const outcome = z.enum(["stored", "failed", "skipped"]);
const code = z.enum(CODES).nullable();

const request = z.object({
  kind: z.enum(["page", "robots", "sitemap"]),
  captureId: text,
  url: text,
  host: text,
  crawlId: text,
  depth: z.number(),
  attempt: z.number(),
  redirects: z.number(),
  given: z.boolean(),
  referrer: nullableText,
  validators: z
    .object({ etag: nullableText, lastModified: nullableText, signature: nullableText })
    .nullable(),
  lane: z.enum(["auto", "fast", "rich"]),
  verdict: z
    .object({ outcome, code, message: nullableText, status: z.number().nullable(), finalUrl: text })
    .nullable(),
  tasks: z.array(text).exactOptional(),
  recipe: text.exactOptional(),
  urgent: z.literal(true).exactOptional(),
}) satisfies z.ZodType<PageRequest>;

/** Its numbers are the extraction's, which may know more of them than the one that wrote the row. */
const evidence = z.custom<RouteEvidence>(
  (value) => z.looseObject({ markers: z.array(text) }).safeParse(value).success,
);

const bareDocument = z.object({
  signature: text,
  charset: text,
  charsetSource: z.enum(["bom", "header", "meta", "detected", "default"]),
  contentType: text,
  decodedBytes: z.number(),
  simhash: text,
  statistics: z.object({
    visibleLength: z.number(),
    textLength: z.number(),
    wordCount: z.number(),
    linkDensity: z.number(),
    scriptBytes: z.number(),
  }),
  evidence,
}) satisfies z.ZodType<BareDocument>;

const queuedPage = z.object({ request, verdict: verdictFields, document: bareDocument });
export type QueuedPage = z.output<typeof queuedPage>;

const report = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("page"),
    request,
    outcome,
    code,
    message: nullableText,
    status: z.number().nullable(),
    finalUrl: text,
    lane: lane.nullable(),
    validators: z.object({ etag: nullableText, lastModified: nullableText }).nullable(),
    signature: nullableText,
    fetchedAtMs: z.number().nullable(),
    links: z.array(text),
    followers: z.array(text),
  }),
  z.object({
    kind: z.literal("redirect"),
    request,
    status: z.number(),
    target: text,
    setCookie: z.boolean(),
  }),
]) satisfies z.ZodType<PageReport | RedirectReport>;

export function encodeQueued({ page, document, verdict }: RichPage): string {
  const { signature, charset, charsetSource, contentType, decodedBytes } = document;
  const { simhash, statistics, evidence } = document;
  const bare: BareDocument = {
    signature,
    charset,
    charsetSource,
    contentType,
    decodedBytes,
    simhash,
    statistics,
    evidence,
  };
  return JSON.stringify({ request: page.request, verdict, document: bare });
}

/** The error is one line. */
export const decodeQueued = (kept: string): Result<QueuedPage, string> => decoded(kept, queuedPage);

export const encodeEnd = (end: PageReport | RedirectReport): string => JSON.stringify(end);

export const decodeEnd = (kept: string): Result<PageReport | RedirectReport, string> => decoded(kept, report);

function decoded<T>(kept: string, shape: z.ZodType<T>): Result<T, string> {
  let value: unknown;
  try {
    value = JSON.parse(kept);
  } catch {
    return err("no JSON");
  }
  const parsed = shape.safeParse(value);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  return err(`${issue?.path.join(".") ?? ""}: ${issue?.message ?? "of another form"}`);
}
