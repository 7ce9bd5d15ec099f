// Tasks as whoever asks for them meets them: made, looked at, waited for, taken back. The work itself is the worker's.
import { type Clock, type RightOfWay, uuidv7 } from "../base/index.ts";
import type { Happenings } from "./happenings.ts";
import type { JobsOptions } from "./options.ts";
import { PendingRoom } from "./pending-room.ts";
import { isFinished, type Task, type TaskStatus, type TaskWish } from "./task.ts";
import type { TaskSlice, TaskTable } from "./task-table.ts";
import type { Waiters } from "./waiters.ts";

/** One key was used for two different wishes. */
export class KeyReused extends Error {
  override readonly name = "KeyReused";
}

/** So many wait already that no further one is taken. */
export class QueueFull extends Error {
  override readonly name = "QueueFull";
}

export interface TasksParts {
  readonly table: TaskTable;
  readonly options: JobsOptions["tasks"];
  readonly happenings: Happenings;
  readonly waiters: Waiters;
  readonly way: RightOfWay;
  readonly clock: Clock;
  /** Others work on them, and tell nobody here when one has ended. */
  readonly isElsewhere: boolean;
  /** There are new ones. */
  wake(): void;
  /** Somebody stands waiting for this one, which waits. */
  hasten(id: string): void;
}

/** Between two looks at a task that another process may finish; at first, where nobody works on it here, much less. */
const LOOK_MS = 250;
const FIRST_LOOK_MS = 25;
const LOOK_GROWTH = 1.2;

export class Tasks {
  readonly #parts: TasksParts;
  readonly #room: PendingRoom;

  constructor(parts: TasksParts) {
    this.#parts = parts;
    const { table, options, clock } = parts;
    const { pendingMax } = options;
    this.#room = new PendingRoom({ count: () => table.pendingCount(pendingMax), pendingMax, clock });
  }

  /**
   * In the order of the wishes; one whose key is known is the task there is. Throws KeyReused or QueueFull, and then makes
   * none. `isWaited`: whoever asks stands waiting, and is told nothing before `wait` resolves.
   */
  create(wishes: readonly TaskWish[], isWaited = false): Promise<Task[]> {
    const create = () => this.#create(wishes, isWaited);
    return isWaited ? this.#parts.way.during(create) : create();
  }

  async #create(wishes: readonly TaskWish[], isWaited: boolean): Promise<Task[]> {
    const { table, options, clock, happenings, wake, hasten } = this.#parts;
    if (!(await this.#room.take(wishes.length)))
      throw new QueueFull(`${options.pendingMax} tasks may wait, and no more`);
    const nowMs = clock.nowMs();
    const made = wishes.map((wish) => ({ ...wish, id: uuidv7(nowMs) }));
    const { known } = await table.add(made, nowMs, isWaited);
    const tasks = made.map((wish): Task => {
      const before = wish.idempotencyKey === null ? undefined : known.get(wish.idempotencyKey);
      if (before !== undefined && before.id !== wish.id) {
        if (before.url !== wish.url || before.lane !== wish.lane)
          throw new KeyReused(`the idempotency key of ${wish.url} was used for ${before.url}`);
        return before;
      }
      return asMade(wish, nowMs);
    });
    for (const { id, priority } of isWaited ? tasks : []) if (priority >= 0) hasten(id);
    wake();
    for (const task of tasks) if (task.createdAtMs === nowMs) happenings.tell(happeningOf(task));
    return tasks;
  }

  get(id: string): Promise<Task | null> {
    return this.#parts.table.get(id);
  }

  list(request: Parameters<TaskTable["list"]>[0]): Promise<TaskSlice> {
    return this.#parts.table.list(request);
  }

  finished(cursor: string | undefined, limit: number): ReturnType<TaskTable["finished"]> {
    return this.#parts.table.finished(cursor, limit);
  }

  /** Taken back: a fetch that is under way for it goes on and is nobody's. False: there is none. */
  remove(id: string): Promise<boolean> {
    return this.#parts.table.remove(id);
  }

  counts(): Promise<Record<TaskStatus, number>> {
    return this.#parts.table.counts();
  }

  /** Resolves when it is finished, or after `waitMs` as it stands then; null when there is none. `made`: it was made just now. */
  async wait(id: string, waitMs: number, signal: AbortSignal, made?: Task): Promise<Task | null> {
    const { clock, table, waiters, hasten, isElsewhere } = this.#parts;
    const untilMs = clock.monotonicMs() + waitMs;
    let lookMs = isElsewhere ? FIRST_LOOK_MS : LOOK_MS;
    const waiter = waiters.stand(id);
    try {
      let task = made ?? (await table.get(id, true));
      if (made === undefined && task?.status === "pending" && task.priority >= 0 && waitMs > 0) hasten(id);
      while (task !== null && !isFinished(task.status)) {
        const leftMs = untilMs - clock.monotonicMs();
        // What was made may not outlive a power cut yet; what is read does.
        if (leftMs <= 0 || signal.aborted) return task === made ? await table.get(id, true) : task;
        const over = new AbortController();
        const slept = clock.sleep(Math.min(lookMs, leftMs), AbortSignal.any([over.signal, signal]));
        const ended = await Promise.race([waiter.ended, slept.catch(() => undefined)]);
        over.abort();
        lookMs = Math.min(LOOK_MS, lookMs * LOOK_GROWTH);
        task = ended ?? (await table.get(id, true));
      }
      return task;
    } finally {
      waiter.leave();
    }
  }
}

export const happeningOf = (task: Task) =>
  ({
    kind: "task",
    id: task.id,
    url: task.url,
    status: task.status,
    attempts: task.attempts,
    errorMessage: task.errorMessage,
    isTold: task.webhook !== null,
    createdAtMs: task.createdAtMs,
    atMs: task.updatedAtMs,
  }) as const;

function asMade(wish: TaskWish & { readonly id: string }, nowMs: number): Task {
  const { id, url, lane, recipe, priority, scheduleId, webhook } = wish;
  return {
    ...{ id, url, lane, recipe, priority, scheduleId, webhook },
    status: "pending",
    attempts: 0,
    result: null,
    title: null,
    errorCode: null,
    errorMessage: null,
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}
