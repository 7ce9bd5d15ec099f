// Takes due tasks, has their URLs fetched, and writes what became of them into their rows. Told of a new task it looks at once;
// else it looks every so often, and when the next attempt of one is due. Knows neither frontier nor graph: who fetches is lent.
import type { Clock, RightOfWay } from "../base/index.ts";
import { CODES, type Code, type EndedPage, type LaneChoice, type OutLine } from "../model/index.ts";
import type { TaskResults, UnfetchedEnd } from "../topology/index.ts";
import { EarlyAnswers } from "./early-answers.ts";
import { attemptOf, errandOf, mayPass, resultText } from "./errand-ends.ts";
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
  readonly way: RightOfWay;
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
/** Claimed, or written, at once while somebody stands waiting now and then: the database has one statement at a time. */
const PIECE_MAX = 16;
const UPKEEP_MS = 5_000;
const FULL_WAIT_MS = 1_000;
/** So long a task of another process may wait for its first look, and one that somebody stands waiting for. */
const SHARED_POLL_MS = 250;
const SHARED_WAITED_POLL_MS = 50;

export class TaskWorker implements TaskResults {
  readonly way: RightOfWay;
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
  /** Somebody stands waiting for these, and they are not under way. */
  readonly #hastened = new Set<string>();
  #wakeHastened = Promise.withResolvers<void>();

  constructor(parts: TaskWorkerParts) {
    this.#parts = parts;
    this.way = parts.way;
    this.#early = new EarlyAnswers((ends) => this.#settle(ends));
    this.#earlyUrgent = new EarlyAnswers((ends) => this.#settle(ends, undefined, true));
  }

  wake(): void {
    this.#wake.resolve();
  }

  /** Somebody stands waiting for this one: it is begun before all others, and beside all that may be under way. */
  hasten(id: string): void {
    if (this.#hastened.size < WAITED_MAX) this.#hastened.add(id);
    this.#wakeHastened.resolve();
  }

  /** Looks until the signal aborts. What is under way then is taken up by the next start. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#runAll(signal), this.#runHastened(signal)]);
  }

  async #runHastened(signal: AbortSignal): Promise<void> {
    const { clock, isAlone } = this.#parts;
    signal.addEventListener("abort", () => this.#wakeHastened.resolve(), { once: true });
    while (!signal.aborted) {
      this.#wakeHastened = Promise.withResolvers<void>();
      // What fails here is found by who looks for all.
      if (this.#hastened.size > 0)
        await this.way.during(() => this.#beginHastened()).catch(this.#parts.onTrouble);
      if (!isAlone) await this.#lookForWaited().catch(() => undefined);
      if (this.#hastened.size > 0 || signal.aborted) continue;
      const cancel = isAlone ? () => {} : clock.schedule(SHARED_WAITED_POLL_MS, this.#wakeHastened.resolve);
      await this.#wakeHastened.promise;
      cancel();
    }
  }

  async #beginHastened(): Promise<void> {
    const { table, clock, options } = this.#parts;
    const ids = [...this.#hastened];
    this.#hastened.clear();
    if (options.runningMax + WAITED_MAX - this.#running.size < ids.length) return;
    await this.#begin(await table.claimThese(ids, clock.nowMs(), options.leaseMs));
  }

  async #runAll(signal: AbortSignal): Promise<void> {
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
    const make = () => this.#endsOf(end, tasks);
    if (urgent === true) void this.way.during(() => this.#earlyUrgent.add(tasks, make));
    else void this.#early.add(tasks, make);
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
    if (isUrgent) return this.way.during(() => this.#settleThese(answered, signal, true));
    for await (const piece of this.way.pieces(answered, PIECE_MAX))
      await this.#settleThese(piece, signal, false);
  }

  async #settleThese(
    answered: readonly TaskEnd[],
    signal: AbortSignal | undefined,
    isUrgent: boolean,
  ): Promise<void> {
    const { table, options, clock, waiters } = this.#parts;
    const moved = await table.settle(answered, options.retryDelaysMs, clock.nowMs(), signal, isUrgent);
    for (const { id } of answered) this.#running.delete(id);
    for (const { task, dueAtMs } of moved) {
      this.#tell(task);
      if (task.status !== "pending") continue;
      this.#dueAt(dueAtMs);
      if (waiters.has(task.id)) clock.schedule(dueAtMs - clock.nowMs(), () => this.hasten(task.id));
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
    await this.way.clear();
    const claimMax = this.way.isFrequented ? PIECE_MAX : CLAIM_MAX;
    const room = Math.min(claimMax, options.runningMax - this.#running.size);
    this.#hasMore = room <= 0;
    if (this.#hasMore) {
      this.#nextDueAtMs = null;
      return false;
    }
    const tasks = await table.claim(room, clock.nowMs(), options.leaseMs);
    const isFull = await this.#begin(tasks);
    if (tasks.length === room && !isFull) return true;
    this.#nextDueAtMs = await table.nextDueAtMs();
    return false;
  }

  /** Those of other processes come without being told of. */
  async #lookForWaited(): Promise<void> {
    const { table, clock, options } = this.#parts;
    const room = options.runningMax + WAITED_MAX - this.#running.size;
    if (room <= 0) return;
    const waited = await table.claimWaited(room, clock.nowMs(), options.leaseMs);
    if (waited.length > 0) await this.way.during(() => this.#begin(waited));
  }

  /** True: who fetches has no room for some of them. */
  async #begin(tasks: readonly (Task & { readonly isWaited?: boolean })[]): Promise<boolean> {
    const { fetcher, table, clock, happenings, waiters } = this.#parts;
    if (tasks.length === 0) return false;
    for (const task of tasks) {
      this.#running.add(task.id);
      happenings.tell(happeningOf(task));
    }
    const taken = await fetcher.admit(
      tasks.map((task) => ({
        ...{ taskId: errandOf(task.id, task.attempts), url: task.url, lane: task.lane },
        ...((task.isWaited === true || waiters.has(task.id)) && task.priority >= 0 ? { urgent: true } : {}),
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
