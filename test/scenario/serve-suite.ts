// What people meet of `millrace serve` over real HTTP, on whichever database: tasks from POST to result, bad input, retries,
// schedules, batch jobs, webhooks, and a kill in the middle of many tasks.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { scratch } from "./program.ts";
import { SERVE_FLAGS, type Served, served } from "./served.ts";
import { type Answer, page, redirect, serve, status } from "./site.ts";

type Env = Readonly<Record<string, string>>;

export interface ServeSuite {
  readonly name: string;
  /** A database of its own for each call; called once a test. */
  env(): Promise<Env>;
}

const FAST_RETRIES = { MILLRACE_JOBS_TASKS_RETRY_DELAYS_MS: "[30, 30, 30]" };
const SECRET = "a secret that signs webhooks";

async function until<T>(look: () => Promise<T | null | undefined | false>, what: string): Promise<T> {
  for (let looks = 0; looks < 600; looks++) {
    const found = await look();
    if (found) return found;
    await sleep(50);
  }
  throw new Error(`never: ${what}`);
}

const finished = (api: Served, id: unknown) =>
  until(
    async () => {
      const { json } = await api.get(`/api/scrape/${String(id)}/`);
      return (json.status === "completed" || json.status === "failed") && json;
    },
    `task ${String(id)} finishes`,
  );

export function serveSuite({ name, env }: ServeSuite): void {
  test(`${name}: a URL becomes a task and its page the task's result, at once where it is waited for`, async (t) => {
    const site = await serve(t, { "/": page("root"), "/old": redirect("/new"), "/new": page("new") });
    const api = await served(t, scratch(t), SERVE_FLAGS, { env: await env() });
    const made = await api.post("/api/scrape/", { url: `${site.origin}/` });
    assert.equal(made.status, 202);
    assert.equal(made.json.status, "pending");
    const done = await finished(api, made.json.id);
    assert.equal(done.status, "completed");
    assert.match(JSON.stringify(done.result), /The page called root/);
    const waited = await api.post("/api/scrape?wait=30", { url: `${site.origin}/old` });
    assert.equal(waited.status, 200);
    const result: unknown = waited.json.result;
    assert.ok(typeof result === "object" && result !== null);
    assert.deepEqual(
      { ...result, markdown: null, links: null },
      { ...result, markdown: null, links: null, url: `${site.origin}/old`, final_url: `${site.origin}/new` },
    );
    // A result does not wait for segment and row.
    await until(async () => {
      const { json } = await api.get("/pages?limit=10");
      return (json.items as unknown[]).length === 2;
    }, "the pages follow");
    await api.post("/api/scrape?wait=30", { url: `${site.origin}/` });
    assert.equal(site.count("/"), 2, "asked for again, it is fetched again");
    assert.equal((await api.stop()).code, 0);
  });

  test(`${name}: bad input is answered with its problem and leaves nothing behind`, async (t) => {
    // So small that a body which is too large fits into the sockets between: none is cut off while it is being sent.
    const limits = { MILLRACE_API_BODY_BYTES_MAX: "65536" };
    const api = await served(t, scratch(t), ["--port", "0"], { env: { ...(await env()), ...limits } });
    const url = "https://example.com/";
    const cases: readonly (readonly [body: unknown, status: number, kind: string])[] = [
      ['{"url":', 400, "malformed-json"],
      [{}, 400, "invalid-request"],
      [{ url: 5 }, 400, "invalid-request"],
      [{ url, urls: [url] }, 400, "invalid-request"],
      [{ url, colour: "red" }, 400, "invalid-request"],
      [{ url, lane: "slow" }, 400, "invalid-request"],
      [{ url, priority: 1.5 }, 400, "invalid-request"],
      [{ urls: [] }, 400, "invalid-request"],
      [{ urls: Array.from({ length: 1_001 }, (_, n) => `${url}${n}`) }, 400, "invalid-request"],
      [{ url: "" }, 400, "invalid-request"],
      [{ url: "ftp://example.com/" }, 422, "invalid-url"],
      [{ url: "javascript:alert(1)" }, 422, "invalid-url"],
      [{ url: "example" }, 422, "invalid-url"],
      [{ url: "http://user:pw@example.com/" }, 422, "invalid-url"],
      [{ url: "http://127.0.0.1/" }, 422, "blocked-address"],
      [{ url: "http://0x7f.1/" }, 422, "blocked-address"],
      [{ url: "http://[::ffff:10.0.0.1]/" }, 422, "blocked-address"],
      [{ url: "http://169.254.169.254/latest" }, 422, "blocked-address"],
      [{ url: "http://localhost:9/" }, 422, "blocked-address"],
      [{ urls: [url, "http://10.0.0.1/"] }, 422, "blocked-address"],
      [{ url, webhook: "http://127.0.0.1/hook" }, 422, "blocked-address"],
    ];
    const problem = (answer: { status: number; type: string; json: Record<string, unknown> }) => {
      assert.match(answer.type, /^application\/problem\+json/);
      assert.equal(answer.json.status, answer.status);
      return [answer.status, String(answer.json.type).replace("urn:millrace:problem:", "")];
    };
    for (const [body, code, kind] of cases)
      assert.deepEqual(problem(await api.post("/api/scrape", body)), [code, kind], JSON.stringify(body));
    const wrong = async (path: string, init: RequestInit = {}) => problem(await api.get(path, init));
    const json = { "content-type": "application/json" };
    const schedule = (body: object) =>
      wrong("/api/schedule", { method: "POST", headers: json, body: JSON.stringify(body) });
    assert.deepEqual(await schedule({ url, cron: "61 * * * *" }), [400, "invalid-request"]);
    assert.deepEqual(await schedule({ url, cron: "* * *" }), [400, "invalid-request"]);
    assert.deepEqual(await schedule({ url, cron: "0 3 * * *", time_zone: "Mars/Base" }), [
      400,
      "invalid-request",
    ]);
    assert.deepEqual(await schedule({ url }), [400, "invalid-request"]);
    assert.deepEqual(await schedule({ recipe: "nothing", every_seconds: 60 }), [400, "invalid-request"]);
    assert.deepEqual(await wrong("/api/scrape/nothing"), [400, "invalid-request"]);
    assert.deepEqual(await wrong("/api/scrape/00000000-0000-7000-8000-000000000000"), [404, "not-found"]);
    assert.deepEqual(await wrong("/api/scrape?cursor=x"), [400, "invalid-cursor"]);
    assert.deepEqual(await wrong("/api/scrape/results?cursor=x"), [400, "invalid-cursor"]);
    assert.deepEqual(await wrong("/api/scrape?limit=0"), [400, "invalid-request"]);
    assert.deepEqual(await wrong("/api/scrape", { method: "PUT" }), [405, "method-not-allowed"]);
    assert.deepEqual(await wrong("/api/nothing"), [404, "not-found"]);
    assert.deepEqual(await wrong("/pages/..%2f..%2fetc%2fpasswd"), [400, "invalid-request"]);
    assert.deepEqual(await wrong("/%2e%2e/%2e%2e/etc/passwd"), [404, "not-found"]);
    assert.deepEqual(await wrong("/api/jobs/nothing/run", { method: "POST" }), [404, "not-found"]);
    assert.deepEqual(await wrong("/api/scrape", { method: "POST", body: "url=x" }), [
      415,
      "unsupported-media-type",
    ]);
    const large = JSON.stringify({ url: `${url}${"x".repeat(70_000)}` });
    assert.deepEqual(problem(await api.post("/api/scrape", large)), [413, "body-too-large"]);
    assert.deepEqual((await api.get("/api/scrape")).json.items, []);
    assert.deepEqual((await api.get("/api/schedule")).json.items, []);
  });

  test(`${name}: what may pass is tried again, and what may not fails with its reason`, async (t) => {
    const answers: Record<string, Answer> = {
      "/busy": (request, response, nth) => (nth < 3 ? status(500) : page("busy"))(request, response, nth),
      "/broken": status(500),
      "/gone": status(410),
    };
    const site = await serve(t, answers);
    const api = await served(t, scratch(t), SERVE_FLAGS, { env: { ...(await env()), ...FAST_RETRIES } });
    const urls = ["/busy", "/broken", "/gone"].map((path) => site.origin + path);
    const { json } = await api.post("/api/scrape", { urls });
    const made = json.items as { id: string }[];
    const [busy, broken, gone] = await Promise.all(made.map(({ id }) => finished(api, id)));
    assert.deepEqual([busy?.status, busy?.attempts, site.count("/busy")], ["completed", 3, 3]);
    assert.deepEqual([broken?.status, broken?.attempts, site.count("/broken")], ["failed", 4, 4]);
    assert.equal(broken?.error_message, "HTTP status 500");
    assert.deepEqual([gone?.status, gone?.attempts, site.count("/gone")], ["failed", 1, 1]);
  });

  test(`${name}: one key makes one task, and not for another URL`, async (t) => {
    const site = await serve(t, { "*": page("any") });
    const api = await served(t, scratch(t), SERVE_FLAGS, { env: await env() });
    const wish = { url: `${site.origin}/a`, idempotency_key: "once" };
    const first = await api.post("/api/scrape?wait=30", wish);
    const second = await api.post("/api/scrape?wait=30", wish);
    assert.equal(first.json.id, second.json.id);
    assert.equal(site.count("/a"), 1);
    const other = await api.post("/api/scrape", { ...wish, url: `${site.origin}/b` });
    assert.equal(other.status, 409);
    const removed = await api.get(`/api/scrape/${String(first.json.id)}`, { method: "DELETE" });
    assert.equal(removed.status, 204);
    assert.equal((await api.get(`/api/scrape/${String(first.json.id)}`)).status, 404);
  });

  test(`${name}: a schedule makes tasks, a job its run with steps, and a webhook is told, signed`, async (t) => {
    const site = await serve(t, { "*": page("any") });
    const told: { body: string; headers: Record<string, unknown> }[] = [];
    const hooks = createServer((request, response) => {
      let body = "";
      request.on("data", (chunk) => {
        body += String(chunk);
      });
      request.on("end", () => {
        told.push({ body, headers: request.headers });
        response.writeHead(told.length === 1 ? 503 : 204).end();
      });
    });
    await new Promise<void>((resolve) => hooks.listen(0, "127.0.0.1", resolve));
    t.after(() => hooks.close());
    const hook = `http://127.0.0.1:${(hooks.address() as AddressInfo).port}/hook`;
    const more = {
      MILLRACE_JOBS_WEBHOOKS_SECRET: SECRET,
      MILLRACE_JOBS_WEBHOOKS_RETRY_DELAYS_MS: "[50, 50]",
    };
    const api = await served(t, scratch(t), SERVE_FLAGS, { env: { ...(await env()), ...more } });
    const wish = { url: `${site.origin}/again`, every_seconds: 1, webhook: hook };
    const made = await api.post("/api/schedule", wish);
    assert.equal(made.status, 201);
    assert.equal((await api.post("/api/schedule", wish)).status, 409);
    await until(async () => site.count("/again") >= 2, "the schedule runs twice");
    const changed = await api.get(`/api/schedule/${String(made.json.id)}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ enabled: false }),
    });
    assert.equal(changed.json.next_run, null);
    const idOf = ({ headers }: (typeof told)[number]) => String(headers["webhook-id"]);
    const refused = () => told.filter((one, _, [first]) => first !== undefined && idOf(one) === idOf(first));
    await until(
      async () => refused().length === 2 && told.length >= 3,
      "the webhook is told again after a 503",
    );
    const [once, again] = refused();
    assert.equal(again?.body, once?.body, "what is repeated is the same");
    assert.equal(new Set(told.map(idOf)).size, told.length - 1, "and nothing else is told twice");
    for (const { body, headers } of told) {
      const signed = `${String(headers["webhook-id"])}.${String(headers["webhook-timestamp"])}.${body}`;
      const signature = `v1,${createHmac("sha256", SECRET).update(signed).digest("base64")}`;
      assert.equal(headers["webhook-signature"], signature);
      assert.equal((JSON.parse(body) as { event: string }).event, "task.completed");
    }
    assert.equal((await api.post("/api/jobs/retention/run", "")).status, 202);
    const run = await until(async () => {
      const { json } = await api.get("/api/jobs/retention/runs");
      const [newest] = json.items as { status: string; steps: { name: string; status: string }[] }[];
      return newest?.status === "completed" && newest;
    }, "the job runs");
    assert.deepEqual(
      run.steps.map((step) => [step.name, step.status]),
      [["finished rows", "completed"]],
    );
    assert.match((await api.get("/metrics")).text, /job_runs_total\{job="retention",status="completed"\} 1/);
  });

  test(`${name}: a kill in the middle of 200 tasks loses none and completes none twice`, async (t) => {
    const site = await serve(t, {
      "*": (request, response, nth) => {
        setTimeout(() => page(`number ${request.url}`)(request, response, nth), 20);
      },
    });
    const data = scratch(t);
    const environment = await env();
    let api = await served(t, data, SERVE_FLAGS, { env: environment });
    const urls = Array.from({ length: 200 }, (_, n) => `${site.origin}/${n}`);
    const { json } = await api.post("/api/scrape", { urls });
    const ids = (json.items as { id: string }[]).map(({ id }) => id);
    const completedAt = new Map<string, unknown>();
    for (const killAt of [20, 80, 140]) {
      await until(async () => {
        const { text } = await api.get("/api/scrape/results?limit=1000");
        for (const line of text.split("\n").filter((one) => one !== "")) {
          const task = JSON.parse(line) as { id: string; status: string; updated_at: string };
          assert.equal(task.status, "completed");
          completedAt.set(task.id, task.updated_at);
        }
        return completedAt.size >= killAt;
      }, `${killAt} tasks are finished`);
      await api.kill();
      api = await served(t, data, SERVE_FLAGS, { env: environment });
    }
    const tasks = await Promise.all(ids.map((id) => finished(api, id)));
    for (const [at, task] of tasks.entries()) {
      assert.equal(task.status, "completed", JSON.stringify(task));
      assert.match(JSON.stringify(task.result), new RegExp(`number /${at}\\b`));
      const before = completedAt.get(String(task.id));
      if (before !== undefined)
        assert.equal(task.updated_at, before, "what was completed is not touched again");
    }
    assert.equal((await api.get("/api/scrape?status=completed&limit=1000")).json.cursor, null);
    assert.equal((await api.stop()).code, 0);
  });
}
