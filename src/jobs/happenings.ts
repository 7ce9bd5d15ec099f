// What happens to tasks and jobs, told in this process to whoever listens: the event stream, those who wait for a task. Nothing
// is kept: who comes late reads the rows.
import type { TaskStatus } from "./task.ts";

export type Happening =
  | {
      readonly kind: "task";
      readonly id: string;
      readonly url: string;
      readonly status: TaskStatus;
      readonly attempts: number;
      readonly errorMessage: string | null;
      /** Its end is told to a webhook. */
      readonly isTold: boolean;
      readonly createdAtMs: number;
      readonly atMs: number;
    }
  | {
      readonly kind: "job";
      readonly job: string;
      readonly runId: string;
      readonly status: string;
      readonly atMs: number;
    }
  | {
      readonly kind: "schedule";
      readonly id: string;
      readonly nextRunMs: number | null;
      readonly atMs: number;
    };

export class Happenings {
  readonly #listeners = new Set<(happening: Happening) => void>();

  tell(happening: Happening): void {
    for (const listener of this.#listeners) listener(happening);
  }

  /** Until the returned function is called. A listener must not throw and must not wait. */
  listen(listener: (happening: Happening) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
