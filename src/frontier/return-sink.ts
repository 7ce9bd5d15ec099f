// The sink of frontier.links: a batch is on disk when `write` resolves, so that its offsets may be committed then. It always
// accepts; what a record means is for returns.ts.
import type { Sink } from "../engine/index.ts";
import type { FrontierRecord } from "../model/index.ts";
import type { FrontierOptions } from "./options.ts";
import { yieldToOthers } from "./trees.ts";
import { turnsOf } from "./turns.ts";

/** `take` is one turn. */
export function returnSink(
  options: FrontierOptions,
  take: (records: readonly FrontierRecord[]) => void,
): Sink<FrontierRecord> {
  const { deadlineMs, ...batch } = options.intake;
  return {
    name: "frontier.returns",
    batch,
    deadlineMs,
    connect: () => Promise.resolve(),
    async write(records, signal) {
      for (const turn of turnsOf(records, linksOf)) {
        signal.throwIfAborted();
        take(turn);
        await yieldToOthers();
      }
      return records.map(() => ({ kind: "written" }));
    },
    close: () => Promise.resolve(),
  };
}

function linksOf(record: FrontierRecord): number {
  if (record.kind === "urls") return record.urls.length;
  return record.kind === "end" && record.report.kind === "page" ? record.report.links.length : 0;
}
