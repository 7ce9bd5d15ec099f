// What the router learned of each host, as a table that several processes share: a host's pages go to one of them at a time, so
// its row is the last one's. Keeps lines of text without reading them.
import { z } from "zod";
import type { MemoryRow } from "../../model/index.ts";
import type { RouteMemoryStore } from "../faces.ts";
import type { SqlSession } from "./session.ts";

const memoryRow = z.object({ host: z.string(), state: z.string() });
const untilRow = z.object({ until: z.number() });

/** Later than all that is saved, also where the clock tells milliseconds only and the last one was saved in this one. */
const NOW =
  "greatest(clock_timestamp(), (select max(updated_at) + interval '1 microsecond' from route_memory))";

/** In the order of hosts, so that two who save the same wait for each other and never in a circle. */
const SAVE = `insert into route_memory (host, state, updated_at)
select host, state, ${NOW} from json_to_recordset($1::json) as r(host text, state text) order by host
on conflict (host) do update set state = excluded.state, updated_at = excluded.updated_at`;

const UNTIL = `select (extract(epoch from ${NOW}) * 1000)::double precision as until`;

const LOAD = `select host, state from (
  select host, state, updated_at from route_memory
  where updated_at >= to_timestamp($2::double precision / 1000) order by updated_at desc, host limit $1
) as newest order by updated_at`;

/** Those behind the newest, be they as old as some of them. */
const PRUNE = `delete from route_memory where host in (
  select host from route_memory order by updated_at desc, host offset $1)`;

export class RouteMemoryTable implements RouteMemoryStore {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  async load(
    hostsMax: number,
    sinceMs: number | null,
    signal?: AbortSignal,
  ): Promise<{ rows: MemoryRow[]; untilMs: number }> {
    const [until, rows] = await this.#session.transaction(
      [
        { sql: UNTIL, values: [] },
        { sql: LOAD, values: [hostsMax, sinceMs ?? 0] },
        ...(sinceMs === null ? [{ sql: PRUNE, values: [hostsMax] }] : []),
      ],
      signal,
    );
    return {
      rows: (rows ?? []).map((row) => memoryRow.parse(row)),
      untilMs: untilRow.parse(until?.[0]).until,
    };
  }

  async one(host: string): Promise<MemoryRow | null> {
    const [rows] = await this.#session.transaction([
      { sql: "select host, state from route_memory where host = $1", values: [host] },
    ]);
    const row = rows?.[0];
    return row === undefined ? null : memoryRow.parse(row);
  }

  async save(rows: readonly MemoryRow[], signal?: AbortSignal): Promise<void> {
    if (rows.length === 0) return;
    await this.#session.transaction([{ sql: SAVE, values: [JSON.stringify(rows)] }], signal);
  }
}
