// Actors that belong to a graph and carry no record: they look at something every so often, or work until they are told.
import type { Clock } from "../base/index.ts";
import type { Actor } from "../engine/index.ts";

/** Looks at once, and again so long after each look, until it is drained or stopped. */
export function periodic(
  name: string,
  { everyMs, clock }: { readonly everyMs: number; readonly clock: Clock },
  look: (signal: AbortSignal) => Promise<void>,
): Actor {
  return endingWithDrain({
    name,
    async run(signal) {
      for (;;) {
        await look(signal);
        await clock.sleep(everyMs, signal);
        signal.throwIfAborted();
      }
    },
  });
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
