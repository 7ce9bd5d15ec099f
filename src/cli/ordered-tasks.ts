// Tasks' URLs as orders on frontier.links: each goes to the ingestor that owns its host, so that one politeness clock rules.

import type { Sink } from "../engine/index.ts";
import { hostKey } from "../frontier/index.ts";
import type { TaskFetcher } from "../jobs/index.ts";
import type { Code } from "../model/index.ts";
import type { WireRecord } from "../wire/index.ts";

/** Rejects while the broker is away: who asked asks again. */
export function orderedTasks(sink: Sink<WireRecord, Code>, signal: AbortSignal): TaskFetcher {
  return {
    async admit(tasks) {
      await sink.connect(signal);
      const records = tasks.map(
        ({ taskId, url, ...how }): WireRecord => ({
          kind: "frontier",
          record: { kind: "order", reason: "task", host: hostKey(url), url, task: { id: taskId, ...how } },
        }),
      );
      const written = await sink.write(records, signal);
      return tasks.map((_, at) => (written[at]?.kind === "written" ? { kind: "taken" } : { kind: "full" }));
    },
  };
}
