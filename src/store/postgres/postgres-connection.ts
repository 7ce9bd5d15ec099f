// One connection to a PostgreSQL server, opened once and never again: with the first thing that is lost on it, it ends, and
// who waits on it is told. Over postgres.js, of whose own pool, reconnecting and look-up of types nothing is used: in each
// of them a server that goes at the wrong moment ends in a promise that nobody awaits or that never settles. Knows no pool.
import { once } from "node:events";
import { connect as dial, type Socket } from "node:net";
import postgres from "postgres";
import { asError } from "../../base/index.ts";
import { abortable } from "../../engine/index.ts";
import type { SqlRow, Statement } from "../sql/session.ts";
import type { PostgresAddress } from "./address.ts";
import { isLost } from "./failure.ts";

export interface PostgresOptions {
  /** postgres://user:password@host:port/database?sslmode=… */
  readonly url: string;
  readonly schema: string;
  readonly connectionsMax: number;
  readonly connectTimeoutMs: number;
  readonly statementTimeoutMs: number;
}

type Library = ReturnType<typeof libraryTo>;
type Reserved = Awaited<ReturnType<Library["reserve"]>>;
export type Answers = readonly (readonly SqlRow[])[];

/** Texts kept prepared; those beyond are parsed each time. */
const PREPARED_MAX = 200;
/** An idle connection says goodbye within this time, seconds. */
const GOODBYE_S = 1;

/** Every default of the library that matters is written out; its own variables (PGHOST …) are not read. */
function libraryTo(
  address: PostgresAddress,
  options: PostgresOptions,
  socket: () => Promise<Socket>,
  onclose: () => void,
) {
  // Not in the library's types.
  const ownSocket = { socket };
  return postgres({
    ...ownSocket,
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl: address.ssl,
    max: 1,
    connect_timeout: options.connectTimeoutMs / 1000,
    idle_timeout: 0,
    max_lifetime: null,
    keep_alive: 30,
    prepare: true,
    // Its rejection, when the server goes in the midst of it, would be nobody's. Lists are sent as JSON.
    fetch_types: false,
    onnotice: () => undefined,
    onclose,
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

export class PostgresConnection {
  readonly #address: PostgresAddress;
  readonly #connectTimeoutMs: number;
  readonly #library: Library;
  readonly #prepared = new Set<string>();
  /** Aborted when the connection is lost or ended: the library leaves some who wait on one then waiting for ever. */
  readonly #gone = new AbortController();
  readonly #onGone: () => void;
  #socket: Socket | null = null;
  #reserved: Reserved | null = null;
  #ending: Promise<void> | null = null;

  /** Nothing is dialled before `open`. `onGone` is called once. */
  constructor(address: PostgresAddress, options: PostgresOptions, onGone: () => void) {
    this.#address = address;
    this.#connectTimeoutMs = options.connectTimeoutMs;
    this.#onGone = onGone;
    this.#library = libraryTo(
      address,
      options,
      () => this.#dial(),
      () => this.#lost(),
    );
  }

  get isGone(): boolean {
    return this.#gone.signal.aborted;
  }

  /** To be called once. Rejects with what the server or the network said. */
  async open(): Promise<void> {
    // A statement opens it; reserving one that is not open would need the look-up of types.
    await this.#unlessGone(this.#library.unsafe("select 1"));
    this.#reserved = await this.#unlessGone(this.#library.reserve());
  }

  /** In one transaction, one round trip: all is sent before the first answer is read. A failed statement undoes all. */
  async send(statements: readonly Statement[]): Promise<Answers> {
    const reserved = await this.#ready();
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
      const { rows, error } = await this.#unlessGone(answer);
      if (error !== null && isLost(error)) throw error;
      first ??= error;
      answers.push(rows);
    }
    if (first !== null) throw first;
    return alone ? answers : answers.slice(1, -1);
  }

  /** Several commands in one text, outside a transaction. */
  async script(sql: string): Promise<readonly SqlRow[]> {
    const reserved = await this.#ready();
    try {
      const answers: readonly (SqlRow | readonly SqlRow[])[] = await this.#unlessGone(
        reserved.unsafe(sql).simple(),
      );
      return answers.flat();
    } catch (thrown) {
      // A script may have begun a transaction of its own.
      if (!isLost(thrown)) await this.#unlessGone(reserved.unsafe("rollback"));
      throw thrown;
    }
  }

  /** Of one that is idle: says goodbye to the server. */
  close(): Promise<void> {
    this.#reserved?.release();
    return this.#end(GOODBYE_S);
  }

  /** Whatever it is doing ends here. */
  cut(): Promise<void> {
    return this.#end(0);
  }

  #end(withinS: number): Promise<void> {
    this.#ending ??= this.#library.end({ timeout: withinS }).finally(() => this.#socket?.destroy());
    this.#lost();
    return this.#ending;
  }

  #lost(): void {
    if (this.isGone) return;
    this.#reserved = null;
    this.#gone.abort(new Error("the connection was lost"));
    this.#onGone();
  }

  /**
   * Writing to a socket that is gone is an exception of the library in a turn of its own. Sockets close between turns, so
   * what is asked for and sent in one run of microtasks is safe.
   */
  async #ready(): Promise<Reserved> {
    await Promise.resolve();
    this.#gone.signal.throwIfAborted();
    if (this.#reserved === null) throw new Error("the connection is not open");
    return this.#reserved;
  }

  #unlessGone<T>(work: PromiseLike<T>): Promise<T> {
    return abortable(Promise.resolve(work), this.#gone.signal);
  }

  #isPrepared(sql: string): boolean {
    if (this.#prepared.has(sql)) return true;
    if (this.#prepared.size >= PREPARED_MAX) return false;
    this.#prepared.add(sql);
    return true;
  }

  /** The library would open another after the first; that one would know nothing of what was begun on this. */
  async #dial(): Promise<Socket> {
    const { host, port } = this.#address;
    if (this.#socket !== null || this.isGone)
      throw new Error("the connection was closed before it was ready");
    const dialled = dial(port, host);
    this.#socket = dialled;
    dialled.setTimeout(this.#connectTimeoutMs, () => dialled.destroy(new Error("connecting took too long")));
    await once(dialled, "connect");
    dialled.setTimeout(0);
    return Object.assign(dialled, { host, port });
  }
}

const parameter = (value: Statement["values"][number]) =>
  value instanceof Uint8Array ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : value;
