// What of a face is handed on as it is when one thing about it is changed.
import type { BatchStage, Source } from "../engine/index.ts";

type Batched = Pick<BatchStage<never, never>, "name" | "batch" | "deadlineMs" | "connect" | "close">;
type Read = Pick<Source<unknown>, "name" | "inFlightMax" | "connect" | "close">;

/** Of a sink or a batching stage: all but its work. */
export const batched = (face: Batched): Batched => ({
  name: face.name,
  batch: face.batch,
  deadlineMs: face.deadlineMs,
  connect: (signal) => face.connect(signal),
  close: () => face.close(),
});

/** Of a source: all but its reading. */
export const sourced = (source: Read): Read => ({
  name: source.name,
  inFlightMax: source.inFlightMax,
  connect: (signal) => source.connect(signal),
  close: () => source.close(),
});
