// Rows of `pages` in the order in which their transactions began, and how far a follower has read them. A transaction's
// number is given at its first write and is seen at its commit, which may come in another order; so only rows are read whose
// numbers lie below every transaction that is still open: none can appear behind the cursor. Knows no search engine.
import { z } from "zod";
import type { PageRow } from "../faces.ts";
import { PAGE_SELECTION, toPageRow } from "../sql/rows.ts";
import type { SqlSession } from "../sql/session.ts";

export interface Position {
  /** Transaction's number (xid8), decimal. */
  readonly changedBy: string;
  /** The last page's key within it. */
  readonly key: string;
}

export interface Changes {
  readonly pages: readonly PageRow[];
  /** Behind the last of them. */
  readonly position: Position;
}

const BEGINNING: Position = { changedBy: "0", key: "" };
/** A follower that was silent so long is gone, and another takes its turn. */
const TURN_S = 15;

const stored = z.object({ changedBy: z.string().regex(/^\d+$/), key: z.string() });
const cursorRow = z.object({ position: z.string(), ahead: z.boolean() });
const changedRow = z.object({ changed_by_text: z.string() });

const INDEX = "create index if not exists pages_changed on pages (changed_by, url_sha256)";

/**
 * Answers when it is this follower's turn. A cursor ahead of every transaction came with a dump from another server, whose
 * numbers mean nothing here.
 */
const TAKE_TURN = `insert into cursors (name, position, owner) values ($1, $2, $3)
on conflict (name) do update set owner = excluded.owner, updated_at = clock_timestamp()
where cursors.owner = excluded.owner or cursors.updated_at < clock_timestamp() - interval '${TURN_S} seconds'
returning position, (position::json->>'changedBy')::xid8 > pg_snapshot_xmax(pg_current_snapshot()) as ahead`;

const SAVE = `update cursors set position = $2, updated_at = clock_timestamp() where name = $1 and owner = $3`;

const CHANGED = `select ${PAGE_SELECTION}, changed_by::text as changed_by_text from pages
where (changed_by, url_sha256) > ($1::xid8, $2) and changed_by < pg_snapshot_xmin(pg_current_snapshot())
order by changed_by, url_sha256 limit $3::integer`;

export class ChangedPages {
  readonly #session: SqlSession;
  readonly #name: string;
  readonly #owner: string;

  /** `name` is the follower's, shared by all who do its work; `owner` is this process. */
  constructor(session: SqlSession, name: string, owner: string) {
    this.#session = session;
    this.#name = name;
    this.#owner = owner;
  }

  /** The index that following needs, which only followers pay for. */
  async prepare(signal: AbortSignal): Promise<void> {
    await this.#session.exclusively(() => this.#session.script(INDEX), signal);
  }

  /** Where to go on; null while another process does this work. */
  async turn(signal: AbortSignal): Promise<Position | null> {
    const values = [this.#name, JSON.stringify(BEGINNING), this.#owner];
    const [rows] = await this.#session.transaction([{ sql: TAKE_TURN, values }], signal);
    const [row] = rows ?? [];
    if (row === undefined) return null;
    const { position, ahead } = cursorRow.parse(row);
    return ahead ? BEGINNING : stored.parse(JSON.parse(position));
  }

  async read(after: Position, limit: number, signal: AbortSignal): Promise<Changes> {
    const values = [after.changedBy, after.key, limit];
    const [rows] = await this.#session.transaction([{ sql: CHANGED, values }], signal);
    const pages = (rows ?? []).map(toPageRow);
    const last = pages.at(-1);
    if (last === undefined) return { pages, position: after };
    const changedBy = changedRow.parse(rows?.at(-1)).changed_by_text;
    return { pages, position: { changedBy, key: last.urlSha256 } };
  }

  async save(position: Position, signal: AbortSignal): Promise<void> {
    const values = [this.#name, JSON.stringify(position), this.#owner];
    await this.#session.transaction([{ sql: SAVE, values }], signal);
  }
}
