// A real PostgreSQL with a password, fsync as shipped, and TLS where asked. Knows no schema.
import { spawnSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import postgres from "postgres";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { findPostgres } from "./places.ts";
import { freePort } from "./ports.ts";
import { launch, type Server, serverFolder } from "./server.ts";
import { giveTo, type User, unprivilegedUser } from "./unprivileged.ts";

export interface PostgresOptions {
  /** Serves TLS with a certificate of its own; plain connections are then refused. */
  readonly tls?: boolean;
  readonly connectionsMax?: number;
  /** Further lines of postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PostgresServer extends Server {
  /** With user and password; database `postgres`. */
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The PEM file to trust, with `tls`; else null. */
  readonly caFile: string | null;
  /** A new, empty database; its URL. */
  createDatabase(name: string): Promise<string>;
}

const HOST = "127.0.0.1";
const USER = "millrace";
const PASSWORD = "correct horse";
/** Letters of every script are letters, which trigrams ask for; macOS has no C.UTF-8. */
const LOCALE = process.platform === "darwin" ? "en_US.UTF-8" : "C.UTF-8";

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const bin = findPostgres();
  if (bin === null) throw new Error("PostgreSQL is not installed");
  const folder = serverFolder("postgres");
  const port = await freePort();
  const user = unprivilegedUser();
  const certificate = options.tls === true ? makeCertificate(folder) : null;
  const data = initialise(bin, folder, user, certificate !== null);
  const settings = {
    listen_addresses: HOST,
    port: String(port),
    unix_socket_directories: "",
    max_connections: String(options.connectionsMax ?? 100),
    ...(certificate === null
      ? {}
      : { ssl: "on", ssl_cert_file: certificate.certFile, ssl_key_file: certificate.keyFile }),
    ...options.settings,
  };
  const args = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  if (user !== null) giveTo(user, folder);
  const urlOf = (database: string): string =>
    `postgres://${USER}:${encodeURIComponent(PASSWORD)}@${HOST}:${port}/${database}`;
  const connect = (): postgres.Sql => connectTo(urlOf("postgres"), certificate);
  const server = await launch({
    name: "PostgreSQL",
    folder,
    command: join(bin, "postgres"),
    args: ["-D", data, ...args],
    user,
    stopSignal: "SIGINT", // the fast shutdown: sessions are ended, the data is written
    answers: async () => {
      const sql = connect();
      try {
        await sql`select 1`;
      } finally {
        await sql.end({ timeout: 1 });
      }
    },
  });
  return {
    ...server,
    url: urlOf("postgres"),
    host: HOST,
    port,
    user: USER,
    password: PASSWORD,
    caFile: certificate?.certFile ?? null,
    createDatabase: async (name) => {
      const sql = connect();
      try {
        await sql`create database ${sql(name)}`;
      } finally {
        await sql.end({ timeout: 5 });
      }
      return urlOf(name);
    },
  };
}

function connectTo(url: string, certificate: Certificate | null): postgres.Sql {
  return postgres(url, {
    max: 1,
    connect_timeout: 5,
    onnotice: () => {},
    ssl: certificate === null ? false : { ca: certificate.pem },
  });
}

/** The folder of a new cluster with the one user and UTF-8, as `user` where we are root. */
function initialise(bin: string, folder: string, user: User | null, isTlsOnly: boolean): string {
  const data = join(folder, "data");
  const passwordFile = join(folder, "password");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(passwordFile, PASSWORD);
  if (user !== null) giveTo(user, folder);
  const args = ["-D", data, "-U", USER, "-A", "scram-sha-256", `--pwfile=${passwordFile}`];
  const made = spawnSync(join(bin, "initdb"), [...args, "-E", "UTF8", `--locale=${LOCALE}`, "--no-sync"], {
    cwd: folder,
    encoding: "utf8",
    timeout: 60_000,
    ...(user === null ? {} : user),
  });
  if (made.status !== 0)
    throw new Error(`initdb failed: ${made.stderr}${made.stdout}`, { cause: made.error });
  rmSync(passwordFile);
  if (isTlsOnly) writeFileSync(join(data, "pg_hba.conf"), "hostssl all all 127.0.0.1/32 scram-sha-256\n");
  return data;
}
