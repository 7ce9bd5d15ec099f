// Small adapters where two rooms meet: they change what a face hands on, never what it does.
import {
  type Actor,
  type BatchStage,
  type Delivery,
  type Sink,
  type Source,
  Stopped,
  type Verdict,
  type Work,
} from "../engine/index.ts";
import type { Code, EndedPage, FrontierRecord, FrontierReport, PageReport } from "../model/index.ts";
import type { Tally } from "./tally.ts";

/** `--out` between an end and its report: the line is durable first. */
export function reportsOf(
  out: BatchStage<EndedPage, EndedPage, Code>,
): BatchStage<EndedPage, PageReport, Code> {
  return {
    name: out.name,
    batch: out.batch,
    deadlineMs: out.deadlineMs,
    connect: (signal) => out.connect(signal),
    async handle(batch: readonly EndedPage[], work: Work) {
      const verdicts = await out.handle(batch, work);
      return verdicts.map(
        (verdict): Verdict<PageReport, Code> =>
          verdict.kind === "emit"
            ? { kind: "emit", outputs: verdict.outputs.map(({ report }) => report) }
            : verdict,
      );
    },
    close: () => out.close(),
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

/** Counts what the frontier has taken. */
export function counting(sink: Sink<FrontierReport>, tally: Tally): Sink<FrontierReport> {
  return {
    name: sink.name,
    batch: sink.batch,
    deadlineMs: sink.deadlineMs,
    connect: (signal) => sink.connect(signal),
    async write(batch, signal) {
      const written = await sink.write(batch, signal);
      tally.took(batch.filter((_, at) => written[at]?.kind === "written"));
      return written;
    },
    close: () => sink.close(),
  };
}

/** Counts the ends that came back from another machine and that the frontier has taken. */
export function countingReturns(sink: Sink<FrontierRecord>, tally: Tally): Sink<FrontierRecord> {
  return {
    name: sink.name,
    batch: sink.batch,
    deadlineMs: sink.deadlineMs,
    connect: (signal) => sink.connect(signal),
    async write(batch, signal) {
      const written = await sink.write(batch, signal);
      const taken = batch.filter((_, at) => written[at]?.kind === "written");
      tally.took(taken.flatMap((record) => (record.kind === "end" ? [record.report] : [])));
      return written;
    },
    close: () => sink.close(),
  };
}

/** A source's records as another room wants them. */
export function mapped<From, To>(source: Source<From>, of: (payload: From) => To): Source<To> {
  return {
    name: source.name,
    inFlightMax: source.inFlightMax,
    connect: (signal) => source.connect(signal),
    async read(signal: AbortSignal): Promise<Delivery<To> | null> {
      const delivery = await source.read(signal);
      return delivery === null ? null : { ...delivery, payload: of(delivery.payload) };
    },
    close: () => source.close(),
  };
}

/** An actor that has nothing to finish: a drain is its end. */
export function endingWithDrain(actor: Actor): Actor {
  const draining = new AbortController();
  return {
    name: actor.name,
    drain: () => draining.abort(new Error("draining")),
    async run(signal) {
      try {
        await actor.run(AbortSignal.any([signal, draining.signal]));
      } catch (thrown) {
        if (signal.aborted || !draining.signal.aborted) throw thrown;
      }
    },
  };
}

/**
 * What a run that is broken off had in hand keeps its lease: some of it is in the segments already, and only the next start
 * can look. Given back at once it would be fetched, and written, again.
 */
export function leasesKept<T>(source: Source<T>, isBrokenOff: () => boolean): Source<T> {
  return {
    name: source.name,
    inFlightMax: source.inFlightMax,
    connect: (signal) => source.connect(signal),
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
    close: () => source.close(),
  };
}
