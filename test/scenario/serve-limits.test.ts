// What `millrace serve` is told about its limits holds: tasks that may wait, items of a list, recipes by name. And what it is not told
// by anybody: a webhook reaches no private address, and every write is in the audit log.
import assert from "node:assert/strict";
import dgram from "node:dgram";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { query, storeOptions } from "../../src/store/index.ts";
import { pgliteSession } from "../../src/store/pglite/pglite-session.ts";
import { scratch } from "./program.ts";
import { SERVE_FLAGS, type Served, served } from "./served.ts";
import { page, serve } from "./site.ts";

const never = new AbortController().signal;

async function until(look: () => Promise<boolean>, what: string): Promise<void> {
  for (let looks = 0; looks < 600; looks++) {
    if (await look()) return;
    await sleep(50);
  }
  throw new Error(`never: ${what}`);
}

/** Of the database that a process has left in its data folder. */
async function rowsOf(data: string, sql: string) {
  const session = pgliteSession(join(data, "database"), storeOptions.parse({}).database);
  await session.connect(never);
  try {
    return await query(session, sql);
  } finally {
    await session.close();
  }
}

const kindOf = ({ json }: { json: Record<string, unknown> }): string =>
  String(json.type).replace("urn:millrace:problem:", "");

const countOf = async (api: Served, path: string): Promise<number> =>
  ((await api.get(path)).json.items as unknown[]).length;

test("as many tasks wait as may: beyond that a request is refused whole, and told when to come again", async (t) => {
  const held = Promise.withResolvers<void>();
  const site = await serve(t, {
    "*": (request, response, nth) => {
      void held.promise.then(() => page("held")(request, response, nth));
    },
  });
  const api = await served(t, scratch(t), SERVE_FLAGS, {
    env: { MILLRACE_JOBS_TASKS_PENDING_MAX: "3", MILLRACE_JOBS_TASKS_RUNNING_MAX: "1" },
  });
  const post = (...paths: string[]) =>
    api.post("/api/scrape", { urls: paths.map((path) => site.origin + path) });
  assert.equal((await post("/1", "/2", "/3", "/4")).status, 429, "so many never fit");
  assert.equal(await countOf(api, "/api/scrape"), 0);
  assert.equal((await post("/1", "/2", "/3")).status, 202);
  const refused = await post("/4", "/5", "/6");
  assert.deepEqual([refused.status, kindOf(refused)], [429, "too-many-tasks"]);
  assert.match(refused.headers.get("retry-after") ?? "", /^[1-9]\d*$/);
  assert.equal(await countOf(api, "/api/scrape"), 3);
  held.resolve();
  await until(async () => (await post("/4", "/5", "/6")).status === 202, "there is room again");
  await until(async () => (await countOf(api, "/api/scrape?status=completed")) === 6, "all are done");
});

test("a list has no more items than it may, and one that is asked for more is refused", async (t) => {
  const site = await serve(t, { "*": page("any") });
  const api = await served(t, scratch(t), SERVE_FLAGS, { env: { MILLRACE_API_LIMIT_MAX: "2" } });
  await api.post("/api/scrape", { urls: ["/1", "/2", "/3"].map((path) => site.origin + path) });
  const lists = [
    "/api/scrape",
    "/pages",
    "/api/schedule",
    "/api/dlq",
    "/api/subjects",
    "/api/jobs/retention/runs",
  ];
  for (const list of lists) {
    assert.equal((await api.get(list)).status, 200, list);
    assert.equal((await api.get(`${list}?limit=2`)).status, 200, list);
    const refused = await api.get(`${list}?limit=3`);
    assert.deepEqual([refused.status, kindOf(refused)], [400, "invalid-request"], list);
  }
  const first = await api.get("/api/scrape");
  assert.equal((first.json.items as unknown[]).length, 2);
  assert.equal(await countOf(api, `/api/scrape?cursor=${String(first.json.cursor)}`), 1);
});

test("a recipe that is not known, or is not for the URL, is refused; one that is asks for a browser, the first or not", async (t) => {
  const recipes = [
    { name: "item", match: { host: "shop.test", path: "/item/:id" } },
    { name: "shop", match: { domain: "shop.test" } },
  ];
  // Nothing is fetched: the name leads nowhere.
  const flags = ["--port", "0", "--resolve", "shop.test:80:127.0.0.1"];
  const api = await served(t, scratch(t), flags, {
    env: { MILLRACE_RENDER_RECIPES: JSON.stringify(recipes) },
  });
  const url = "http://shop.test/item/1";
  const ask = (body: object) => api.post("/api/scrape", body);
  const refusals: readonly (readonly [body: object, why: RegExp])[] = [
    [{ url, recipe: "nothing" }, /recipe "nothing" is not known/],
    [{ url: "http://other.test/", recipe: "item" }, /recipe "item" is not for http:\/\/other\.test\//],
    [{ url, recipe: "item", lane: "fast" }, /recipe "item" is for a browser/],
    [{ urls: [url, "http://shop.test/"], recipe: "item" }, /recipe "item" is not for http:\/\/shop\.test\//],
  ];
  for (const [body, why] of refusals) {
    const refused = await ask(body);
    assert.deepEqual([refused.status, kindOf(refused)], [422, "unknown-recipe"], JSON.stringify(body));
    assert.match(String(refused.json.detail), why);
  }
  assert.equal(await countOf(api, "/api/scrape"), 0);
  for (const recipe of ["item", "shop"]) {
    const taken = await ask({ url, recipe });
    assert.deepEqual([taken.status, taken.json.recipe, taken.json.lane], [202, recipe, "rich"]);
  }
});

/** Says of every name that it is this machine. */
async function nameServer(t: { after(fn: () => unknown): void }) {
  const socket = dgram.createSocket("udp4");
  const asked: string[] = [];
  socket.on("message", (message, from) => {
    let at = 12;
    const labels: string[] = [];
    for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
      labels.push(message.toString("latin1", at + 1, at + 1 + length));
      at += 1 + length;
    }
    asked.push(labels.join("."));
    const isA = message.readUInt16BE(at + 1) === 1;
    const head = [message[0] ?? 0, message[1] ?? 0, 0x81, 0x80, 0, 1, 0, isA ? 1 : 0, 0, 0, 0, 0];
    const answer = isA ? [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, 1] : [];
    const question = message.subarray(12, at + 5);
    socket.send(Buffer.concat([Buffer.from(head), question, Buffer.from(answer)]), from.port, from.address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  t.after(() => socket.close());
  return { asked, address: `127.0.0.1:${socket.address().port}` };
}

test("a webhook whose name leads to a private address is not told, and the audit log knows every write", async (t) => {
  const site = await serve(t, { "*": page("any") });
  const sitePort = new URL(site.origin).port;
  const told: string[] = [];
  const hooks = createServer((request, response) => {
    told.push(request.headers.host ?? "");
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => hooks.listen(0, "127.0.0.1", resolve));
  t.after(() => hooks.close());
  const { port } = hooks.address() as AddressInfo;
  const names = await nameServer(t);
  const data = scratch(t);
  // Whom the user names himself is let through; whom the DNS names is judged.
  const named = ["--resolve", `site.test:${sitePort}:127.0.0.1`, "--resolve", `good.test:${port}:127.0.0.1`];
  const api = await served(t, data, ["--port", "0", "--delay", "0", "--no-robots", ...named], {
    env: {
      MILLRACE_NET_DNS_SERVERS: JSON.stringify([names.address]),
      MILLRACE_JOBS_WEBHOOKS_RETRY_DELAYS_MS: "[]",
    },
  });
  const ask = (path: string, hook: string) =>
    api.post("/api/scrape?wait=30", {
      url: `http://site.test:${sitePort}${path}`,
      webhook: `http://${hook}:${port}/hook`,
    });
  const bad = await ask("/bad", "bad.test");
  assert.equal(bad.json.status, "completed", JSON.stringify(bad.json));
  await until(async () => names.asked.includes("bad.test"), "the name is looked up");
  const good = await ask("/good", "good.test");
  await until(async () => told.length === 1, "the other one is told");
  assert.deepEqual(told, [`good.test:${port}`]);
  await api.post("/api/scrape", "{");
  const path = `/api/scrape/${String(good.json.id)}`;
  await api.get(path, { method: "DELETE" });
  await api.get(path);
  assert.equal((await api.stop()).code, 0);
  const deliveries = await rowsOf(
    data,
    `select status, attempts, last_error from webhook_deliveries where url like '%bad.test%'`,
  );
  assert.deepEqual(
    deliveries.map(({ status, attempts }) => [status, attempts]),
    [["failed", 1]],
  );
  assert.match(String(deliveries[0]?.last_error), /private|loopback|not public|127\.0\.0\.1/);
  const audit = await rowsOf(
    data,
    "select method, path, status, subject, role, address from audit_log order by at, id",
  );
  assert.deepEqual(
    audit.map((row) => [row.method, row.path, row.status, row.subject, row.address]),
    [
      ["POST", "/api/scrape", 200, "anyone", "127.0.0.1"],
      ["POST", "/api/scrape", 200, "anyone", "127.0.0.1"],
      ["POST", "/api/scrape", 400, "anyone", "127.0.0.1"],
      ["DELETE", path, 204, "anyone", "127.0.0.1"],
    ],
    "and reading leaves nothing there",
  );
});
