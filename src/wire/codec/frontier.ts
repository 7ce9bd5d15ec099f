// The records of frontier.links as messages: ends, interim reports, other ingestors' URLs and scope, orders to fetch. Lists of URLs
// that are long travel as one zstd frame of lines: a URL holds no line break.
import { z } from "zod";
import { err, ok, type Result } from "../../base/index.ts";
import type { FrontierRecord, PageReport, RedirectReport } from "../../model/index.ts";
import { undecodable, type WireFailure } from "../failure.ts";
import { captureIdOf, decodeMessage, encodeMessage, type Message, parseMessage } from "./message.ts";
import {
  captureId,
  code,
  count,
  fromRequestFields,
  host,
  outcome,
  recipeName,
  requestFields,
  status,
  text,
  timeMs,
  toRequestFields,
  url,
} from "./request.ts";
import { lineFields, packLines, unpackLines } from "./url-lines.ts";

const pageEnd = z.object({
  kind: z.literal("end"),
  report: z.literal("page"),
  capture_id: captureId,
  request: requestFields,
  outcome,
  code: code.nullable(),
  message: text.nullable(),
  status: status.nullable(),
  final_url: url,
  lane: z.enum(["fast", "rich"]).nullable(),
  validators: z.object({ etag: text.nullable(), last_modified: text.nullable() }).nullable(),
  signature: text.nullable(),
  fetched_at_ms: timeMs.nullable(),
  links: lineFields,
  followers: lineFields,
});

const redirectEnd = z.object({
  kind: z.literal("end"),
  report: z.literal("redirect"),
  capture_id: captureId,
  request: requestFields,
  status,
  target: url,
  set_cookie: z.boolean(),
});

const queued = z.object({ kind: z.literal("queued"), capture_id: captureId, url, host });
const urls = z.object({
  kind: z.literal("urls"),
  host,
  urls: lineFields,
  depth: count,
  given: z.boolean(),
  judged: z.boolean(),
  referrer: url.nullable(),
});
const joined = z.object({ kind: z.literal("joined"), host, keys: lineFields });
const order = z.object({
  kind: z.literal("order"),
  reason: z.enum(["refetch", "task"]),
  host,
  url,
  task: z
    .object({
      id: z.string().min(1).max(64),
      lane: z.enum(["auto", "fast", "rich"]),
      redirects: count.exactOptional(),
      urgent: z.literal(true).exactOptional(),
      recipe: recipeName.exactOptional(),
    })
    .exactOptional(),
});

export function encodeFrontierRecord(record: FrontierRecord): Uint8Array<ArrayBuffer> {
  switch (record.kind) {
    case "end":
      return encodeMessage(
        record.report.kind === "page" ? pageEndFields(record.report) : redirectFields(record.report),
      );
    case "queued":
      return encodeMessage({
        kind: "queued",
        capture_id: record.captureId,
        url: record.url,
        host: record.host,
      } satisfies z.input<typeof queued>);
    case "urls":
      return encodeMessage({
        kind: "urls",
        capture_id: null,
        host: record.host,
        urls: packLines(record.urls),
        depth: record.depth,
        given: record.given,
        judged: record.judged,
        referrer: record.referrer,
      });
    case "joined":
      return encodeMessage({
        kind: "joined",
        capture_id: null,
        host: record.host,
        keys: packLines(record.keys),
      });
    case "order":
      return encodeMessage({
        kind: "order",
        capture_id: null,
        reason: record.reason,
        host: record.host,
        url: record.url,
        ...(record.task === undefined ? {} : { task: record.task }),
      });
  }
}

function pageEndFields(report: PageReport): z.input<typeof pageEnd> {
  const { validators } = report;
  return {
    kind: "end",
    report: "page",
    capture_id: report.request.captureId,
    request: toRequestFields(report.request),
    outcome: report.outcome,
    code: report.code,
    message: report.message,
    status: report.status,
    final_url: report.finalUrl,
    lane: report.lane,
    validators:
      validators === null ? null : { etag: validators.etag, last_modified: validators.lastModified },
    signature: report.signature,
    fetched_at_ms: report.fetchedAtMs,
    links: packLines(report.links),
    followers: packLines(report.followers),
  };
}

function redirectFields(report: RedirectReport): z.input<typeof redirectEnd> {
  return {
    kind: "end",
    report: "redirect",
    capture_id: report.request.captureId,
    request: toRequestFields(report.request),
    status: report.status,
    target: report.target,
    set_cookie: report.setCookie,
  };
}

/** Whatever the bytes are, the answer is a record or a failure. Never throws. */
export function decodeFrontierRecord(
  value: Uint8Array | null,
  bytesMax: number,
): Result<FrontierRecord, WireFailure> {
  const decoded = decodeMessage(value, bytesMax);
  if (!decoded.ok) return decoded;
  const message = decoded.value;
  switch (message.kind) {
    case "end":
      return message.report === "redirect" ? decodeRedirect(message) : decodePageEnd(message);
    case "queued": {
      const parsed = parseMessage(queued, message);
      if (!parsed.ok) return parsed;
      const { capture_id: id, url: of, host: at } = parsed.value;
      return ok({ kind: "queued", captureId: id, url: of, host: at });
    }
    case "urls":
      return decodeUrls(message);
    case "joined":
      return decodeJoined(message);
    case "order":
      return parseMessage(order, message);
    default: {
      const said = `kind ${JSON.stringify(message.kind)?.slice(0, 100)}`;
      return err(undecodable("invalid_field", said, captureIdOf(message)));
    }
  }
}

function decodeUrls(message: Message): Result<FrontierRecord, WireFailure> {
  const parsed = parseMessage(urls, message);
  if (!parsed.ok) return parsed;
  const list = unpackLines(parsed.value.urls, null);
  return list.ok ? ok({ ...parsed.value, urls: list.value }) : list;
}

function decodeJoined(message: Message): Result<FrontierRecord, WireFailure> {
  const parsed = parseMessage(joined, message);
  if (!parsed.ok) return parsed;
  const list = unpackLines(parsed.value.keys, null);
  return list.ok ? ok({ ...parsed.value, keys: list.value }) : list;
}

function decodeRedirect(message: Message): Result<FrontierRecord, WireFailure> {
  const parsed = parseMessage(redirectEnd, message);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;
  const report: RedirectReport = {
    kind: "redirect",
    request: fromRequestFields(fields.request, fields.capture_id),
    status: fields.status,
    target: fields.target,
    setCookie: fields.set_cookie,
  };
  return ok({ kind: "end", report });
}

function decodePageEnd(message: Message): Result<FrontierRecord, WireFailure> {
  const parsed = parseMessage(pageEnd, message);
  if (!parsed.ok) return parsed;
  const fields = parsed.value;
  const links = unpackLines(fields.links, fields.capture_id);
  if (!links.ok) return links;
  const followers = unpackLines(fields.followers, fields.capture_id);
  if (!followers.ok) return followers;
  const { validators } = fields;
  const report: PageReport = {
    kind: "page",
    request: fromRequestFields(fields.request, fields.capture_id),
    outcome: fields.outcome,
    code: fields.code,
    message: fields.message,
    status: fields.status,
    finalUrl: fields.final_url,
    lane: fields.lane,
    validators:
      validators === null ? null : { etag: validators.etag, lastModified: validators.last_modified },
    signature: fields.signature,
    fetchedAtMs: fields.fetched_at_ms,
    links: links.value,
    followers: followers.value,
  };
  return ok({ kind: "end", report });
}
