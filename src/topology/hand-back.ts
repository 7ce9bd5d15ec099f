// The end of a page on the processor: an event for those who follow the store, and the report to the ingestor that waits for
// it. Event before report in one batch: who hears of a stored page from the report finds it told.
import { hash } from "node:crypto";
import type { Sink, Written } from "../engine/index.ts";
import type { Code, EndedPage, FrontierReport, ReturnedQueued, SavedEvent } from "../model/index.ts";
import type { WireRecord } from "../wire/index.ts";
import { batched } from "./frames.ts";
import type { Tally } from "./tally.ts";

/** What leaves the line: an end, a redirect, or the word that a page waits for a browser. */
export type HandedBack = EndedPage | FrontierReport | ReturnedQueued;

export function handBack(sink: Sink<WireRecord, Code>, tally: Tally): Sink<HandedBack, Code> {
  return {
    ...batched(sink),
    name: "reports",
    async write(batch, signal) {
      const records = batch.map(recordsOf);
      const written = await sink.write(records.flat(), signal);
      let next = 0;
      const results = records.map((parts): Written<Code> => {
        const answers = written.slice(next, next + parts.length);
        next += parts.length;
        return answers.find(({ kind }) => kind === "rejected") ?? { kind: "written" };
      });
      tally.took(batch.filter((_, at) => results[at]?.kind === "written").flatMap(reportsIn));
      return results;
    },
  };
}

function reportsIn(end: HandedBack): FrontierReport[] {
  if (!("kind" in end)) return [end.report];
  return end.kind === "queued" ? [] : [end];
}

function recordsOf(end: HandedBack): WireRecord[] {
  if ("kind" in end && end.kind === "queued") return [{ kind: "frontier", record: end }];
  return reportsIn(end).flatMap((report): WireRecord[] => {
    // Only a page's end and the redirect it asked for leave the process stage.
    if (report.kind !== "page" && report.kind !== "redirect") return [];
    const saved = "kind" in end ? null : savedEvent(end);
    const back: WireRecord = { kind: "frontier", record: { kind: "end", report } };
    return saved === null ? [back] : [{ kind: "saved", event: saved }, back];
  });
}

function savedEvent({ page, document, report, stored }: EndedPage): SavedEvent | null {
  if (page === null || stored === undefined) return null;
  return {
    captureId: page.request.captureId,
    url: page.url,
    finalUrl: report.finalUrl,
    status: page.status,
    fetchedAtMs: page.fetchedAtMs,
    title: document?.title ?? null,
    rawSha256: hash("sha256", page.body, "hex"),
    raw: stored.raw,
    markdown: stored.markdown,
  };
}
