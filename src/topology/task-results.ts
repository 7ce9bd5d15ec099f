// Where a URL's end meets whoever waits for it: tasks are answered before the frontier hears of the end, so that a crash between
// the two answers them again and loses none. Knows neither tasks nor their rows.
import type { RightOfWay } from "../base/index.ts";
import type { BatchStage, Sink, Stage, Work } from "../engine/index.ts";
import type { Code, DeadLetter, EndedPage, FrontierReport, PageReport } from "../model/index.ts";
import { type EndPolicy, storedReport } from "./end-of-page.ts";
import { batched } from "./frames.ts";
import type { HandedBack } from "./hand-back.ts";
import type { ProcessOutput } from "./process-stage.ts";

/** A URL that ended on another machine, without a page. */
export interface UnfetchedEnd {
  readonly tasks: readonly string[];
  readonly code: string;
  readonly message: string;
  readonly status: number | null;
  readonly captureId: string | null;
}

/** Lent by who keeps the tasks. Told again it changes nothing; rejects with NotConnected while it cannot, and is asked again. */
export interface TaskResults {
  /** Held by those that somebody stands waiting for. */
  readonly way: RightOfWay;
  /** Writes what became of `report.request.tasks` of each. */
  answer(ends: readonly EndedPage[], signal: AbortSignal): Promise<void>;
  answerUnfetched(ends: readonly UnfetchedEnd[], signal: AbortSignal): Promise<void>;
  /** The same as soon as it is known, without a promise: `answer` hears of the end again when page and row are safe. */
  answerSoon(end: EndedPage): void;
}

/** A lane, after which nothing but segment and row comes: who waits for the page need not wait for them. */
export function answeringSoon<In>(
  stage: Stage<In, ProcessOutput, Code>,
  results: TaskResults | null,
  policy: EndPolicy,
): Stage<In, ProcessOutput, Code> {
  if (results === null) return stage;
  return {
    ...stage,
    async handle(input, work) {
      const verdict = await stage.handle(input, work);
      if (verdict.kind !== "emit") return verdict;
      for (const output of verdict.outputs) {
        const end = soonEnd(output, policy);
        if (end?.report.request.tasks !== undefined) results.answerSoon(end);
      }
      return verdict;
    },
  };
}

function soonEnd(output: ProcessOutput, policy: EndPolicy): EndedPage | null {
  if (output.to === "out") return output.ended;
  if (output.to !== "store") return null;
  const { page, document, verdict } = output.page;
  return { report: storedReport(output.page, policy), page, document, verdict };
}

export function answeringTasks(
  stage: BatchStage<EndedPage, FrontierReport, Code>,
  results: TaskResults | null,
): BatchStage<EndedPage, FrontierReport, Code> {
  if (results === null) return stage;
  return {
    ...batched(stage),
    async handle(batch: readonly EndedPage[], work: Work) {
      const waitedFor = batch.filter(({ report }) => report.request.tasks !== undefined);
      if (waitedFor.length > 0) await results.answer(waitedFor, work.signal);
      return stage.handle(batch, work);
    },
  };
}

/** The same before what ended here is reported to the ingestor. */
export function answeringBeforeReport(
  sink: Sink<HandedBack, Code>,
  results: TaskResults | null,
): Sink<HandedBack, Code> {
  if (results === null) return sink;
  return {
    ...batched(sink),
    async write(batch, signal) {
      const ends = batch.flatMap(endOf).filter(({ report }) => report.request.tasks !== undefined);
      if (ends.length > 0) await results.answer(ends, signal);
      return sink.write(batch, signal);
    },
  };
}

function endOf(end: HandedBack): EndedPage[] {
  if (!("kind" in end)) return [end];
  return end.kind === "page" ? [bareEnd(end)] : [];
}

const bareEnd = (report: PageReport): EndedPage => ({ report, page: null, document: null, verdict: null });

/** And before what an ingestor could not fetch goes into the table of dead letters; of the rest nothing died. */
export function answeringNotices(sink: Sink<DeadLetter>, results: TaskResults | null): Sink<DeadLetter> {
  return {
    ...batched(sink),
    async write(batch, signal) {
      const ends = batch.flatMap(({ tasks, code, message, captureId }): UnfetchedEnd[] =>
        tasks === undefined ? [] : [{ tasks: tasks.ids, code, message, status: tasks.status, captureId }],
      );
      if (ends.length > 0) await results?.answerUnfetched(ends, signal);
      const dead = batch.filter(({ tasks }) => tasks?.skipped !== true);
      if (dead.length > 0) await sink.write(dead, signal);
      return batch.map(() => ({ kind: "written" }));
    },
  };
}
