// Begins what is due: schedules of URLs become tasks, schedules of recipes and the jobs' own times become runs. Looks when the
// next is due, when it is told of a change, and every so often; however many processes look, each time is taken once.
import { type Clock, uuidv7 } from "../base/index.ts";
import type { Happenings } from "./happenings.ts";
import type { JobRunner } from "./job-runner.ts";
import { nextAfter } from "./recurrence.ts";
import type { ScheduleTable } from "./schedule-table.ts";

export interface ScheduleClockParts {
  readonly table: ScheduleTable;
  readonly runner: Pick<JobRunner, "look" | "run">;
  readonly happenings: Happenings;
  readonly clock: Clock;
  /** Between two looks, ms. */
  readonly pollMs: number;
  /** A task was made. */
  wakeTasks(): void;
  onTrouble(thrown: unknown): void;
}

export class ScheduleClock {
  readonly #parts: ScheduleClockParts;
  #wake = Promise.withResolvers<void>();

  constructor(parts: ScheduleClockParts) {
    this.#parts = parts;
  }

  wake(): void {
    this.#wake.resolve();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { table, clock, pollMs, onTrouble } = this.#parts;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>();
      let waitMs = pollMs;
      try {
        await this.look();
        const next = await table.nextRunMs();
        if (next !== null) waitMs = Math.min(pollMs, Math.max(10, next - clock.nowMs()));
      } catch (thrown) {
        if (!signal.aborted) onTrouble(thrown);
      }
      const over = new AbortController();
      const slept = clock.sleep(waitMs, AbortSignal.any([signal, over.signal]));
      await Promise.race([this.#wake.promise, slept.catch(() => undefined)]);
      over.abort();
    }
  }

  async look(): Promise<void> {
    const { table, runner, happenings, clock, wakeTasks } = this.#parts;
    const nowMs = clock.nowMs();
    for (const schedule of await table.due(nowMs)) {
      const nextRunMs = nextAfter(schedule, nowMs);
      if (!(await table.take(schedule, nextRunMs, nowMs, uuidv7(nowMs)))) continue;
      if (schedule.recipe !== null) await runner.run(schedule.recipe, "schedule");
      else wakeTasks();
      happenings.tell({ kind: "schedule", id: schedule.id, nextRunMs, atMs: nowMs });
    }
    await runner.look(nowMs);
  }
}
