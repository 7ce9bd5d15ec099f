// The journal of the rows that exist nowhere else (see tables.ts): PGlite never syncs, so each change of them is on the disk in a file
// of ours before anybody hears that it was made. A row goes: statement → triggers → commit → file, one sync for all that came meanwhile →
// answer. What a kill left between commit and file is found by its key in `journal_changes`; what a power cut took from the database
// is brought back from the file.
import { copyFile } from "node:fs/promises";
import { z } from "zod";
import type { Restored, SqlRow } from "../../sql/session.ts";
import { frameOf } from "./frames.ts";
import { JournalFile } from "./journal-file.ts";
import { Restorer, type Run, sameKey } from "./restore.ts";
import { endOfRows, HEAD, type Scan, scanJournal } from "./scan.ts";
import { installCapture, JOURNALED, type JournaledTable } from "./tables.ts";

/** As the database's thread tells it, in the order of the commits. */
export interface Change {
  /** The last one of its statement. */
  readonly seq: number;
  /** JSON, see scan.ts. */
  readonly record: string;
}

export interface RowJournalParts {
  readonly path: string;
  /** The database's rows may be missing. */
  readonly isLost: boolean;
  /** Written anew when it is larger than this and than twice its rows. */
  readonly mebibytesMax: number;
  readonly run: Run;
  script(sql: string): Promise<readonly SqlRow[]>;
}

/** Changes whose keys the database holds at most, before those that are on the disk are let go. */
const NOTED_MAX = 2_000;
/** Not worth writing anew at the end of a run. */
const SMALL_BYTES = 1024 * 1024;

const recordRow = z.object({ record: z.string() });
const keyRow = z.array(z.union([z.string(), z.number()]));

export class RowJournal {
  readonly restored: Restored | null;
  readonly #parts: RowJournalParts;
  readonly #file: JournalFile;
  #compactBytes: number;
  #lastSeq: number;
  #durableSeq: number;
  #noted = 0;
  /** Trims and rewrites, one after another. */
  #upkeep: Promise<void> | null = null;

  private constructor(parts: RowJournalParts, scan: Scan | null, restored: Restored | null) {
    this.#parts = parts;
    this.restored = restored;
    this.#lastSeq = scan?.lastSeq ?? 0;
    this.#durableSeq = this.#lastSeq;
    this.#compactBytes = scan?.compactBytes ?? 0;
    const goodBytes = scan?.goodBytes ?? 0;
    this.#file = new JournalFile({
      ...{ path: parts.path, goodBytes, head: HEAD },
      missed: () => this.#notedFrames(),
    });
  }

  /** The tables are there. */
  static async open(parts: RowJournalParts): Promise<RowJournal> {
    const { path, isLost, run, script } = parts;
    const isNew = await installCapture(script);
    const scan = await scanJournal(path);
    const isDamaged = scan !== null && scan.damages.length > 0;
    let restored: Restored | null = null;
    if (scan !== null && isLost) {
      const restorer = await Restorer.open(run, scan.lastSeq);
      restored = {
        path,
        changes: scan.changes,
        refused: await restorer.restore(path),
        damages: scan.damages,
      };
      if (isDamaged) await copyFile(path, `${path}.damaged`);
    } else if (isDamaged) restored = { path, changes: 0, refused: 0, damages: scan.damages };
    await run([
      {
        sql: `select setval('journal_changes_seq_seq', $1::bigint) from journal_changes_seq_seq where last_value < $1::bigint`,
        values: [scan?.lastSeq ?? 0],
      },
    ]);
    const journal = new RowJournal(parts, scan, restored);
    journal.#file.append(await journal.#notedFrames());
    await journal.#file.durable();
    journal.#durableSeq = journal.#lastSeq;
    const isPartial = (scan === null || isNew) && (await journal.#hasRows());
    if (restored !== null || isPartial) await journal.#rewrite();
    await journal.#trim();
    return journal;
  }

  /** In the order of the commits. */
  take(changes: readonly Change[]): void {
    const last = changes.at(-1);
    if (last === undefined) return;
    this.#lastSeq = last.seq;
    this.#noted += changes.length;
    this.#file.append(changes.map(({ record }) => frameOf(record)));
    this.#file.durable()?.then(
      () => {
        this.#durableSeq = Math.max(this.#durableSeq, last.seq);
        this.#keepUp();
      },
      () => undefined,
    );
  }

  /** Changes were made that nobody told of: a script that failed halfway. */
  async takeNoted(): Promise<void> {
    this.#file.append(await this.#notedFrames());
  }

  /** When every change that was taken is on the disk, as soon as the disk can where it is hurried; null when it is. */
  durable(isHurried: boolean): Promise<void> | null {
    return this.#file.durable(isHurried);
  }

  async close(): Promise<void> {
    await this.#upkeep;
    await this.#file.durable(true)?.catch(() => undefined);
    if (this.#file.bytes > Math.max(SMALL_BYTES, 2 * this.#compactBytes)) await this.#rewrite();
    await this.#trim();
    await this.#file.close();
  }

  /** The database is gone. */
  async abandon(): Promise<void> {
    await this.#file.close();
  }

  #keepUp(): void {
    const isLarge =
      this.#file.bytes > Math.max(this.#parts.mebibytesMax * 1024 * 1024, 2 * this.#compactBytes);
    if (this.#upkeep !== null || (this.#noted < NOTED_MAX && !isLarge)) return;
    const work = isLarge ? this.#rewrite() : this.#trim();
    // Nobody waits for it: what did not work now is tried again.
    this.#upkeep = work
      .catch(() => undefined)
      .then(() => {
        this.#upkeep = null;
      });
  }

  async #trim(): Promise<void> {
    this.#noted = 0;
    const [rows = []] = await this.#parts.run([
      {
        sql: "with gone as (delete from journal_changes where seq <= $1::bigint returning 1) select count(*)::integer as count from gone",
        values: [this.#durableSeq],
      },
    ]);
    if (z.object({ count: z.number() }).parse(rows[0]).count > 0)
      await this.#parts.script("vacuum journal_changes");
  }

  async #rewrite(): Promise<void> {
    await this.#file.beginRewrite();
    try {
      for (const table of JOURNALED) await this.#addRows(table);
      await this.#file.addRows([endOfRows(this.#lastSeq)]);
      await this.#file.endRewrite();
      this.#compactBytes = this.#file.bytes;
    } catch (thrown) {
      // As large as it is it is whole; not tried again before it has grown to twice that.
      this.#compactBytes = this.#file.bytes;
      await this.#file.dropRewrite();
      throw thrown;
    }
  }

  /** Slice by slice: what changes behind one is a change of its own, and what changed before it is in it. */
  async #addRows({ name, key, rowsAtOnce }: JournaledTable): Promise<void> {
    const columns = key.map(([column]) => `t.${column}`).join(", ");
    const places = key.map(([, type], nth) => `$${nth + 2}::${type}`).join(", ");
    const keyJson = key.map(([column]) => `'${column}', t.${column}`).join(", ");
    let after: readonly (string | number)[] = [];
    for (;;) {
      const where = after.length === 0 ? "" : `where (${columns}) > (${places})`;
      const [rows = []] = await this.#parts.run([
        {
          sql: `select json_build_object('s', $1::bigint, 't', '${name}', 'k', json_build_object(${keyJson}), 'r', t)::text as record,
            json_build_array(${columns})::text as after from ${name} t ${where} order by ${columns} limit ${rowsAtOnce}`,
          values: [this.#lastSeq, ...after],
        },
      ]);
      await this.#file.addRows(rows.map((row) => frameOf(recordRow.parse(row).record)));
      const last = rows.at(-1);
      if (rows.length < rowsAtOnce || last === undefined) return;
      after = keyRow.parse(JSON.parse(z.object({ after: z.string() }).parse(last).after));
    }
  }

  /** Rows as they are now of every key that may not be in the file. */
  async #notedFrames(): Promise<Buffer[]> {
    const statements = JOURNALED.map((table) => ({
      sql: `select json_build_object('s', c.seq, 't', '${table.name}', 'k', c.key::json, 'r', t)::text as record, c.seq::text as seq
        from (select max(seq) as seq, key from journal_changes where name = '${table.name}' and seq > $1::bigint group by key) c
        cross join lateral json_populate_record(null::${table.name}, c.key::json) k
        left join ${table.name} t on ${sameKey(table)} order by c.seq`,
      values: [this.#durableSeq],
    }));
    const noted = (await this.#parts.run(statements)).flat().map((row) => ({
      seq: Number(z.object({ seq: z.string() }).parse(row).seq),
      frame: frameOf(recordRow.parse(row).record),
    }));
    noted.sort((a, b) => a.seq - b.seq);
    this.#lastSeq = Math.max(this.#lastSeq, noted.at(-1)?.seq ?? 0);
    return noted.map(({ frame }) => frame);
  }

  async #hasRows(): Promise<boolean> {
    const exists = JOURNALED.map(({ name }) => `exists (select from ${name})`).join(" or ");
    const [rows = []] = await this.#parts.run([{ sql: `select ${exists} as found`, values: [] }]);
    return z.object({ found: z.boolean() }).parse(rows[0]).found;
  }
}
