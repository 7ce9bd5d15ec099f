// What a record holds in memory, roughly, so that channels bound bytes and not only counts. Two bytes a character is what a
// string costs at most; a document's text, Markdown and HTML are what weighs.
import type {
  DeadLetter,
  Document,
  FrontierRecord,
  FrontierReport,
  Page,
  ProcessedPage,
} from "../model/index.ts";
import type { WireRecord } from "../wire/index.ts";
import type { HandedBack } from "./hand-back.ts";
import type { CapturedPage } from "./process-stage.ts";
import type { Claimed } from "./queue-claims.ts";

const RECORD_BYTES = 1_024;

const documentBytes = ({ text, markdown, html, links }: Document): number =>
  2 * (text.length + markdown.length + html.length) + 200 * links.length;

export const captureBytes = ({ page }: CapturedPage): number => page.body.byteLength + RECORD_BYTES;

export const pageBytes = ({ page, document, screenshot }: ProcessedPage): number =>
  page.body.byteLength + documentBytes(document) + (screenshot?.bytes.byteLength ?? 0) + RECORD_BYTES;

export const claimedBytes = (claimed: Claimed): number =>
  RECORD_BYTES + (claimed.kind === "show" ? claimed.page.page.body.byteLength : 0);

export function endBytes(end: HandedBack): number {
  if ("kind" in end) return end.kind === "queued" ? RECORD_BYTES : reportBytes(end);
  const { page, document, report } = end;
  return (
    (page?.body.byteLength ?? 0) + (document === null ? 0 : documentBytes(document)) + reportBytes(report)
  );
}

export function reportBytes(report: FrontierReport): number {
  if (report.kind === "page") return RECORD_BYTES + 150 * report.links.length;
  return RECORD_BYTES + (report.kind === "control" ? report.body.byteLength : 0);
}

export const fetchedBytes = ({ body }: Page): number => body.byteLength + RECORD_BYTES;

export function recordBytes(record: FrontierRecord): number {
  if (record.kind === "end") return reportBytes(record.report);
  if (record.kind === "urls") return RECORD_BYTES + 150 * record.urls.length;
  return RECORD_BYTES + (record.kind === "joined" ? 50 * record.keys.length : 0);
}

export function wireBytes(record: WireRecord): number {
  if (record.kind === "frontier") return recordBytes(record.record);
  if (record.kind === "raw") return RECORD_BYTES + record.value.byteLength;
  return record.kind === "dead" ? letterBytes(record.letter) : RECORD_BYTES;
}

export const letterBytes = ({ payload }: DeadLetter): number => RECORD_BYTES + (payload?.byteLength ?? 0);
