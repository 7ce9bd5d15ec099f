// Takes due tasks, has their URLs fetched, and writes what became of them into their rows. Told of a new task it looks at once;
// else it looks every so often, and when the next attempt of one is due. Knows neither frontier nor graph: who fetches is lent.
import type { Clock } from "../base/index.ts";
import {
  CODES,
  type Code,
  codeRules,
  type EndedPage,
  type LaneChoice,
  type OutLine,
} from "../model/index.ts";
import type { TaskResults, UnfetchedEnd } from "../topology/index.ts";
import { EarlyAnswers } from "./early-answers.ts";
import type { Happenings } from "./happenings.ts";
import type { JobsOptions } from "./options.ts";
import { isFinished, type Task } from "./task.ts";
import type { TaskEnd, TaskTable } from "./task-table.ts";
import { happeningOf } from "./tasks.ts";
import type { Waiters } from "./waiters.ts";

/** Who has a URL fetched. Durable when it resolves; asked again about a task that is under way it changes nothing. */
export interface TaskFetcher {
  admit(
    tasks: readonly {
      readonly taskId: string;
      readonly url: string;
      readonly lane: LaneChoice;
      /** Somebody stands waiting: before all others. */
      readonly urgent?: true;
      /** Of `render.recipes`; absent: the page's own. */
      readonly recipe?: string;
    }[],
  ): Promise<
    readonly (
      | { readonly kind: "taken" }
      | { readonly kind: "refused"; readonly failure: { readonly code: Code; readonly message: string } }
      | { readonly kind: "full" }
    )[]
  >;
}

export interface TaskWorkerParts {
  readonly table: TaskTable;
  readonly fetcher: TaskFetcher;
  readonly options: JobsOptions["tasks"];
  readonly happenings: Happenings;
  readonly waiters: Waiters;
  readonly clock: Clock;
  /** What is under way in the rows is under way nowhere else. */
  readonly isAlone: boolean;
  /** The line of an end; of one that came without its document, made from what is stored. */
  lineOf(ended: EndedPage): OutLine | Promise<OutLine>;
  /** A look failed; the next one may not. */
  onTrouble(thrown: unknown): void;
}

const CLAIM_MAX = 100;
/** Beside all that may be under way, of those that somebody stands waiting for. */
const WAITED_MAX = 64;
const UPKEEP_MS = 5_000;
const FULL_WAIT_MS = 1_000;
/** So long a task of another process may wait for its first look. */
const SHARED_POLL_MS = 250;

export class TaskWorker implements TaskResults {
  readonly #parts: TaskWorkerParts;
  /** Under way here. */
  readonly #running = new Set<string>();
  readonly #early: EarlyAnswers;
  /** Of those that somebody stands waiting for: they do not stand behind the others' results. */
  readonly #earlyUrgent: EarlyAnswers;
  #wake = Promise.withResolvers<void>();
  #nextDueAtMs: number | null = null;
  /** There was no room to look at all. */
  #hasMore = false;
  /** There may be one that somebody stands waiting for. */
  #hasWaited = false;

  constructor(parts: TaskWorkerParts) {
    this.#parts = parts;
    this.#early = new EarlyAnswers((ends) => this.#settle(ends));
    this.#earlyUrgent = new EarlyAnswers((ends) => this.#settle(ends, undefined, true));
  }

  wake(isWaited = false): void {
    if (isWaited) this.#hasWaited = true;
    this.#wake.resolve();
  }

  /** Looks until the signal aborts. What is under way then is taken up by the next start. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, options, isAlone, onTrouble } = this.#parts;
    let isFirst = true;
    let nextUpkeepMs = 0;
    while (!signal.aborted) {
      this.#wake = Promise.withResolvers<void>();
      let hasMore = false;
      try {
        if (clock.monotonicMs() >= nextUpkeepMs) {
          if (isFirst) await this.#takeUp(isAlone);
          else await this.#upkeep();
          isFirst = false;
          nextUpkeepMs = clock.monotonicMs() + UPKEEP_MS;
        }
        hasMore = await this.#look();
      } catch (thrown) {
        if (!signal.aborted) onTrouble(thrown);
      }
      if (hasMore) continue;
      const nowMs = clock.nowMs();
      // Others make tasks here too, and tell nobody.
      const pollMs = isAlone ? options.pollMs : Math.min(options.pollMs, SHARED_POLL_MS);
      const dueInMs = this.#nextDueAtMs === null ? pollMs : Math.max(0, this.#nextDueAtMs - nowMs);
      const over = new AbortController();
      const slept = clock.sleep(Math.min(pollMs, dueInMs), AbortSignal.any([signal, over.signal]));
      await Promise.race([this.#wake.promise, slept.catch(() => undefined)]);
      over.abort();
    }
  }

  async answer(ends: readonly EndedPage[], signal: AbortSignal): Promise<void> {
    const answered: TaskEnd[] = [];
    for (const ended of ends) {
      const open = this.#earlyUrgent.open(this.#early.open(ended.report.request.tasks ?? []));
      if (open.length > 0) answered.push(...(await this.#endsOf(ended, open)));
    }
    const isUrgent = ends.some(({ report }) => report.request.urgent);
    if (answered.length > 0) await this.#settle(answered, signal, isUrgent);
  }

  answerSoon(end: EndedPage): void {
    const { tasks = [], urgent } = end.report.request;
    const early = urgent === true ? this.#earlyUrgent : this.#early;
    early.add(tasks, () => this.#endsOf(end, tasks));
  }

  async answerUnfetched(ends: readonly UnfetchedEnd[], signal: AbortSignal): Promise<void> {
    const answered = ends.flatMap(({ tasks, code: told, message, status, captureId }) => {
      const code = CODES.find((known) => known === told) ?? "internal";
      return tasks.map(attemptOf).map(
        ({ id, attempt }): TaskEnd => ({
          ...{ id, attempt, ok: false, again: mayPass(code, status), result: null },
          ...{ errorCode: code, errorMessage: message === "" ? code : message, captureId },
        }),
      );
    });
    await this.#settle(answered, signal);
  }

  async #settle(answered: readonly TaskEnd[], signal?: AbortSignal, isUrgent = false): Promise<void> {
    const { table, options, clock } = this.#parts;
    const moved = await table.settle(answered, options.retryDelaysMs, clock.nowMs(), signal, isUrgent);
    for (const { id } of answered) this.#running.delete(id);
    for (const { task, dueAtMs } of moved) {
      this.#tell(task);
      if (task.status === "pending") this.#dueAt(dueAtMs);
    }
    // There is room again.
    if (this.#hasMore) this.wake();
  }

  async #endsOf(ended: EndedPage, tasks: readonly string[]): Promise<TaskEnd[]> {
    const { report } = ended;
    const { captureId } = report.request;
    const ok = report.outcome === "stored";
    const result = ok
      ? resultText(await this.#parts.lineOf(ended), this.#parts.options.resultCharsMax)
      : null;
    const code = ok ? null : (report.code ?? "internal");
    return tasks.map(attemptOf).map(({ id, attempt }) => ({
      id,
      attempt,
      ok,
      again: code !== null && mayPass(code, report.status),
      result,
      errorCode: code,
      errorMessage: code === null ? null : (report.message ?? code),
      captureId,
    }));
  }

  /** What the process before this one had under way is had fetched again; who fetches knows what he has. */
  async #takeUp(isAll: boolean): Promise<void> {
    const { table, clock, options } = this.#parts;
    const untilMs = clock.nowMs() + (isAll ? options.leaseMs : 0);
    for (;;) {
      const lost = await table.lost(CLAIM_MAX, untilMs, clock.nowMs() + 2 * options.leaseMs);
      await this.#begin(lost);
      if (lost.length < CLAIM_MAX) return;
    }
  }

  /** What another process has answered is under way no longer; what nobody answers is begun again. */
  async #upkeep(): Promise<void> {
    const running = await this.#parts.table.running([...this.#running]);
    for (const id of this.#running) if (!running.has(id)) this.#running.delete(id);
    await this.#takeUp(false);
  }

  /** Whether there may be more at once. */
  async #look(): Promise<boolean> {
    const { table, clock, options } = this.#parts;
    const room = Math.min(CLAIM_MAX, options.runningMax - this.#running.size);
    this.#hasMore = room <= 0;
    if (this.#hasMore) {
      this.#nextDueAtMs = null;
      await this.#lookForWaited();
      return false;
    }
    const isUrgent = this.#hasWaited;
    this.#hasWaited = false;
    const tasks = await table.claim(room, clock.nowMs(), options.leaseMs, { isUrgent });
    const isFull = await this.#begin(tasks);
    if (tasks.length === room && !isFull) return true;
    this.#nextDueAtMs = await table.nextDueAtMs();
    return false;
  }

  /** There is no room for others. */
  async #lookForWaited(): Promise<void> {
    const { table, clock, options } = this.#parts;
    const room = options.runningMax + WAITED_MAX - this.#running.size;
    if (!this.#hasWaited || room <= 0) return;
    this.#hasWaited = false;
    await this.#begin(await table.claim(room, clock.nowMs(), options.leaseMs, { isWaitedAlone: true }));
  }

  /** True: who fetches has no room for some of them. */
  async #begin(tasks: readonly (Task & { readonly isWaited?: boolean })[]): Promise<boolean> {
    const { fetcher, table, clock, happenings } = this.#parts;
    if (tasks.length === 0) return false;
    for (const task of tasks) {
      this.#running.add(task.id);
      happenings.tell(happeningOf(task));
    }
    const taken = await fetcher.admit(
      tasks.map((task) => ({
        ...{ taskId: errandOf(task.id, task.attempts), url: task.url, lane: task.lane },
        ...(task.isWaited === true && task.priority >= 0 ? { urgent: true } : {}),
        ...(task.recipe === null ? {} : { recipe: task.recipe }),
      })),
    );
    const full: string[] = [];
    const refused: TaskEnd[] = [];
    tasks.forEach(({ id, attempts }, at) => {
      const answer = taken[at];
      if (answer === undefined || answer.kind === "full") full.push(id);
      else if (answer.kind === "refused") {
        const { code, message } = answer.failure;
        refused.push({
          ...{ id, attempt: attempts, ok: false, again: false, result: null },
          ...{ errorCode: code, errorMessage: message, captureId: null },
        });
      }
    });
    for (const id of full) this.#running.delete(id);
    await table.giveBack(full, clock.nowMs() + FULL_WAIT_MS);
    if (refused.length > 0) {
      for (const { id } of refused) this.#running.delete(id);
      for (const { task } of await table.settle(refused, [], clock.nowMs())) this.#tell(task);
    }
    return full.length > 0;
  }

  #tell(task: Task): void {
    this.#parts.happenings.tell(happeningOf(task));
    if (isFinished(task.status)) this.#parts.waiters.ended(task);
  }

  #dueAt(atMs: number): void {
    if (this.#nextDueAtMs !== null && this.#nextDueAtMs <= atMs) return;
    this.#nextDueAtMs = atMs;
    this.wake();
  }
}

/** Each attempt is an errand of its own: the next may begin before the end of the last was reported. */
const errandOf = (id: string, attempt: number): string => `${id}.${attempt}`;

function attemptOf(errand: string): { id: string; attempt: number } {
  const [id = "", attempt] = errand.split(".");
  return { id, attempt: Number(attempt) };
}

/** Of statuses those that a server itself calls passing. */
function mayPass(code: Code, status: number | null): boolean {
  if (code === "status") return status !== null && (status >= 500 || [408, 425, 429].includes(status));
  return codeRules[code].transient;
}

/** A line that is longer than a row should hold goes without what makes it so. */
function resultText(line: OutLine, charsMax: number): string {
  const text = JSON.stringify(line);
  if (text.length <= charsMax) return text;
  const short = JSON.stringify({ ...line, links: null, structured: null });
  return short.length <= charsMax
    ? short
    : JSON.stringify({ ...line, links: null, structured: null, markdown: null });
}
