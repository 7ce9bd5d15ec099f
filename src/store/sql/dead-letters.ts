// Dead letters as a table: written once by id, listed newest first, marked when replayed and when copied.
import { z } from "zod";
import type { DeadLetter } from "../../model/index.ts";
import type { DeadLetterRow, DeadLetterStore, Slice, SliceRequest } from "../faces.ts";
import { storable } from "./columns.ts";
import { decodeCursor, encodeCursor, limitOf } from "./cursor.ts";
import { Conditions } from "./page-reader.ts";
import { DEAD_LETTER_SELECTION, toDeadLetterRow } from "./rows.ts";
import { query, type SqlSession } from "./session.ts";

const changed = z.object({ count: z.number() });

const INSERT = `insert into dead_letters (id, stage, topic, capture_id, url, code, message, died_at, payload, origin)
select id, stage, topic, capture_id, url, code, message, died_at, decode(payload, 'base64'), origin
from json_to_recordset($1::json) as r(id uuid, stage text, topic text, capture_id uuid, url text, code text, message text,
  died_at timestamptz, payload text, origin text)
on conflict (id) do nothing`;

export class DeadLetterTable implements DeadLetterStore {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  async write(letters: readonly DeadLetter[], signal?: AbortSignal): Promise<void> {
    const rows = letters.map((letter) => ({
      id: letter.id,
      stage: storable(letter.stage),
      topic: storable(letter.topic),
      capture_id: letter.captureId,
      url: letter.url === null ? null : storable(letter.url),
      code: storable(letter.code),
      message: storable(letter.message),
      died_at: new Date(letter.diedAtMs).toISOString(),
      payload: letter.payload === null ? null : Buffer.from(letter.payload).toString("base64"),
      origin: letter.origin === undefined || letter.origin === null ? null : storable(letter.origin),
    }));
    await this.#session.transaction([{ sql: INSERT, values: [JSON.stringify(rows)] }], signal);
  }

  /** Newest first: ids are UUIDv7. */
  async list(request: SliceRequest & { readonly topic?: string } = {}): Promise<Slice<DeadLetterRow>> {
    const limit = limitOf(request.limit);
    const conditions = new Conditions();
    if (request.cursor !== undefined) conditions.add("id < ?::uuid", decodeCursor(request.cursor, z.uuid()));
    if (request.topic !== undefined) conditions.add("topic = ?", request.topic);
    const rows = await query(
      this.#session,
      `select ${DEAD_LETTER_SELECTION} from dead_letters where ${conditions} order by id desc limit ${limit + 1}`,
      conditions.values,
    );
    const items = rows.slice(0, limit).map(toDeadLetterRow);
    const last = items.at(-1);
    return { items, cursor: rows.length > limit && last !== undefined ? encodeCursor(last.id) : null };
  }

  async show(id: string): Promise<DeadLetterRow | null> {
    if (!z.uuid().safeParse(id).success) return null;
    const [row] = await query(
      this.#session,
      `select ${DEAD_LETTER_SELECTION} from dead_letters where id = $1::uuid`,
      [id],
    );
    return row === undefined ? null : toDeadLetterRow(row);
  }

  async uncopied(limit: number): Promise<readonly DeadLetterRow[]> {
    const rows = await query(
      this.#session,
      `select ${DEAD_LETTER_SELECTION} from dead_letters where copied_at is null order by id limit $1::integer`,
      [limitOf(limit)],
    );
    return rows.map(toDeadLetterRow);
  }

  markCopied(ids: readonly string[], atMs: number): Promise<number> {
    return this.#change(
      `with changed as (update dead_letters set copied_at = $2::timestamptz
        where copied_at is null and id in (select value::uuid from json_array_elements_text($1::json)) returning 1)
      select count(*)::integer as count from changed`,
      ids,
      [new Date(atMs).toISOString()],
    );
  }

  markReplayed(ids: readonly string[], atMs: number): Promise<number> {
    return this.#change(
      `with changed as (update dead_letters set replayed_at = $2::timestamptz
        where id in (select value::uuid from json_array_elements_text($1::json)) returning 1)
      select count(*)::integer as count from changed`,
      ids,
      [new Date(atMs).toISOString()],
    );
  }

  drop(ids: readonly string[]): Promise<number> {
    return this.#change(
      `with changed as (delete from dead_letters
        where id in (select value::uuid from json_array_elements_text($1::json)) returning 1)
      select count(*)::integer as count from changed`,
      ids,
      [],
    );
  }

  async count(): Promise<number> {
    const [row] = await query(this.#session, "select count(*)::integer as count from dead_letters");
    return changed.parse(row).count;
  }

  async #change(sql: string, ids: readonly string[], values: readonly string[]): Promise<number> {
    const known = ids.filter((id) => z.uuid().safeParse(id).success);
    const [row] = await query(this.#session, sql, [JSON.stringify(known), ...values]);
    return changed.parse(row).count;
  }
}
