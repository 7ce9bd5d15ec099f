// Who stands waiting for a task in this process: handed the task itself when it ends, so that nobody asks the database for what it was
// just given. Knows no row and keeps no task.
import type { Task } from "./task.ts";

export class Waiters {
  readonly #byId = new Map<string, Set<(task: Task) => void>>();

  /** Until `leave` is called. */
  stand(id: string): { readonly ended: Promise<Task>; leave(): void } {
    const { promise, resolve } = Promise.withResolvers<Task>();
    const those = this.#byId.get(id) ?? new Set();
    this.#byId.set(id, those);
    those.add(resolve);
    return {
      ended: promise,
      leave: () => {
        those.delete(resolve);
        if (those.size === 0 && this.#byId.get(id) === those) this.#byId.delete(id);
      },
    };
  }

  has(id: string): boolean {
    return this.#byId.has(id);
  }

  /** It is finished, and what it says outlives a power cut. */
  ended(task: Task): void {
    for (const told of this.#byId.get(task.id) ?? []) told(task);
  }
}
