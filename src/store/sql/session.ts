// What the SQL of this room is spoken to: a session that runs statements in one transaction, on PGlite or on a PostgreSQL
// server; the SQL stays within PostgreSQL 15. Knows no table.

export type SqlValue = string | number | boolean | null | Uint8Array;

export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlSession {
  /** Throws NotConnected when the database is away, StoreRefused when it will not have us. Called again, looks again. */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * All statements in one transaction, one round trip; rows of each. Rejects with StatementFailed (nothing was changed),
   * DiskFull or NotConnected. No statement of another transaction comes between.
   */
  transaction(
    statements: readonly Statement[],
    signal?: AbortSignal,
    manner?: Manner,
  ): Promise<readonly (readonly SqlRow[])[]>;
  /** Several commands in one text, without values: migrations and upkeep. Outside a transaction. The rows of all of them. */
  script(sql: string): Promise<readonly SqlRow[]>;
  /** Runs `work` while no other process runs its own under the same schema. */
  exclusively<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T>;
  /**
   * The tables are as this program knows them. Rows that exist nowhere else are brought back where they were lost, and from now on
   * no statement that changes one is answered before the change would outlive a power cut, unless it is loose. After `connect`.
   */
  keep(): Promise<void>;
  /** What `keep` found that was not whole. */
  readonly restored: Restored | null;
  /** Rows may have been lost behind the session's back. */
  readonly needsRebuild: boolean;
  /** Forgets that warning. */
  trust(): Promise<void>;
  close(): Promise<void>;
}

/** A journal of rows was read back, or was damaged itself. */
export interface Restored {
  readonly path: string;
  /** Changes read back into the database; 0 when it had lost none. */
  readonly changes: number;
  /** Rows that it did not take. */
  readonly refused: number;
  readonly damages: readonly { readonly atByte: number; readonly bytes: number }[];
}

/** How a transaction goes beside the others. */
export interface Manner {
  /** Somebody stands waiting for it: it goes before those that have not begun. */
  readonly isUrgent?: boolean;
  /**
   * It is answered before what it changed would outlive a power cut. For what may be done again, or where nobody is told before a
   * later transaction that is not loose was answered.
   */
  readonly isLoose?: boolean;
}

/** Rows of a single statement. */
export async function query(
  session: SqlSession,
  sql: string,
  values: readonly SqlValue[] = [],
  manner: Manner = {},
): Promise<readonly SqlRow[]> {
  const [rows] = await session.transaction([{ sql, values }], undefined, manner);
  return rows ?? [];
}
