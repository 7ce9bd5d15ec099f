// DATABASE_URL as the client's own options. Everything a URL may say is read here, so that the library reads neither its
// variables nor parameters of other drivers. Knows no connection.
import { readFileSync } from "node:fs";

export interface PostgresAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** False: plain. "prefer": encrypted where the server can. Else options of tls.connect. */
  readonly ssl: false | "prefer" | TlsOptions;
}

export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly ca?: string;
  /** Set for verify-ca: the chain is proved, the name is not. */
  readonly checkServerIdentity?: () => undefined;
}

const PORT = 5432;

/** Modes of libpq (PostgreSQL 15, section 34.19.1). Throws with one line for people when the URL is none. */
export function postgresAddress(text: string): PostgresAddress {
  if (!URL.canParse(text)) throw new Error("not a URL; postgres://user:password@host:5432/database is one");
  const url = new URL(text);
  if (url.protocol !== "postgres:" && url.protocol !== "postgresql:")
    throw new Error(`${url.protocol}// is not PostgreSQL; postgres://user:password@host:5432/database is`);
  const database = decodeURIComponent(url.pathname.slice(1));
  const user = decodeURIComponent(url.username);
  if (url.hostname === "" || database === "" || user === "")
    throw new Error("host, user and database must be named: postgres://user:password@host:5432/database");
  return {
    host: url.hostname.replace(/^\[|\]$/g, ""),
    port: url.port === "" ? PORT : Number(url.port),
    user,
    password: decodeURIComponent(url.password),
    database,
    ssl: sslOf(url.searchParams.get("sslmode") ?? "prefer", url.searchParams.get("sslrootcert")),
  };
}

function sslOf(mode: string, rootFile: string | null): PostgresAddress["ssl"] {
  const ca = rootFile === null || rootFile === "system" ? {} : { ca: readFileSync(rootFile, "utf8") };
  switch (mode) {
    case "disable":
      return false;
    case "allow":
    case "prefer":
      return "prefer";
    case "require":
      // A root that is named is meant to be checked (libpq's own rule).
      return rootFile === null
        ? { rejectUnauthorized: false }
        : { rejectUnauthorized: true, ...ca, checkServerIdentity: () => undefined };
    case "verify-ca":
      return { rejectUnauthorized: true, ...ca, checkServerIdentity: () => undefined };
    case "verify-full":
      return { rejectUnauthorized: true, ...ca };
    default:
      throw new Error(`sslmode=${mode}: disable, prefer, require, verify-ca or verify-full`);
  }
}
