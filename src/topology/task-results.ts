// Where a URL's end meets whoever waits for it: tasks are answered before the frontier hears of the end, so that a crash between
// the two answers them again and loses none. Knows neither tasks nor their rows.
import type { BatchStage, Work } from "../engine/index.ts";
import type { Code, EndedPage, FrontierReport } from "../model/index.ts";
import { batched } from "./frames.ts";

/** Lent by who keeps the tasks. */
export interface TaskResults {
  /**
   * Writes what became of `report.request.tasks` of each; told again it changes nothing. Rejects with NotConnected while it
   * cannot, and is then asked again.
   */
  answer(ends: readonly EndedPage[], signal: AbortSignal): Promise<void>;
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
