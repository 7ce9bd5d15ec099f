// A URL that could not be fetched for good is told on raw.page.dlq before its end counts, so that the other machine's
// operators see it; the frontier's own row stays the truth. Whoever waits for a URL hears this way of every end without a page.
import { type Clock, uuidv7 } from "../base/index.ts";
import type { BatchStage, Sink, Verdict } from "../engine/index.ts";
import type { Code, DeadLetter, EndedPage, PageReport } from "../model/index.ts";
import type { WireRecord } from "../wire/index.ts";
import { batched } from "./frames.ts";

export function failureNotices(
  sink: Sink<WireRecord, Code>,
  clock: Clock,
): BatchStage<EndedPage, PageReport, Code> {
  return {
    ...batched(sink),
    name: "notices",
    async handle(batch: readonly EndedPage[], work) {
      const failed = batch.filter(
        ({ report }) => report.outcome === "failed" || report.request.tasks !== undefined,
      );
      // What the broker refuses of a notice changes nothing about the end.
      if (failed.length > 0) {
        const letters = failed.map(({ report }) => noticeOf(report, clock.nowMs()));
        await sink.write(
          letters.map((letter) => ({ kind: "dead", letter })),
          work.signal,
        );
      }
      return batch.map(({ report }): Verdict<PageReport, Code> => ({ kind: "emit", outputs: [report] }));
    },
  };
}

function noticeOf(report: PageReport, diedAtMs: number): DeadLetter {
  const { status, outcome } = report;
  const { tasks } = report.request;
  return {
    id: uuidv7(diedAtMs),
    stage: "fetch",
    topic: "raw.page.dlq",
    captureId: report.request.captureId,
    url: report.request.url,
    code: report.code ?? "internal",
    message: report.message ?? "",
    diedAtMs,
    payload: null,
    origin: "ingestor",
    ...(tasks === undefined ? {} : { tasks: { ids: tasks, status, skipped: outcome !== "failed" } }),
  };
}
