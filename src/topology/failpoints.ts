// Puts the named places of base/failpoint.ts behind a room's face, so that no room knows of them: a kill test arms one by
// name and the process ends there.
import { failpoint } from "../base/index.ts";
import type { BatchStage, Sink, Source, Stage, Verdict, Work } from "../engine/index.ts";
import { batched, sourced } from "./frames.ts";

/** Passed after each read: the lease is durable and nothing has been fetched. */
export function sourceAtFailpoint<T>(name: string, source: Source<T>): Source<T> {
  return {
    ...sourced(source),
    async read(signal: AbortSignal) {
      const delivery = await source.read(signal);
      if (delivery !== null) failpoint(name);
      return delivery;
    },
  };
}

/** Passed after each record that was handled. */
export function stageAtFailpoint<In, Out, Code extends string>(
  name: string,
  stage: Stage<In, Out, Code>,
): Stage<In, Out, Code> {
  return {
    name: stage.name,
    concurrencyMax: stage.concurrencyMax,
    urgentMax: stage.urgentMax ?? 0,
    deadlineMs: stage.deadlineMs,
    async handle(input: In, work: Work): Promise<Verdict<Out, Code>> {
      const verdict = await stage.handle(input, work);
      failpoint(name);
      return verdict;
    },
  };
}

/** Passed after each batch whose work is durable. */
export function batchAtFailpoint<In, Out, Code extends string>(
  name: string,
  stage: BatchStage<In, Out, Code>,
): BatchStage<In, Out, Code> {
  return {
    ...batched(stage),
    async handle(batch: readonly In[], work: Work) {
      const verdicts = await stage.handle(batch, work);
      failpoint(name);
      return verdicts;
    },
  };
}

/** Passed before each batch is written. */
export function sinkAtFailpoint<T, Code extends string>(name: string, sink: Sink<T, Code>): Sink<T, Code> {
  return {
    ...batched(sink),
    write(batch, signal) {
      failpoint(name);
      return sink.write(batch, signal);
    },
  };
}
