// Runs a Sink: a batch stage that emits nothing, whose items end written or rejected. Knows no store.

import { BatchStageActor } from "./batch-stage-actor.ts";
import type { Channel } from "./channel.ts";
import type { BatchStage, Sink, Verdict } from "./faces.ts";
import type { NodeOptions } from "./node-options.ts";
import { Outlet } from "./outlet.ts";

const WRITTEN: Verdict<never> = { kind: "emit", outputs: [] };

export function sinkActor<T>(
  sink: Sink<T>,
  from: Channel<T>,
  options: NodeOptions,
): BatchStageActor<T, never> {
  return new BatchStageActor<T, never>(asBatchStage(sink), from, new Outlet(() => null), () => {}, options);
}

function asBatchStage<T>(sink: Sink<T>): BatchStage<T, never> {
  return {
    name: sink.name,
    batch: sink.batch,
    deadlineMs: sink.deadlineMs,
    connect: (signal) => sink.connect(signal),
    close: () => sink.close(),
    async handle(batch, work) {
      const results = await sink.write(batch, work.signal);
      return results.map((written) =>
        written.kind === "written" ? WRITTEN : { kind: "reject", code: written.code, detail: written.detail },
      );
    },
  };
}
