// `millrace serve` with its rows on a PostgreSQL server: the same as embedded.
import { after, before, describe } from "node:test";
import postgres from "postgres";
import { serveSuite } from "../scenario/serve-suite.ts";
import { type PostgresServer, startPostgres, whyMissing } from "../services/index.ts";

describe("serve on a PostgreSQL server", { skip: whyMissing("postgres") ?? false }, () => {
  let server: PostgresServer;
  let databases = 0;

  before(async () => {
    server = await startPostgres();
  });
  after(() => server?.dispose());

  /** Each of a suite's programs has a database of its own. */
  const env = async (): Promise<Record<string, string>> => {
    const name = `serve_${++databases}`;
    const sql = postgres(server.url, { max: 1, onnotice: () => {} });
    await sql.unsafe(`create database ${name}`);
    await sql.end({ timeout: 1 });
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    return { DATABASE_URL: url.href };
  };

  serveSuite({ name: "PostgreSQL", env });
});
