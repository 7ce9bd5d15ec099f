// Schedules as whoever makes them meets them: checked, made, changed, taken back. What runs them is the clock.
import { type Clock, err, ok, type Result, uuidv7 } from "../base/index.ts";
import { StatementFailed } from "../store/index.ts";
import { checkRecurrence, nextAfter } from "./recurrence.ts";
import type { Schedule, ScheduleTable } from "./schedule-table.ts";

export type ScheduleWish = Pick<
  Schedule,
  "url" | "recipe" | "cron" | "everySeconds" | "timeZone" | "lane" | "webhook" | "enabled"
>;

export type ScheduleRefusal =
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "exists"; readonly message: string }
  | { readonly kind: "unknown"; readonly message: string };

const EXISTS = { kind: "exists", message: "the same schedule is there already" } as const;
const UNIQUE_VIOLATION = "23505";

export class Schedules {
  readonly #table: ScheduleTable;
  readonly #clock: Clock;
  readonly #isRecipe: (name: string) => Promise<boolean>;
  readonly #wake: () => void;

  constructor(parts: {
    readonly table: ScheduleTable;
    readonly clock: Clock;
    /** Whether there is such a batch job. */
    isRecipe(name: string): Promise<boolean>;
    wake(): void;
  }) {
    this.#table = parts.table;
    this.#clock = parts.clock;
    this.#isRecipe = (name) => parts.isRecipe(name);
    this.#wake = () => parts.wake();
  }

  async create(wish: ScheduleWish): Promise<Result<Schedule, ScheduleRefusal>> {
    const wrong = await this.#wrong(wish);
    if (wrong !== null) return err(wrong);
    const nowMs = this.#clock.nowMs();
    const made = await this.#table.add({
      ...wish,
      id: uuidv7(nowMs),
      lastRunMs: null,
      nextRunMs: wish.enabled ? nextAfter(wish, nowMs) : null,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    });
    this.#wake();
    return made === null ? err(EXISTS) : ok(made);
  }

  async change(id: string, changes: Partial<ScheduleWish>): Promise<Result<Schedule, ScheduleRefusal>> {
    const before = await this.#table.get(id);
    const unknown = { kind: "unknown", message: `no schedule ${id}` } as const;
    if (before === null) return err(unknown);
    const wish = { ...before, ...changes };
    const wrong = await this.#wrong(wish);
    if (wrong !== null) return err(wrong);
    const nowMs = this.#clock.nowMs();
    const isTimeKept =
      wish.enabled === before.enabled &&
      wish.cron === before.cron &&
      wish.everySeconds === before.everySeconds &&
      wish.timeZone === before.timeZone;
    const nextRunMs = isTimeKept ? before.nextRunMs : wish.enabled ? nextAfter(wish, nowMs) : null;
    try {
      const changed = await this.#table.update({ ...wish, nextRunMs, updatedAtMs: nowMs });
      this.#wake();
      return changed === null ? err(unknown) : ok(changed);
    } catch (thrown) {
      if (thrown instanceof StatementFailed && thrown.sqlState === UNIQUE_VIOLATION) return err(EXISTS);
      throw thrown;
    }
  }

  get(id: string): Promise<Schedule | null> {
    return this.#table.get(id);
  }

  list(request: Parameters<ScheduleTable["list"]>[0]): ReturnType<ScheduleTable["list"]> {
    return this.#table.list(request);
  }

  remove(id: string): Promise<boolean> {
    return this.#table.remove(id);
  }

  async #wrong(wish: ScheduleWish): Promise<ScheduleRefusal | null> {
    const invalid = (message: string): ScheduleRefusal => ({ kind: "invalid", message });
    if ((wish.url === null) === (wish.recipe === null)) return invalid("must have either url or recipe");
    if (wish.recipe !== null && !(await this.#isRecipe(wish.recipe)))
      return invalid(`recipe ${JSON.stringify(wish.recipe)} is not known`);
    const checked = checkRecurrence(wish);
    return checked.ok ? null : invalid(checked.error);
  }
}
