// The turns of hosts as a table: processes that collect at the same time, or one after the other, share one clock a host.
import { z } from "zod";
import { query, type SqlSession } from "../../store/index.ts";
import type { HostTurns } from "../../topology/index.ts";

/** $1 host · $2 ms until the turn after · $3 ms that are waited at most. No row: it would be longer. */
const TAKE = `insert into host_turns as t (host, next_at)
values ($1, clock_timestamp() + $2::double precision * interval '1 ms')
on conflict (host) do update set next_at = greatest(t.next_at, clock_timestamp()) + $2::double precision * interval '1 ms'
where t.next_at <= clock_timestamp() + $3::double precision * interval '1 ms'
returning (extract(epoch from next_at - clock_timestamp()) * 1000)::double precision - $2::double precision as wait_ms`;

const HOLD = `insert into host_turns as t (host, next_at) values ($1, to_timestamp($2::double precision / 1000))
on conflict (host) do update set next_at = greatest(t.next_at, excluded.next_at)`;

/** Hosts whose turn has long come need no row. */
const FORGET = `delete from host_turns where host in (
  select host from host_turns where next_at < clock_timestamp() - interval '1 hour' order by next_at limit 10000)`;

export class HostTurnTable implements HostTurns {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  async take(
    host: string,
    { delayMs, waitMsMax }: { readonly delayMs: number; readonly waitMsMax: number },
    signal: AbortSignal,
  ): Promise<number | null> {
    const [rows] = await this.#session.transaction(
      [{ sql: TAKE, values: [host, delayMs, waitMsMax] }],
      signal,
    );
    const row = rows?.[0];
    return row === undefined ? null : Math.max(0, z.object({ wait_ms: z.number() }).parse(row).wait_ms);
  }

  async hold(host: string, untilMs: number, signal: AbortSignal): Promise<void> {
    await this.#session.transaction([{ sql: HOLD, values: [host, untilMs] }], signal);
  }

  async forget(): Promise<void> {
    await query(this.#session, FORGET);
  }
}
