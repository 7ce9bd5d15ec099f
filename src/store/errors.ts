// What the store throws besides NotConnected: each names what happened, where, and what to do. Knows no I/O.

/** The medium has no room: the run ends, nothing unacknowledged was kept, a later run resumes. */
export class DiskFull extends Error {
  override readonly name = "DiskFull";
  readonly path: string;

  constructor(path: string, cause: unknown) {
    super(
      `no space left on the device of ${path}: free some space (or choose another --data folder) and run again`,
      {
        cause,
      },
    );
    this.path = path;
  }
}

/** The database was written by a newer program. */
export class SchemaTooNew extends Error {
  override readonly name = "SchemaTooNew";

  constructor(found: number, known: number) {
    super(
      `the database has schema version ${found}, this program knows up to ${known}: use the newer program`,
    );
  }
}

/**
 * A service is there and refuses: wrong credentials, no such database or bucket, no right. Thrown at start alone, where
 * somebody can mend it; the same later is NotConnected.
 */
export class StoreRefused extends Error {
  override readonly name = "StoreRefused";
}

/** The bytes at a location are not the record that was written there. */
export class RecordDamaged extends Error {
  override readonly name = "RecordDamaged";

  constructor(where: string, why: string, cause?: unknown) {
    super(`damaged record at ${where}: ${why}`, cause === undefined ? {} : { cause });
  }
}

/** A statement the database refused: its SQLSTATE is kept (constraint, syntax, out of memory …). */
export class StatementFailed extends Error {
  override readonly name = "StatementFailed";
  readonly sqlState: string | null;

  constructor(message: string, sqlState: string | null) {
    super(message);
    this.sqlState = sqlState;
  }
}

/** Is a value to blame (data exception, integrity, a limit exceeded), so that other rows may fare better without it? */
export function blamesValue(error: StatementFailed): boolean {
  return ["22", "23", "54"].includes(error.sqlState?.slice(0, 2) ?? "");
}

/** Codes of the operating system that mean "full": no space, over quota, file too large for its file system. */
const FULL = new Set(["ENOSPC", "EDQUOT", "EFBIG"]);

export function isDiskFull(thrown: unknown): boolean {
  return (
    thrown instanceof Error && "code" in thrown && typeof thrown.code === "string" && FULL.has(thrown.code)
  );
}
