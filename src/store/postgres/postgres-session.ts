// A PostgreSQL server as a session: a few connections, each transaction on one of them, sent whole and answered whole. A
// connection that is lost is replaced by the next call; nothing is repeated here but what two transactions did to each
// other. Knows no table.
import { asError, type Clock, deadline } from "../../base/index.ts";
import { abortable, NotConnected, TwoRanks } from "../../engine/index.ts";
import type { Manner, SqlRow, SqlSession, Statement } from "../sql/session.ts";
import { type PostgresAddress, postgresAddress } from "./address.ts";
import { failureOf, isCollision, isLost } from "./failure.ts";
import { type Answers, PostgresConnection, type PostgresOptions } from "./postgres-connection.ts";

/** The server need not sync before it answers; what is answered later and is not loose takes this one along. */
const LOOSE: Statement = { sql: "set local synchronous_commit to off", values: [] };
/** The server cancels a statement at its time-out; an answer that is this much later will not come. */
const ANSWER_SLACK_MS = 5_000;
const COLLISIONS_MAX = 5;
const LOCK_LOOK_MS = 100;
/** What is under way when the session closes may still end within this time. */
const CLOSE_MS = 5_000;

/** Throws with one line for people when the URL is none; nothing is dialled before `connect`. */
export function postgresSession(options: PostgresOptions, clock: Clock): SqlSession {
  return new PostgresSession(options, postgresAddress(options.url), clock);
}

class PostgresSession implements SqlSession {
  readonly #options: PostgresOptions;
  readonly #address: PostgresAddress;
  readonly #where: string;
  readonly #clock: Clock;
  /** Open or being opened, lent ones too; at most `connectionsMax`. */
  readonly #connections = new Set<PostgresConnection>();
  readonly #idle: PostgresConnection[] = [];
  /** Who waits for one of them, the urgent before all, first come first; one is woken for each that is given back or gone. */
  readonly #waiting = new TwoRanks<() => void>();
  /** Work whose caller may have left; and connections on their way out. */
  readonly #pending = new Set<Promise<unknown>>();
  #everConnected = false;
  /** Rows are as durable as the server keeps them. */
  readonly needsRebuild = false;
  readonly restored = null;

  constructor(options: PostgresOptions, address: PostgresAddress, clock: Clock) {
    this.#options = options;
    this.#address = address;
    this.#where = `${address.host}:${address.port}/${address.database}`;
    this.#clock = clock;
  }

  async connect(signal: AbortSignal): Promise<void> {
    const present = { sql: "select to_regnamespace($1) is not null as present", values: [this.#schema] };
    const [rows] = await this.transaction([present], signal);
    if (rows?.[0]?.present !== true) {
      const create = [{ sql: `create schema if not exists ${this.#schema}`, values: [] }];
      await this.exclusively(() => this.transaction(create, signal), signal);
    }
    this.#everConnected = true;
  }

  async transaction(
    statements: readonly Statement[],
    signal?: AbortSignal,
    { isUrgent = false, isLoose = false }: Manner = {},
  ): Promise<Answers> {
    const sent = isLoose ? [LOOSE, ...statements] : statements;
    for (let collisions = 0; ; collisions++) {
      try {
        const answers = await this.#lent((connection) => connection.send(sent), signal, isUrgent);
        return isLoose ? answers.slice(1) : answers;
      } catch (thrown) {
        if (!isCollision(thrown) || collisions === COLLISIONS_MAX) throw this.#failure(thrown, signal);
      }
    }
  }

  async script(sql: string): Promise<readonly SqlRow[]> {
    try {
      return await this.#lent((connection) => connection.script(sql));
    } catch (thrown) {
      // Migrations come this way: a right that is missing is for somebody to give, whenever it is found.
      throw failureOf(thrown, this.#where, false);
    }
  }

  /** The lock is the connection's, and goes with it: the work goes over the others. */
  async exclusively<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const key = `hashtextextended('millrace ${this.#options.schema}', 0)`;
    const tryLock = [{ sql: `select pg_try_advisory_lock(${key}) as mine`, values: [] }];
    const unlock = [{ sql: `select pg_advisory_unlock(${key})`, values: [] }];
    let connection: PostgresConnection;
    try {
      connection = await this.#inTime((late) => this.#borrow(late, signal));
    } catch (thrown) {
      throw this.#failure(thrown, signal);
    }
    const answer = (statements: readonly Statement[]): Promise<Answers> =>
      this.#inTime((late) => this.#onIt(connection, late, () => connection.send(statements)));
    try {
      try {
        while ((await answer(tryLock))[0]?.[0]?.mine !== true) await this.#clock.sleep(LOCK_LOOK_MS, signal);
      } catch (thrown) {
        throw this.#failure(thrown, signal);
      }
      try {
        return await work();
      } finally {
        // One that cannot give the lock back loses it: `onIt` has cut it.
        await answer(unlock).catch(() => undefined);
      }
    } finally {
      this.#giveBack(connection);
    }
  }

  async keep(): Promise<void> {}

  async trust(): Promise<void> {}

  async close(): Promise<void> {
    for (const connection of this.#idle.splice(0)) this.#keep(connection.close());
    const cancel = this.#clock.schedule(CLOSE_MS, () => {
      for (const connection of this.#connections) this.#keep(connection.cut());
    });
    while (this.#pending.size > 0) await Promise.allSettled(this.#pending);
    cancel();
    // Given back since.
    await Promise.allSettled(this.#idle.splice(0).map((connection) => connection.close()));
  }

  get #schema(): string {
    return `"${this.#options.schema}"`;
  }

  #failure(thrown: unknown, signal?: AbortSignal): Error {
    if (signal?.aborted && thrown === signal.reason) return asError(thrown);
    return thrown instanceof NotConnected ? thrown : failureOf(thrown, this.#where, this.#everConnected);
  }

  /** The caller may leave on an abort; what was sent ends by itself and gives its connection back. */
  #lent<T>(
    work: (connection: PostgresConnection) => Promise<T>,
    signal?: AbortSignal,
    isUrgent = false,
  ): Promise<T> {
    signal?.throwIfAborted();
    const doing = this.#inTime(async (late) => {
      const connection = await this.#borrow(late, signal, isUrgent);
      try {
        return await this.#onIt(connection, late, () => work(connection));
      } finally {
        this.#giveBack(connection);
      }
    });
    return signal === undefined ? doing : abortable(doing, signal);
  }

  /** `late` aborts when no answer will come any more; the work may go on behind that until its connection is cut. */
  #inTime<T>(work: (late: AbortSignal) => Promise<T>): Promise<T> {
    const { connectTimeoutMs, statementTimeoutMs } = this.#options;
    const noAnswer = (): Error => new NotConnected(`PostgreSQL at ${this.#where}: no answer in time`);
    const late = deadline(this.#clock, connectTimeoutMs + statementTimeoutMs + ANSWER_SLACK_MS, noAnswer);
    const doing = this.#keep(work(late.signal).finally(() => late.clear()));
    return abortable(doing, late.signal);
  }

  /** What is too late, or loses its connection, ends it. */
  async #onIt<T>(connection: PostgresConnection, late: AbortSignal, work: () => Promise<T>): Promise<T> {
    const cut = (): void => void this.#keep(connection.cut());
    late.addEventListener("abort", cut, { once: true });
    try {
      return await work();
    } catch (thrown) {
      if (isLost(thrown)) cut();
      throw thrown;
    } finally {
      late.removeEventListener("abort", cut);
    }
  }

  async #borrow(
    late: AbortSignal,
    signal: AbortSignal | undefined,
    isUrgent = false,
  ): Promise<PostgresConnection> {
    for (;;) {
      const left = [late, signal].find((each) => each?.aborted);
      if (left !== undefined) {
        // It may have been woken in the same moment: the next one's turn.
        this.#wake();
        throw left.reason;
      }
      const idle = this.#idle.pop();
      if (idle !== undefined) return idle;
      if (this.#connections.size < this.#options.connectionsMax) return this.#open(late);
      await this.#turn(late, signal, isUrgent);
    }
  }

  async #open(late: AbortSignal): Promise<PostgresConnection> {
    const connection: PostgresConnection = new PostgresConnection(this.#address, this.#options, () => {
      this.#connections.delete(connection);
      const at = this.#idle.indexOf(connection);
      if (at >= 0) this.#idle.splice(at, 1);
      this.#wake();
    });
    this.#connections.add(connection);
    try {
      await abortable(connection.open(), late);
      return connection;
    } catch (thrown) {
      this.#keep(connection.cut());
      throw thrown;
    }
  }

  #giveBack(connection: PostgresConnection): void {
    if (connection.isGone) return;
    this.#idle.push(connection);
    this.#wake();
  }

  /** Resolves at this one's turn, and at an abort. */
  async #turn(late: AbortSignal, signal: AbortSignal | undefined, isUrgent: boolean): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const come = (): void => resolve();
    this.#waiting.pushBack(come, isUrgent);
    for (const each of [late, signal]) each?.addEventListener("abort", come, { once: true });
    await promise;
    this.#waiting.remove(come);
    for (const each of [late, signal]) each?.removeEventListener("abort", come);
  }

  #wake(): void {
    this.#waiting.popFront()?.();
  }

  /** Awaited by `close`; who is still there hears of its failure, who has left has no use for it. */
  #keep<T>(work: Promise<T>): Promise<T> {
    const settled: Promise<unknown> = work
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => this.#pending.delete(settled));
    this.#pending.add(settled);
    return work;
  }
}
