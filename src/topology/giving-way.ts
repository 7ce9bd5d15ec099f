// Where what can wait gives way to what somebody stands waiting for: before each of its steps, whichever room's they are. The steps of the
// one who waits hold the way; of the wait for his host only the beginning. Knows no step from another.
import type { RightOfWay } from "../base/index.ts";
import type { BatchStage, Source, Stage, Verdict, Work } from "../engine/index.ts";
import type { Code } from "../model/index.ts";
import { batched, sourced } from "./frames.ts";

type Urgency<T> = { readonly isUrgent: (payload: T) => boolean };

/** Rows of one transaction while somebody stands waiting now and then. */
const ROWS_MAX = 16;

/** Of a wait for a host: most that answer at once have done so by then, and what is in hand elsewhere has come to its end. */
const HOST_HOLD_MS = 50;

/** `isOwn`: what is urgent is work of ours here, and holds the way to its end. */
export function givingWay<In, S extends Stage<In, unknown, Code>>(
  stage: S & Stage<In, unknown, Code>,
  way: RightOfWay | null,
  { isUrgent }: Urgency<In>,
  isOwn: boolean,
): S {
  if (way === null) return stage;
  return {
    ...stage,
    async handle(input: In, work: Work) {
      if (isUrgent(input)) return way.during(() => stage.handle(input, work), isOwn ? null : HOST_HOLD_MS);
      const held = way.clear();
      if (held !== null) await held;
      return stage.handle(input, work);
    },
  };
}

/** Done twice it is the same: a batch whose second part fails is handed in again whole. */
export function batchGivingWay<In, Out>(
  stage: BatchStage<In, Out, Code>,
  way: RightOfWay | null,
): BatchStage<In, Out, Code> {
  if (way === null) return stage;
  return {
    ...batched(stage),
    async handle(batch: readonly In[], work: Work) {
      const verdicts: Verdict<Out, Code>[] = [];
      for await (const piece of way.pieces(batch, ROWS_MAX))
        verdicts.push(...(await stage.handle(piece, work)));
      return verdicts;
    },
  };
}

export function sourceGivingWay<T>(source: Source<T>, way: RightOfWay | null): Source<T> {
  if (way === null) return source;
  return {
    ...sourced(source),
    async read(signal: AbortSignal) {
      const held = way.clear();
      if (held !== null) await held;
      return source.read(signal);
    },
  };
}
