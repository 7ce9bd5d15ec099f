// A PostgreSQL server as a session: a few connections, each transaction on one of them, sent whole and answered whole. A
// client that lost one connection is given up and made anew; nothing is repeated here but what two transactions did to
// each other. Knows no table.
import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import postgres from "postgres";
import { asError, type Clock, deadline } from "../../base/index.ts";
import { NotConnected } from "../../engine/index.ts";
import type { SqlRow, SqlSession, Statement } from "../sql/session.ts";
import { type PostgresAddress, postgresAddress } from "./address.ts";
import { failureOf, isCollision, isLost } from "./failure.ts";

export interface PostgresOptions {
  /** postgres://user:password@host:port/database?sslmode=… */
  readonly url: string;
  readonly schema: string;
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

/** The server cancels a statement at its time-out; an answer that is this much later will not come. */
const ANSWER_SLACK_MS = 5_000;
const COLLISIONS_MAX = 5;
const LOCK_LOOK_MS = 100;
/** Texts kept prepared on each connection; those beyond are parsed each time. */
const PREPARED_MAX = 200;
/** Transactions of a client that is given up may still end within this time, seconds. */
const RETIRE_S = 5;

interface Client {
  readonly sql: ReturnType<typeof connectionTo>;
  /** Aborted when the client is given up: the library leaves who waits for a connection then waiting for ever. */
  readonly gone: AbortController;
  /** Cut when it has ended: the library may leave one open that it was just opening. */
  readonly sockets: Set<Socket>;
}
type Reserved = Awaited<ReturnType<Client["sql"]["reserve"]>>;

/** Throws with one line for people when the URL is none; nothing is dialled before `connect`. */
export function postgresSession(options: PostgresOptions, clock: Clock): SqlSession {
  return new PostgresSession(options, postgresAddress(options.url), clock);
}

/** Every default of the library that matters is written out; its own variables (PGHOST …) are not read. */
function connectionTo(address: PostgresAddress, options: PostgresOptions, sockets: Set<Socket>) {
  const socket = async (): Promise<Socket> => {
    const dialled = dial(address.port, address.host);
    sockets.add(dialled);
    dialled.once("close", () => sockets.delete(dialled));
    dialled.setTimeout(options.connectTimeoutMs, () =>
      dialled.destroy(new Error("connecting took too long")),
    );
    await once(dialled, "connect");
    dialled.setTimeout(0);
    return Object.assign(dialled, { host: address.host, port: address.port });
  };
  // Not in the library's types.
  const ownSockets = { socket };
  return postgres({
    ...ownSockets,
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl: address.ssl,
    max: options.connectionsMax,
    connect_timeout: options.connectTimeoutMs / 1000,
    idle_timeout: 0,
    max_lifetime: null,
    keep_alive: 30,
    prepare: true,
    // Without this the library never hands out a connection that `reserve` had to open.
    fetch_types: true,
    onnotice: () => undefined,
    // JSON comes as text that was made once, by who writes the statement.
    types: {
      json: { to: 114, from: [114, 3802], serialize: (text: string) => text, parse: (text: string) => text },
    },
    connection: {
      application_name: "millrace",
      search_path: `"${options.schema}"`,
      // Claims rely on each statement seeing what was committed before it (sql/segment-claims.ts).
      default_transaction_isolation: "read committed",
      statement_timeout: options.statementTimeoutMs,
      // A process that vanished with its machine must not hold its locks for the hours that TCP takes to notice.
      idle_in_transaction_session_timeout: options.statementTimeoutMs,
      tcp_keepalives_idle: 30,
    },
  });
}

class PostgresSession implements SqlSession {
  readonly #options: PostgresOptions;
  readonly #address: PostgresAddress;
  readonly #where: string;
  readonly #clock: Clock;
  readonly #prepared = new Set<string>();
  /** Work whose caller may have left; and clients on their way out. */
  readonly #pending = new Set<Promise<unknown>>();
  #client: Client | null = null;
  #everConnected = false;
  /** Rows are as durable as the server keeps them. */
  readonly needsRebuild = false;

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
  ): Promise<readonly (readonly SqlRow[])[]> {
    for (let collisions = 0; ; collisions++) {
      try {
        return await this.#withConnection((reserved) => this.#send(reserved, statements), signal);
      } catch (thrown) {
        if (!isCollision(thrown) || collisions === COLLISIONS_MAX) throw this.#failure(thrown, signal);
      }
    }
  }

  async script(sql: string): Promise<void> {
    try {
      await this.#withConnection(async (reserved) => {
        try {
          await reserved.unsafe(sql).simple();
        } catch (thrown) {
          // A script may have begun a transaction of its own.
          if (!isLost(thrown)) await reserved.unsafe("rollback");
          throw thrown;
        }
        return [];
      });
    } catch (thrown) {
      // Migrations come this way: a right that is missing is for somebody to give, whenever it is found.
      throw failureOf(thrown, this.#where, false);
    }
  }

  /** The lock is the session's, on a connection of its own: the work goes over the others. */
  async exclusively<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    const key = `hashtextextended('millrace ${this.#options.schema}', 0)`;
    const client = this.#current();
    let reserved: Reserved;
    try {
      reserved = await this.#reserve(client, signal);
    } catch (thrown) {
      throw this.#failure(thrown, signal);
    }
    try {
      for (;;) {
        const [row] = await reserved.unsafe(`select pg_try_advisory_lock(${key}) as mine`);
        if (row?.mine === true) break;
        await this.#clock.sleep(LOCK_LOOK_MS, signal);
      }
    } catch (thrown) {
      this.#release(client, reserved, thrown);
      throw this.#failure(thrown, signal);
    }
    try {
      return await work();
    } finally {
      try {
        await reserved.unsafe(`select pg_advisory_unlock(${key})`);
        reserved.release();
      } catch (thrown) {
        // The lock went with the connection.
        this.#release(client, reserved, thrown);
      }
    }
  }

  async trust(): Promise<void> {}

  async close(): Promise<void> {
    if (this.#client !== null) this.#retire(this.#client, RETIRE_S);
    await Promise.allSettled(this.#pending);
  }

  get #schema(): string {
    return `"${this.#options.schema}"`;
  }

  #current(): Client {
    if (this.#client !== null) return this.#client;
    const sockets = new Set<Socket>();
    const sql = connectionTo(this.#address, this.#options, sockets);
    this.#client = { sql, gone: new AbortController(), sockets };
    return this.#client;
  }

  #failure(thrown: unknown, signal?: AbortSignal): Error {
    if (signal?.aborted && thrown === signal.reason) return asError(thrown);
    return thrown instanceof NotConnected ? thrown : failureOf(thrown, this.#where, this.#everConnected);
  }

  /** The caller may leave on an abort; the work ends by itself and gives its connection back. */
  async #withConnection<T>(work: (reserved: Reserved) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const client = this.#current();
    const { connectTimeoutMs, statementTimeoutMs } = this.#options;
    const late = (): Error => new NotConnected(`PostgreSQL at ${this.#where}: no answer in time`);
    const inTime = deadline(this.#clock, connectTimeoutMs + statementTimeoutMs + ANSWER_SLACK_MS, late);
    const doing = (async () => {
      const reserved = await this.#reserve(client, inTime.signal);
      try {
        const result = await work(reserved);
        reserved.release();
        return result;
      } catch (thrown) {
        this.#release(client, reserved, thrown);
        throw thrown;
      }
    })();
    const kept = this.#keep(doing.finally(() => inTime.clear()));
    // An answer that does not come is a client to give up: its connections are cut, and `doing` fails with them.
    inTime.signal.addEventListener("abort", () => this.#retire(client, 0), { once: true });
    return unlessAborted(unlessAborted(kept, inTime.signal), signal);
  }

  /** One round trip: all is sent before the first answer is read. A failed statement makes the commit a rollback. */
  async #send(reserved: Reserved, statements: readonly Statement[]): Promise<readonly (readonly SqlRow[])[]> {
    const alone = statements.length === 1;
    const sent = [
      ...(alone ? [] : [reserved.unsafe("begin")]),
      ...statements.map(({ sql, values }) =>
        reserved.unsafe(sql, [...values].map(parameter), { prepare: this.#isPrepared(sql) }),
      ),
      ...(alone ? [] : [reserved.unsafe("commit")]),
    ].map((query) =>
      query.execute().then(
        (rows) => ({ rows, error: null }),
        (error: unknown) => ({ rows: [], error: asError(error) }),
      ),
    );
    const answers: (readonly SqlRow[])[] = [];
    let first: Error | null = null;
    for (const answer of sent) {
      const { rows, error } = await answer;
      // What was sent behind the loss of the connection may never be answered.
      if (error !== null && isLost(error)) throw error;
      first ??= error;
      answers.push(rows);
    }
    if (first !== null) throw first;
    return alone ? answers : answers.slice(1, -1);
  }

  #isPrepared(sql: string): boolean {
    if (this.#prepared.has(sql)) return true;
    if (this.#prepared.size >= PREPARED_MAX) return false;
    this.#prepared.add(sql);
    return true;
  }

  async #reserve(client: Client, signal: AbortSignal): Promise<Reserved> {
    signal.throwIfAborted();
    const reserving = client.sql.reserve();
    try {
      return await unlessAborted(unlessAborted(reserving, client.gone.signal), signal);
    } catch (thrown) {
      // Should it come after all, nobody is waiting for it. It may also never come, so nobody waits for that either.
      reserving.then(
        (reserved) => reserved.release(),
        () => undefined,
      );
      if (!signal.aborted) this.#retire(client, RETIRE_S);
      throw thrown;
    }
  }

  /** A lost connection must not go back among the good ones: the client ends with it, and the next call makes another. */
  #release(client: Client, reserved: Reserved, thrown: unknown): void {
    if (isLost(thrown)) this.#retire(client, RETIRE_S);
    else reserved.release();
  }

  #retire(client: Client, withinS: number): void {
    if (this.#client === client) this.#client = null;
    client.gone.abort(new NotConnected(`PostgreSQL at ${this.#where}: the connection was lost`));
    const cut = (): void => {
      for (const socket of client.sockets) socket.destroy();
    };
    this.#keep(client.sql.end({ timeout: withinS }).finally(cut));
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

const parameter = (value: Statement["values"][number]) =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;

/** Rejects with the signal's reason when that comes first; the work itself goes on. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  const gone = Promise.withResolvers<never>();
  const onAbort = (): void => gone.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([work, gone.promise]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
