// A processed page as its records, `response` and `conversion` with the picture ahead of them, and back. What WARC has no
// field for (crawl, depth, verdict …) rides in one header of our own, as ASCII JSON, so that the database can be rebuilt
// from segments alone.
import { createHash, hash } from "node:crypto";
import { z } from "zod";
import { asError } from "../../base/index.ts";
import type { PageRequest, ProcessedPage, RawLocation } from "../../model/index.ts";
import { header } from "../../model/index.ts";
import { RecordDamaged } from "../errors.ts";
import type { CaptureWithBody, RenderedDocument, StoredCapture, StoredLocations } from "../faces.ts";
import { deflatedMember, type Member, storedMember } from "./gzip-member.ts";
import { decodeHttpHead, encodeHttpHead } from "./http-block.ts";
import { DOCUMENT_FIELD, decodeRendered, encodeRendered } from "./rendered-document.ts";
import { encodeScreenshot } from "./screenshot-record.ts";
import {
  ascii,
  decodeWarcHead,
  encodeWarcHead,
  RECORD_END,
  recordId,
  uuidOf,
  type WarcFields,
  type WarcHead,
  warcDate,
} from "./warc-record.ts";

const lane = z.enum(["fast", "rich"]);

const captureFields = z.object({
  crawl: z.string(),
  host: z.string(),
  depth: z.number(),
  attempt: z.number(),
  redirects: z.number(),
  given: z.boolean(),
  referrer: z.string().nullable(),
  lane: z.enum(["auto", "fast", "rich"]),
  elapsed_ms: z.number(),
  verdict: z.object({
    lane,
    wanted: lane,
    score: z.number(),
    rules: z.array(
      z.object({
        rule: z.string(),
        points: z.number(),
        by: z.enum(["table", "evidence", "memory", "operator"]).exactOptional(),
      }),
    ),
    reason: z.string().nullable(),
    need: z.number().exactOptional(),
    audit: z.boolean().exactOptional(),
  }),
  /** Bytes of the conversion member that follows. */
  markdown_length: z.number(),
  /** Bytes of the picture's member, which lies right ahead. */
  screenshot_length: z.number().optional(),
});
/** A verdict as it is kept. */
export const verdictFields = captureFields.shape.verdict;
type CaptureFields = z.infer<typeof captureFields>;

const CAPTURE_FIELD = "WARC-Millrace-Capture";

const sha256 = (bytes: Uint8Array): string => hash("sha256", bytes, "hex");

/** The id of what was made of a capture, always the same: a UUIDv8 (RFC 9562, section 5.8) of the capture's id. */
export function madeOfId(what: string, captureId: string): string {
  const hex = hash("sha256", `${what} of ${captureId}`, "hex");
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

export interface PageMembers {
  /** Of a page that was pictured. */
  readonly screenshot: Member | null;
  /** Or, of a page whose capture is stored already, what tells where. */
  readonly response: Member;
  readonly conversion: Member;
  /** Not null when the capture is stored already: there. */
  readonly raw: RawLocation | null;
}

/** Body already compressed by a content coding: another deflate would cost and gain nothing. */
function isCoded(page: ProcessedPage["page"]): boolean {
  const coding = header(page.headers, "content-encoding")?.trim().toLowerCase() ?? "";
  return coding !== "" && coding !== "identity";
}

/** Both members of a page, compressed off the main thread. `level` 1..9. */
export async function encodePage(input: ProcessedPage, level: number): Promise<PageMembers> {
  const { page, verdict } = input;
  const { request } = page;
  const date = warcDate(page.fetchedAtMs);
  const isShown = verdict.lane === "rich" && input.rendering !== "due";
  const conversion = await encodeConversion(input, madeOfId("conversion", request.captureId), isShown, level);

  const screenshot = encodePicture(input);
  const fields: CaptureFields = {
    crawl: request.crawlId,
    host: request.host,
    depth: request.depth,
    attempt: request.attempt,
    redirects: request.redirects,
    given: request.given,
    referrer: request.referrer,
    lane: request.lane,
    elapsed_ms: page.elapsedMs,
    verdict: { ...verdict, rules: [...verdict.rules] },
    markdown_length: conversion.length,
    ...(screenshot === null ? {} : { screenshot_length: screenshot.length }),
  };
  const httpHead = encodeHttpHead(page, page.body.byteLength);
  const warcFields: WarcFields = [
    ["WARC-Type", "response"],
    ["WARC-Record-ID", recordId(request.captureId)],
    ["WARC-Target-URI", page.url],
    ["WARC-Date", date],
    ...(page.remoteAddress === null ? [] : ([["WARC-IP-Address", page.remoteAddress]] as const)),
    ["WARC-Protocol", page.protocol],
    ["WARC-Block-Digest", `sha256:${createHash("sha256").update(httpHead).update(page.body).digest("hex")}`],
    ["WARC-Payload-Digest", `sha256:${sha256(page.body)}`],
    ...(page.truncated ? ([["WARC-Truncated", "disconnect"]] as const) : []),
    [CAPTURE_FIELD, ascii(JSON.stringify(fields))],
    ["Content-Type", "application/http;msgtype=response"],
  ];
  const parts = [
    encodeWarcHead(warcFields, httpHead.byteLength + page.body.byteLength),
    httpHead,
    page.body,
    RECORD_END,
  ];
  const response = isCoded(page) ? storedMember(parts) : await deflatedMember(parts, level);
  return { screenshot, response, conversion, raw: null };
}

export const encodePicture = ({ page, screenshot }: ProcessedPage): Member | null =>
  screenshot === undefined
    ? null
    : encodeScreenshot(page, screenshot, madeOfId("screenshot", page.request.captureId));

/** `isShown`: a browser showed the document. */
export function encodeConversion(
  { page, document }: Pick<ProcessedPage, "page" | "document">,
  id: string,
  isShown: boolean,
  level: number,
): Promise<Member> {
  const text = Buffer.from(document.markdown, "utf8");
  const head = encodeWarcHead(
    [
      ["WARC-Type", "conversion"],
      ["WARC-Record-ID", recordId(id)],
      ["WARC-Target-URI", page.url],
      ["WARC-Date", warcDate(page.fetchedAtMs)],
      ["WARC-Refers-To", recordId(page.request.captureId)],
      ["WARC-Block-Digest", `sha256:${sha256(text)}`],
      ...(isShown ? ([[DOCUMENT_FIELD, encodeRendered(document)]] as const) : []),
      ["Content-Type", "text/markdown;charset=utf-8"],
    ],
    text.byteLength,
  );
  return deflatedMember([head, text, RECORD_END], level);
}

export const chunksOf = (members: readonly PageMembers[]): Uint8Array[] =>
  members.flatMap(({ screenshot, response, conversion }) => [
    ...(screenshot?.chunks ?? []),
    ...response.chunks,
    ...conversion.chunks,
  ]);

export const bytesOf = (members: readonly PageMembers[]): number =>
  members.reduce(
    (sum, { screenshot, response, conversion }) =>
      sum + (screenshot?.length ?? 0) + response.length + conversion.length,
    0,
  );

/** Where the members lie in the segment `key` when the first begins at `offset` and each follows the last. */
export function locationsOf(members: readonly PageMembers[], key: string, offset: number): StoredLocations[] {
  let at = offset;
  const place = ({ length }: Member): RawLocation => {
    const location = { key, offset: at, length };
    at += length;
    return location;
  };
  return members.map(({ screenshot, response, conversion, raw }) => {
    const pictured = screenshot === null ? {} : { screenshot: place(screenshot) };
    const first = place(response);
    return { ...pictured, raw: raw ?? first, markdown: place(conversion) };
  });
}

/** A capture's own, without the rest of it. */
export const pageLocations = ({ raw, markdown, screenshot }: StoredLocations): StoredLocations => ({
  raw,
  markdown,
  ...(screenshot === undefined ? {} : { screenshot }),
});

function requestOf(captureId: string, url: string, fields: CaptureFields): PageRequest {
  return {
    kind: "page",
    captureId,
    url,
    host: fields.host,
    crawlId: fields.crawl,
    depth: fields.depth,
    attempt: fields.attempt,
    redirects: fields.redirects,
    given: fields.given,
    referrer: fields.referrer,
    validators: null,
    lane: fields.lane,
    verdict: null,
  };
}

/** A response record's start as a capture; null when more bytes are needed. `plain` starts with the record. */
export function decodeCapture(
  plain: Buffer,
  raw: RawLocation,
): { capture: StoredCapture; bodyAt: number } | null {
  const where = `${raw.key}:${raw.offset}`;
  const head = decodeWarcHead(plain);
  if (head === null) return null;
  const httpEnd = plain.indexOf(RECORD_END, head.headBytes);
  if (httpEnd < 0) return null;
  const http = decodeHttpHead(plain.toString("latin1", head.headBytes, httpEnd));
  const captureId = uuidOf(head.fields.get("warc-record-id"));
  const url = head.fields.get("warc-target-uri");
  if (http === null || captureId === null || url === undefined || !isResponse(head)) {
    throw new RecordDamaged(where, "not a response record of this store");
  }
  const fields = fieldsOf(head, where);
  const bodyAt = httpEnd + RECORD_END.byteLength;
  return {
    bodyAt,
    capture: {
      request: requestOf(captureId, url, fields),
      url,
      status: http.status,
      statusText: http.statusText,
      headers: http.headers,
      protocol: head.fields.get("warc-protocol") === "h2" ? "h2" : "http/1.1",
      remoteAddress: head.fields.get("warc-ip-address") ?? null,
      fetchedAtMs: Date.parse(head.fields.get("warc-date") ?? ""),
      elapsedMs: fields.elapsed_ms,
      truncated: head.fields.has("warc-truncated"),
      verdict: fields.verdict,
      bodyBytes: head.headBytes + head.blockBytes - bodyAt,
      bodySha256: (head.fields.get("warc-payload-digest") ?? "").replace("sha256:", ""),
      raw,
      markdown: { key: raw.key, offset: raw.offset + raw.length, length: fields.markdown_length },
      ...screenshotBefore(raw, fields.screenshot_length),
    },
  };
}

/** A picture's place, right ahead of a record. */
export const screenshotBefore = (
  { key, offset }: RawLocation,
  length: number | undefined,
): Pick<StoredLocations, "screenshot"> =>
  length === undefined ? {} : { screenshot: { key, offset: offset - length, length } };

function fieldsOf(head: WarcHead, where: string): CaptureFields {
  try {
    return captureFields.parse(JSON.parse(head.fields.get(CAPTURE_FIELD.toLowerCase()) ?? "null"));
  } catch (thrown) {
    throw new RecordDamaged(where, "its capture header is not readable", asError(thrown));
  }
}

export const isResponse = (head: WarcHead): boolean => head.fields.get("warc-type") === "response";

/** A whole response record, body and digest checked. */
export function decodeCaptureWithBody(plain: Buffer, raw: RawLocation): CaptureWithBody {
  const decoded = decodeCapture(plain, raw);
  if (decoded === null) throw new RecordDamaged(`${raw.key}:${raw.offset}`, "no whole record");
  const { capture, bodyAt } = decoded;
  const body = new Uint8Array(plain.subarray(bodyAt, bodyAt + capture.bodyBytes));
  if (sha256(body) !== capture.bodySha256) {
    throw new RecordDamaged(
      `${raw.key}:${raw.offset}`,
      "its body does not have the digest it was written with",
    );
  }
  return { ...capture, body };
}

function conversionOf(plain: Buffer, location: RawLocation): { head: WarcHead; markdown: string } {
  const head = decodeWarcHead(plain);
  if (head === null || head.fields.get("warc-type") !== "conversion") {
    throw new RecordDamaged(`${location.key}:${location.offset}`, "not a conversion record");
  }
  return { head, markdown: plain.toString("utf8", head.headBytes, head.headBytes + head.blockBytes) };
}

export const decodeMarkdown = (plain: Buffer, location: RawLocation): string =>
  conversionOf(plain, location).markdown;

/** Null where no browser showed the page. */
export function decodeConversion(plain: Buffer, location: RawLocation): RenderedDocument | null {
  const { head, markdown } = conversionOf(plain, location);
  const value = head.fields.get(DOCUMENT_FIELD.toLowerCase());
  if (value === undefined) return null;
  return { markdown, document: decodeRendered(value, `${location.key}:${location.offset}`) };
}

/** The first record of a segment (section 6.2). */
export function encodeWarcinfo(
  file: string,
  software: string,
  atMs: number,
  uuid: string,
  level: number,
): Promise<Member> {
  const block = Buffer.from(
    `software: ${software}\r\nformat: WARC File Format 1.1\r\nconformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n`,
    "utf8",
  );
  const head = encodeWarcHead(
    [
      ["WARC-Type", "warcinfo"],
      ["WARC-Record-ID", recordId(uuid)],
      ["WARC-Date", warcDate(atMs)],
      ["WARC-Filename", file],
      ["Content-Type", "application/warc-fields"],
    ],
    block.byteLength,
  );
  return deflatedMember([head, block, RECORD_END], level);
}
