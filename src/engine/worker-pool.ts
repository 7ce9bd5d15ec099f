// Slots before something that computes (a thread pool, a set of browsers): at most `capacity` tasks are in it at once, so
// that it never queues; callers wait here, in turn, each with its own signal. Slots can be kept for a class of callers.
import { assert, type Clock, deadline } from "../base/index.ts";
import { Deque } from "./deque.ts";

export interface TaskOptions {
  readonly signal: AbortSignal;
  /** Buffers that the task gives away. */
  readonly transfer?: readonly ArrayBuffer[];
  /** Callers named in `reserved` may use all slots, others only what is not kept for them. */
  readonly reserved?: boolean;
}

export interface WorkerPoolOptions<Task, Result> {
  /** Tasks in the pool at once. */
  readonly capacity: number;
  /** Of these, kept for callers with `reserved`; below `capacity`. */
  readonly reservedMax: number;
  /** Callers that may wait for a slot; one more is a broken invariant, since every caller is bounded itself. */
  readonly waitersMax: number;
  /** A task that takes longer is aborted. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly run: (
    task: Task,
    options: { signal: AbortSignal; transfer: readonly ArrayBuffer[] },
  ) => Promise<Result>;
}

export interface WorkerPool<Task, Result> {
  readonly running: number;
  readonly waiting: number;
  /** Rejects with what `run` threw, with the signal's reason, or with TaskTooLong. */
  run(task: Task, options: TaskOptions): Promise<Result>;
}

export class TaskTooLong extends Error {
  override readonly name = "TaskTooLong";
}

interface Waiter {
  readonly resolve: () => void;
}

const NOTHING: readonly ArrayBuffer[] = [];

export function workerPool<Task, Result>(options: WorkerPoolOptions<Task, Result>): WorkerPool<Task, Result> {
  return new SlotPool(options);
}

class SlotPool<Task, Result> implements WorkerPool<Task, Result> {
  readonly #options: WorkerPoolOptions<Task, Result>;
  readonly #plain = new Deque<Waiter>();
  readonly #reserved = new Deque<Waiter>();
  #running = 0;

  constructor(options: WorkerPoolOptions<Task, Result>) {
    assert(options.capacity > options.reservedMax && options.reservedMax >= 0, "a slot is left for everyone");
    this.#options = options;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#plain.size + this.#reserved.size;
  }

  async run(task: Task, { signal, transfer, reserved }: TaskOptions): Promise<Result> {
    signal.throwIfAborted();
    if (this.waiting === 0 && this.#free(reserved === true)) this.#running++;
    else await this.#turn(reserved === true ? this.#reserved : this.#plain, signal);
    const { clock, deadlineMs } = this.#options;
    const limit = deadline(
      clock,
      deadlineMs,
      () => new TaskTooLong(`no answer within ${deadlineMs} ms`),
      signal,
    );
    try {
      return await this.#options.run(task, { signal: limit.signal, transfer: transfer ?? NOTHING });
    } finally {
      limit.clear();
      this.#running--;
      this.#admit();
    }
  }

  #free(reserved: boolean): boolean {
    return this.#running < this.#options.capacity - (reserved ? 0 : this.#options.reservedMax);
  }

  #turn(queue: Deque<Waiter>, signal: AbortSignal): Promise<void> {
    assert(this.waiting < this.#options.waitersMax, "more callers wait for a worker than were announced");
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        if (queue.remove(waiter)) reject(signal.reason);
      };
      const waiter: Waiter = {
        resolve: () => {
          signal.removeEventListener("abort", onAbort);
          resolve();
        },
      };
      signal.addEventListener("abort", onAbort, { once: true });
      queue.pushBack(waiter);
      this.#admit();
    });
  }

  /** The slot changes hands here and not when the waiter wakes, so that nobody slips in between. */
  #admit(): void {
    for (const [queue, reserved] of [
      [this.#reserved, true],
      [this.#plain, false],
    ] as const) {
      while (queue.size > 0 && this.#free(reserved)) {
        this.#running++;
        queue.popFront()?.resolve();
      }
    }
  }
}
