// Deliveries of webhooks as rows, made in the statement that ended their task: none is forgotten and none made twice.
import { z } from "zod";
import { query, type SqlSession, storable } from "../store/index.ts";
import { iso } from "./task-table.ts";

const deliveryRow = z.object({
  id: z.string(),
  task_id: z.string(),
  url: z.string(),
  event: z.string(),
  attempts: z.number(),
});
export type DeliveryRow = z.output<typeof deliveryRow>;

/** Taken for so long; who goes away meanwhile leaves it to the next. */
const CLAIM = `update webhook_deliveries set attempts = attempts + 1, due_at = $2::timestamptz
where id in (select id from webhook_deliveries where status = 'pending' and due_at <= $1::timestamptz
  order by due_at limit $3::integer for update skip locked)
returning id, task_id, url, event, attempts`;

export class WebhookTable {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  async claim(limit: number, nowMs: number, leaseMs: number): Promise<DeliveryRow[]> {
    const rows = await query(this.#session, CLAIM, [iso(nowMs), iso(nowMs + leaseMs), limit]);
    return rows.map((row) => deliveryRow.parse(row));
  }

  async delivered(id: string, nowMs: number): Promise<void> {
    await query(
      this.#session,
      "update webhook_deliveries set status = 'completed', finished_at = $2::timestamptz where id = $1::uuid",
      [id, iso(nowMs)],
    );
  }

  /** `dueAtMs` null: given up. */
  async failed(id: string, error: string, dueAtMs: number | null, nowMs: number): Promise<void> {
    await query(
      this.#session,
      `update webhook_deliveries set last_error = $2, status = case when $3::timestamptz is null then 'failed' else 'pending' end,
        due_at = coalesce($3::timestamptz, due_at), finished_at = case when $3::timestamptz is null then $4::timestamptz end
      where id = $1::uuid`,
      [id, storable(error).slice(0, 1_000), dueAtMs === null ? null : iso(dueAtMs), iso(nowMs)],
    );
  }
}
