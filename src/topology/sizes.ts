// What a record holds in memory, roughly, so that channels bound bytes and not only counts. Two bytes a character is what a
// string costs at most; a document's text, Markdown and HTML are what weighs.
import type { Document, EndedPage, FrontierReport, ProcessedPage } from "../model/index.ts";
import type { CapturedPage } from "./process-stage.ts";

const RECORD_BYTES = 1_024;

const documentBytes = ({ text, markdown, html, links }: Document): number =>
  2 * (text.length + markdown.length + html.length) + 200 * links.length;

export const captureBytes = ({ page }: CapturedPage): number => page.body.byteLength + RECORD_BYTES;

export const pageBytes = ({ page, document }: ProcessedPage): number =>
  page.body.byteLength + documentBytes(document) + RECORD_BYTES;

export const endBytes = ({ page, document, report }: EndedPage): number =>
  (page?.body.byteLength ?? 0) + (document === null ? 0 : documentBytes(document)) + reportBytes(report);

export function reportBytes(report: FrontierReport): number {
  if (report.kind === "page") return RECORD_BYTES + 150 * report.links.length;
  return RECORD_BYTES + (report.kind === "control" ? report.body.byteLength : 0);
}
