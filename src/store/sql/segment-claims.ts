// Who writes which capture, as a table that several processes share: taken before a segment is put, let go of in the
// transaction that writes the row. Knows no segment's bytes.
import { z } from "zod";
import type { StoredLocations } from "../faces.ts";
import { ASKED, idList, idsIn } from "./capture-ids.ts";
import { PAIR, pairFields, pairOf, SCREENSHOT, screenshotFields, screenshotOf } from "./locations.ts";
import type { SqlSession, Statement } from "./session.ts";

export interface Taken {
  /** Captures that are this segment's to write. */
  readonly mine: ReadonlySet<string>;
  /** Captures whose row is there already. */
  readonly stored: ReadonlyMap<string, StoredLocations>;
  /** Captures that belong to another segment, and how long they have, ms. */
  readonly held: readonly { readonly captureId: string; readonly segment: string; readonly ageMs: number }[];
}

const storedRow = z.object({
  id: z.string(),
  ...pairFields,
  ...screenshotFields,
});
const heldRow = z.object({ id: z.string(), segment_key: z.string(), age_ms: z.number() });

/** In the order of ids, so that two who ask for the same wait for each other and never in a circle. */
const TAKE = `insert into segment_claims (capture_id, segment_key)
select capture_id, $2 from ${ASKED} order by capture_id on conflict (capture_id) do nothing`;

/**
 * A claim may have been won only because the row's transaction has just let go of it. A row that did is seen by this
 * statement (read committed: each sees what was committed before it).
 */
const GIVE_BACK = `delete from segment_claims using stored_captures, ${ASKED}
where stored_captures.capture_id = asked.capture_id and segment_claims.capture_id = asked.capture_id
  and segment_claims.segment_key = $2`;

const STORED = `select capture_id::text as id, ${PAIR}, ${SCREENSHOT}
from stored_captures join ${ASKED} using (capture_id)`;

const HELD = `select capture_id::text as id, segment_key,
  (extract(epoch from clock_timestamp() - claimed_at) * 1000)::double precision as age_ms
from segment_claims join ${ASKED} using (capture_id)`;

const TRANSFER = `update segment_claims set segment_key = $2, claimed_at = clock_timestamp() from ${ASKED}
where segment_claims.capture_id = asked.capture_id and segment_key = $3
returning segment_claims.capture_id::text as id`;

const FORGET = `delete from segment_claims using ${ASKED} where segment_claims.capture_id = asked.capture_id`;

/** Longer than any topic keeps a page: whose row has not come by then comes never (dead letters). */
const SWEEP = "delete from segment_claims where claimed_at < clock_timestamp() - interval '8 days'";

export class SegmentClaims {
  readonly #session: SqlSession;

  constructor(session: SqlSession) {
    this.#session = session;
  }

  /** Claims for `segment` what is free of these captures, and tells of the others. One round trip. */
  async take(segment: string, captureIds: readonly string[], signal: AbortSignal): Promise<Taken> {
    const ids = idList(captureIds);
    const [, , stored, held] = await this.#session.transaction(
      [
        { sql: TAKE, values: [ids, segment] },
        { sql: GIVE_BACK, values: [ids, segment] },
        { sql: STORED, values: [ids] },
        { sql: HELD, values: [ids] },
      ],
      signal,
    );
    const claims = (held ?? []).map((row) => heldRow.parse(row));
    const rows = new Map((stored ?? []).map((row) => locationsOf(storedRow.parse(row))));
    return {
      mine: new Set(claims.filter((claim) => claim.segment_key === segment).map(({ id }) => id)),
      stored: rows,
      held: claims
        .filter(({ id, segment_key }) => segment_key !== segment && !rows.has(id))
        .map(({ id, segment_key, age_ms }) => ({ captureId: id, segment: segment_key, ageMs: age_ms })),
    };
  }

  /** Moves claims from a segment that will never be; those that another has moved meanwhile are not in the answer. */
  async transfer(
    from: string,
    to: string,
    captureIds: readonly string[],
    signal: AbortSignal,
  ): Promise<Set<string>> {
    const values = [idList(captureIds), to, from];
    const [rows] = await this.#session.transaction([{ sql: TRANSFER, values }], signal);
    return idsIn(rows);
  }

  async sweep(signal: AbortSignal): Promise<void> {
    await this.#session.transaction([{ sql: SWEEP, values: [] }], signal);
  }
}

/** Belongs into the transaction that records the pages, or takes them into the render queue. */
export const forgetClaims = (captureIds: readonly string[]): readonly Statement[] => [
  { sql: FORGET, values: [idList(captureIds)] },
];

const locationsOf = (row: z.infer<typeof storedRow>): [string, StoredLocations] => {
  const screenshot = screenshotOf(row);
  return [row.id, { ...pairOf(row), ...(screenshot === null ? {} : { screenshot }) }];
};
