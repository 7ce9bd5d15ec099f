// What the SQL of this room is spoken to: a session that runs statements in one transaction. PGlite stands behind it
// today, PostgreSQL can; the SQL stays within PostgreSQL 15. Knows no table.

export type SqlValue = string | number | boolean | null | Uint8Array | readonly string[];

export interface Statement {
  readonly sql: string;
  readonly values: readonly SqlValue[];
}

export type SqlRow = Readonly<Record<string, unknown>>;

export interface SqlSession {
  /** Throws NotConnected when the database is away. Idempotent. */
  connect(signal: AbortSignal): Promise<void>;
  /**
   * All statements in one transaction, one round trip; rows of each. Rejects with StatementFailed (nothing was changed),
   * DiskFull or NotConnected. A transaction is exclusive: no other statement of the session comes between.
   */
  transaction(
    statements: readonly Statement[],
    signal?: AbortSignal,
  ): Promise<readonly (readonly SqlRow[])[]>;
  /** Several commands in one text, without values: migrations and upkeep. Outside a transaction. */
  script(sql: string): Promise<void>;
  /** Rows may have been lost behind the session's back. */
  readonly needsRebuild: boolean;
  /** Forgets that warning. */
  trust(): Promise<void>;
  close(): Promise<void>;
}

/** Rows of a single statement. */
export async function query(
  session: SqlSession,
  sql: string,
  values: readonly SqlValue[] = [],
): Promise<readonly SqlRow[]> {
  const [rows] = await session.transaction([{ sql, values }]);
  return rows ?? [];
}
