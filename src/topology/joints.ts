// Small adapters where two rooms meet: they change what a face hands on, never what it does.
import {
  type BatchStage,
  type Delivery,
  type Sink,
  type Source,
  Stopped,
  type Verdict,
  type Work,
} from "../engine/index.ts";
import type { Code, EndedPage, FrontierRecord, FrontierReport, PageReport } from "../model/index.ts";
import { batched, sourced } from "./frames.ts";
import type { Tally } from "./tally.ts";

/** `--out` between an end and its report: the line is durable first. */
export function reportsOf(
  out: BatchStage<EndedPage, EndedPage, Code>,
): BatchStage<EndedPage, PageReport, Code> {
  return {
    ...batched(out),
    async handle(batch: readonly EndedPage[], work: Work) {
      const verdicts = await out.handle(batch, work);
      return verdicts.map(
        (verdict): Verdict<PageReport, Code> =>
          verdict.kind === "emit"
            ? { kind: "emit", outputs: verdict.outputs.map(({ report }) => report) }
            : verdict,
      );
    },
  };
}

/** Without `--out` an end is its report at once. */
export function bareReports(batch: {
  readonly itemsMax: number;
  readonly bytesMax: number;
}): BatchStage<EndedPage, PageReport, Code> {
  return {
    name: "out",
    batch: { ...batch, lingerMs: 0, inFlightMax: 1 },
    deadlineMs: 10_000,
    connect: () => Promise.resolve(),
    handle: (ends) =>
      Promise.resolve(
        ends.map(({ report }): Verdict<PageReport, Code> => ({ kind: "emit", outputs: [report] })),
      ),
    close: () => Promise.resolve(),
  };
}

/** Counts the reports that the frontier has taken; of records from another machine those that are ends. */
export function counting<T extends FrontierReport | FrontierRecord>(sink: Sink<T>, tally: Tally): Sink<T> {
  return {
    ...batched(sink),
    async write(batch, signal) {
      const written = await sink.write(batch, signal);
      tally.took(batch.filter((_, at) => written[at]?.kind === "written").flatMap(reportsIn));
      return written;
    },
  };
}

function reportsIn(taken: FrontierReport | FrontierRecord): FrontierReport[] {
  switch (taken.kind) {
    case "end":
      return [taken.report];
    case "queued":
    case "urls":
    case "joined":
    case "order":
      return [];
    default:
      return [taken];
  }
}

/** Tells, once, that a source has nothing more. */
export function endTold<T>(source: Source<T>, tell: () => void): Source<T> {
  return {
    ...sourced(source),
    async read(signal: AbortSignal): Promise<Delivery<T> | null> {
      const delivery = await source.read(signal);
      if (delivery === null) tell();
      return delivery;
    },
  };
}

/** A source's records as another room wants them. */
export function mapped<From, To>(source: Source<From>, of: (payload: From) => To): Source<To> {
  return {
    ...sourced(source),
    async read(signal: AbortSignal): Promise<Delivery<To> | null> {
      const delivery = await source.read(signal);
      return delivery === null ? null : { ...delivery, payload: of(delivery.payload) };
    },
  };
}

/**
 * What a run that is broken off had in hand keeps its lease: some of it is in the segments already, and only the next start
 * can look. Given back at once it would be fetched, and written, again.
 */
export function leasesKept<T>(source: Source<T>, isBrokenOff: () => boolean): Source<T> {
  return {
    ...sourced(source),
    async read(signal: AbortSignal): Promise<Delivery<T> | null> {
      const delivery = await source.read(signal);
      if (delivery === null) return null;
      return {
        ...delivery,
        settle(outcome) {
          const isOpen = outcome.kind === "errored" && (isBrokenOff() || outcome.error instanceof Stopped);
          if (!isOpen) delivery.settle(outcome);
        },
      };
    },
  };
}
