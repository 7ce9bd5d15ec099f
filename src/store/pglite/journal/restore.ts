// Brings the rows of a journal back into a database that may have lost some: every row that the journal speaks of becomes what it says
// last. Done twice it is the same; what the database knows of that never reached the journal stays.
import { z } from "zod";
import { blamesValue, StatementFailed } from "../../errors.ts";
import type { SqlRow, Statement } from "../../sql/session.ts";
import { type RowChange, scanJournal } from "./scan.ts";
import { JOURNALED, type JournaledTable } from "./tables.ts";

/** Runs statements in one transaction. */
export type Run = (statements: readonly Statement[]) => Promise<readonly (readonly SqlRow[])[]>;

const BATCH_RECORDS = 500;
const BATCH_BYTES = 8 * 1024 * 1024;

/** Neither triggers nor foreign keys: a row may come before its parent, and none of this is news. */
const QUIETLY: Statement = { sql: "set local session_replication_role = replica", values: [] };

interface Batch {
  readonly keys: Map<string, RowChange>;
  bytes: number;
}

export class Restorer {
  readonly #run: Run;
  readonly #columns: ReadonlyMap<string, ReadonlySet<string>>;
  /** Keys with a change that is newer than the journal. */
  readonly #newer: ReadonlySet<string>;
  #refused = 0;

  private constructor(
    run: Run,
    columns: ReadonlyMap<string, ReadonlySet<string>>,
    newer: ReadonlySet<string>,
  ) {
    this.#run = run;
    this.#columns = columns;
    this.#newer = newer;
  }

  static async open(run: Run, lastSeq: number): Promise<Restorer> {
    const [columns = [], changes = []] = await run([
      {
        sql: `select relname as name, attname as column from pg_attribute join pg_class c on c.oid = attrelid
          where c.oid in (select to_regclass(value) from json_array_elements_text($1::json)) and attnum > 0
            and not attisdropped and attgenerated = ''`,
        values: [JSON.stringify(JOURNALED.map(({ name }) => name))],
      },
      { sql: "select name, key from journal_changes where seq > $1::bigint", values: [lastSeq] },
    ]);
    const ofTable = new Map<string, Set<string>>(JOURNALED.map(({ name }) => [name, new Set()]));
    for (const row of columns.map((one) => z.object({ name: z.string(), column: z.string() }).parse(one)))
      ofTable.get(row.name)?.add(row.column);
    const newer = changes.map((row) => z.object({ name: z.string(), key: z.string() }).parse(row));
    return new Restorer(
      run,
      ofTable,
      new Set(
        newer.map(({ name, key }) => keyOf(name, z.record(z.string(), z.unknown()).parse(JSON.parse(key)))),
      ),
    );
  }

  /** Answers how many rows the database refused. */
  async restore(path: string): Promise<number> {
    // Rows as they were once would stand in the way of others as they are: one name, one schedule of a kind.
    await this.#each(path, (batch) => this.#run([QUIETLY, ...deletions(batch)]));
    await this.#each(path, (batch) => this.#write(batch));
    return this.#refused;
  }

  async #each(path: string, apply: (batch: readonly RowChange[]) => Promise<unknown>): Promise<void> {
    let batch: Batch = { keys: new Map(), bytes: 0 };
    const flush = async (): Promise<void> => {
      const changes = [...batch.keys.values()];
      batch = { keys: new Map(), bytes: 0 };
      if (changes.length > 0) await apply(changes);
    };
    await scanJournal(path, async (change, bytes) => {
      const key = keyOf(change.t, change.k);
      // A table of a later program, or of an earlier one.
      if (!this.#columns.has(change.t) || this.#newer.has(key)) return;
      batch.keys.set(key, change);
      batch.bytes += bytes;
      if (batch.keys.size >= BATCH_RECORDS || batch.bytes >= BATCH_BYTES) await flush();
    });
    await flush();
  }

  async #write(batch: readonly RowChange[]): Promise<void> {
    try {
      await this.#run([QUIETLY, ...deletions(batch), ...this.#insertions(batch)]);
    } catch (thrown) {
      if (!(thrown instanceof StatementFailed && blamesValue(thrown))) throw thrown;
      const [only] = batch;
      if (batch.length === 1 && only !== undefined) this.#refused++;
      else for (const change of batch) await this.#write([change]);
    }
  }

  /** Columns that a row has not, because they are younger, get their defaults. */
  #insertions(batch: readonly RowChange[]): Statement[] {
    return JOURNALED.flatMap(({ name }) => {
      const ofColumns = Map.groupBy(
        batch.flatMap(({ t, r }) => (t === name && r != null ? [r] : [])),
        (row) =>
          Object.keys(row)
            .filter((column) => this.#columns.get(name)?.has(column))
            .join(", "),
      );
      return [...ofColumns].map(
        ([columns, rows]): Statement => ({
          sql: `insert into ${name} (${columns}) select ${columns} from json_populate_recordset(null::${name}, $1::json)
            on conflict do nothing`,
          values: [JSON.stringify(rows)],
        }),
      );
    });
  }
}

const keyOf = (table: string, key: Readonly<Record<string, unknown>>): string =>
  `${table} ${JSON.stringify(Object.entries(key))}`;

const deletions = (batch: readonly RowChange[]): Statement[] =>
  JOURNALED.flatMap((table): Statement[] => {
    const keys = batch.filter(({ t }) => t === table.name).map(({ k }) => k);
    if (keys.length === 0) return [];
    const { name } = table;
    return [
      {
        sql: `delete from ${name} t using json_populate_recordset(null::${name}, $1::json) k where ${sameKey(table)}`,
        values: [JSON.stringify(keys)],
      },
    ];
  });

/** Of `t` and `k`. */
export const sameKey = ({ key }: JournaledTable): string =>
  key.map(([column]) => `t.${column} = k.${column}`).join(" and ");
