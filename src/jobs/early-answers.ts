// Answers that are written as soon as they are known, many in one transaction while the database is busy with the ones before.
// Best effort: what does not fit or cannot be written now is forgotten, for the end of the page is told again. Knows no rows.
import type { TaskEnd } from "./task-table.ts";

/** Errands that wait for their turn; each with its result. */
const WAITING_MAX = 256;
/** Errands whose end has not been told again. One that is forgotten is written once more, which changes nothing. */
const WRITTEN_MAX = 10_000;

export class EarlyAnswers {
  readonly #write: (ends: readonly TaskEnd[]) => Promise<void>;
  readonly #waiting = new Map<string, TaskEnd>();
  readonly #written = new Set<string>();
  #isWriting = false;

  constructor(write: (ends: readonly TaskEnd[]) => Promise<void>) {
    this.#write = write;
  }

  /** `errands` are of one URL; `make` answers the end of each of them, in their order. Resolves when there is nothing more to do for them here. */
  async add(errands: readonly string[], make: () => Promise<TaskEnd[]>): Promise<void> {
    if (this.#waiting.size + errands.length > WAITING_MAX) return;
    await this.#add(errands, make).catch(() => undefined);
  }

  /** Those of them that were not answered here; asked about once, when their URL has ended. */
  open(errands: readonly string[]): string[] {
    return errands.filter((errand) => !this.#written.delete(errand));
  }

  async #add(errands: readonly string[], make: () => Promise<TaskEnd[]>): Promise<void> {
    const ends = await make();
    errands.forEach((errand, at) => {
      const end = ends[at];
      if (end !== undefined) this.#waiting.set(errand, end);
    });
    if (this.#isWriting) return;
    this.#isWriting = true;
    try {
      while (this.#waiting.size > 0) {
        const batch = [...this.#waiting];
        this.#waiting.clear();
        await this.#write(batch.map(([, end]) => end));
        for (const [errand] of batch) this.#note(errand);
      }
    } finally {
      this.#isWriting = false;
    }
  }

  #note(errand: string): void {
    this.#written.add(errand);
    if (this.#written.size <= WRITTEN_MAX) return;
    const [oldest] = this.#written;
    if (oldest !== undefined) this.#written.delete(oldest);
  }
}
