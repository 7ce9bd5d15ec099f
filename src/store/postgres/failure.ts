// What went wrong, seen from a PostgreSQL client: the server is away, it refuses us, two transactions met, or a statement
// is to blame. Pure; knows no connection.
import { NotConnected } from "../../engine/index.ts";
import { StatementFailed, StoreRefused } from "../errors.ts";

const stringOf = (thrown: unknown, field: string): string | null => {
  if (typeof thrown !== "object" || thrown === null || !(field in thrown)) return null;
  const value: unknown = Reflect.get(thrown, field);
  return typeof value === "string" ? value : null;
};

/** The SQLSTATE when the server itself spoke; null when the connection did. */
export function sqlStateOf(thrown: unknown): string | null {
  const code = stringOf(thrown, "code");
  return code !== null && stringOf(thrown, "severity") !== null && /^[0-9A-Z]{5}$/.test(code) ? code : null;
}

/** The connection is of no more use: its socket failed, or the server says that it ends it. */
export function isLost(thrown: unknown): boolean {
  const sqlState = sqlStateOf(thrown);
  return sqlState === null || sqlState.startsWith("08") || sqlState.startsWith("57P");
}

/** Another transaction was in the way (class 40): the same statements may fare better at once. */
export const isCollision = (thrown: unknown): boolean => sqlStateOf(thrown)?.startsWith("40") ?? false;

/** Credentials, database, rights, a server that only reads: nothing that a page could be blamed for. */
const REFUSALS = /^(28...|3D000|42501|25006)$/;
/** Connection, resources (a full disk of the server too), its state, operator, system, internal (PostgreSQL, annex A). */
const TROUBLE = /^(08|40|53|55|57|58|XX)/;

/** `everConnected`: the same refusal is a misconfiguration at start, and a service away later. */
export function failureOf(thrown: unknown, where: string, everConnected: boolean): Error {
  const sqlState = sqlStateOf(thrown);
  const message = stringOf(thrown, "message") ?? String(thrown);
  if (sqlState === null) {
    // Not the connection but what was to be sent: too long a text, a value that is none.
    if (thrown instanceof TypeError || thrown instanceof RangeError) return thrown;
    const code = stringOf(thrown, "code");
    const said = message === "" ? (code ?? "no answer") : message;
    return new NotConnected(`PostgreSQL at ${where}: ${said}`, { cause: thrown });
  }
  const line = `PostgreSQL at ${where}: ${message} (SQLSTATE ${sqlState})`;
  if (REFUSALS.test(sqlState))
    return everConnected
      ? new NotConnected(line, { cause: thrown })
      : new StoreRefused(line, { cause: thrown });
  if (TROUBLE.test(sqlState)) return new NotConnected(line, { cause: thrown });
  return new StatementFailed(message, sqlState);
}
