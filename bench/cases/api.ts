// The HTTP API under load: `millrace serve` over a million stored rows on a PostgreSQL server, asked by so many clients at once on loopback;
// and how long a page takes from POST to its result beyond the page's own latency. Wall-clock figures: for a machine that does nothing else.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import postgres from "postgres";
import { Pool } from "undici";
import { systemClock } from "../../src/base/index.ts";
import { served } from "../../test/scenario/served.ts";
import { startPostgres, whyMissing } from "../../test/services/index.ts";
import type { Case, Figure } from "../case.ts";

const ROWS = 1_000_000;
const CLIENTS = 16;
const REQUESTS = 3_000;
const SCRAPES = 50;
const PAGE_MS = 20;
const nothing = { after: () => {} };

interface Asked {
  readonly name: string;
  readonly path: (at: number) => string;
}

/** Every request's time, ms, and how many went through in a second. */
async function load(pool: Pool, path: Asked["path"]): Promise<{ times: number[]; perSecond: number }> {
  const times: number[] = [];
  let next = 0;
  const startMs = systemClock.monotonicMs();
  const client = async (): Promise<void> => {
    for (let at = next++; at < REQUESTS; at = next++) {
      const beganMs = systemClock.monotonicMs();
      const { statusCode, body } = await pool.request({ method: "GET", path: path(at) });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${path(at)}: status ${statusCode}`);
      times.push(systemClock.monotonicMs() - beganMs);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return { times, perSecond: REQUESTS / ((systemClock.monotonicMs() - startMs) / 1_000) };
}

const part = (times: readonly number[], share: number): number =>
  [...times].sort((a, b) => a - b)[Math.floor(share * (times.length - 1))] ?? Number.NaN;

/** One real page, and as many copies of its row as are wanted; the same of its task. */
async function fill(sql: postgres.Sql, rows: number): Promise<void> {
  const copies = async (table: string, changed: Readonly<Record<string, string>>): Promise<void> => {
    const columns = await sql<{ name: string }[]>`
      select attname as name from pg_attribute
      where attrelid = ${`millrace.${table}`}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`;
    const names = columns.map(({ name }) => name);
    const values = names.map((name) => changed[name] ?? `one.${name}`);
    await sql.unsafe(
      `insert into millrace.${table} (${names.join(", ")})
       select ${values.join(", ")} from (select * from millrace.${table} limit 1) one, generate_series(1, ${rows}) n`,
    );
  };
  await copies("pages", {
    url_sha256: "encode(sha256(n::text::bytea), 'hex')",
    url: "'https://h' || (n % 5000) || '.test/page/' || n",
    domain: "'h' || (n % 5000) || '.test'",
    title: "'Page ' || n",
    capture_id: "gen_random_uuid()",
  });
  await copies("scrape_tasks", {
    id: "gen_random_uuid()",
    idempotency_key: "null",
    capture_id: "null",
    created_at: "now() - n * interval '1 second'",
    updated_at: "now() - n * interval '1 second'",
  });
  await sql.unsafe("analyze millrace.pages; analyze millrace.scrape_tasks");
}

async function scrapes(at: Awaited<ReturnType<typeof served>>, site: string): Promise<number[]> {
  const times: number[] = [];
  for (let page = 0; page < SCRAPES; page++) {
    const startMs = systemClock.monotonicMs();
    const { status, json } = await at.post("/api/scrape/?wait=30", { url: `${site}/${page}` });
    if (status !== 200 || json.status !== "completed")
      throw new Error(`scrape ${page}: ${status} ${json.status} ${json.error_message}`);
    times.push(systemClock.monotonicMs() - startMs - PAGE_MS);
  }
  // The first one asks for robots.txt and starts the threads.
  return times.slice(1);
}

export const apiCase: Case = {
  name: "api",
  summary:
    "endpoints of tasks and pages under load over a million rows; from POST to the result of a static page",
  async run({ runs, count }): Promise<Figure[]> {
    const why = whyMissing("postgres");
    if (why !== null) throw new Error(why);
    const database = await startPostgres();
    const folder = await mkdtemp(join(tmpdir(), "millrace-bench-api-"));
    const site = createServer((request, response) => {
      const text = `<!doctype html><title>Page ${request.url}</title><main><p>${"The mill grinds on. ".repeat(100)}</main>`;
      setTimeout(() => response.writeHead(200, { "content-type": "text/html" }).end(text), PAGE_MS);
    });
    const sql = postgres(database.url, { max: 1, onnotice: () => {} });
    try {
      await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
      const origin = `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
      const flags = ["--port", "0", "--allow-private", "--delay", "0", "--per-host", "8"];
      const environment = { DATABASE_URL: database.url, MILLRACE_API_RATE_LIMIT_REQUESTS_MAX: "10000000" };
      const running = await served(nothing, join(folder, "data"), flags, { env: environment });
      const latencies = await scrapes(running, origin);
      await fill(sql, count ?? ROWS);
      const [page] = await sql<{ id: string }[]>`select url_sha256 as id from millrace.pages limit 1`;
      const [task] = await sql<{ id: string }[]>`select id from millrace.scrape_tasks limit 1`;
      const asked: readonly Asked[] = [
        { name: "a page", path: () => `/pages/${page?.id}` },
        { name: "pages of a domain", path: (at) => `/pages?domain=h${at % 5_000}.test&limit=20` },
        { name: "a task", path: () => `/api/scrape/${task?.id}/` },
        { name: "tasks, newest", path: () => "/api/scrape/?limit=20" },
      ];
      const pool = new Pool(running.url, { connections: CLIENTS });
      const figures: Figure[] = [];
      for (const { name, path } of asked) {
        const taken = [];
        for (let run = 0; run < runs; run++) taken.push(await load(pool, path));
        figures.push(
          { name: `${name}, half below`, unit: "ms", samples: taken.map(({ times }) => part(times, 0.5)) },
          {
            name: `${name}, 99 of 100 below`,
            unit: "ms",
            samples: taken.map(({ times }) => part(times, 0.99)),
          },
          { name, unit: "requests/s", samples: taken.map(({ perSecond }) => perSecond) },
        );
      }
      const full = await scrapes(running, `${origin}/again`);
      await pool.close();
      await running.stop();
      return [
        { name: "POST to result beyond the page's own, empty", unit: "ms", samples: latencies, goal: 50 },
        { name: "POST to result beyond the page's own, full", unit: "ms", samples: full, goal: 50 },
        ...figures,
      ];
    } finally {
      site.close();
      await sql.end();
      await database.stop();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
