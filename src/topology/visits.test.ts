// Visits against a server on loopback: a turn for every request, robots first and once, redirects judged anew, and what a host
// asks for told to who keeps the turns; be these a table's or a frontier's.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "../base/index.ts";
import { extractOptionsSchema } from "../extract/index.ts";
import { fetchOptionsSchema } from "../fetch/index.ts";
import { Frontier, frontierOptions } from "../frontier/index.ts";
import { createDialer, netOptionsSchema } from "../net/index.ts";
import { routeOptionsSchema } from "../route/index.ts";
import { createVisits, type HostTurns, type Visits } from "./visits.ts";

const never = new AbortController().signal;
const WISHES = { accept: "image/*", bytesMax: 1_000, wanted: () => true };

type Answer = { status?: number; headers?: Record<string, string>; body?: string };

/** Answers by path; what it was asked for, in order. */
async function site(t: TestContext, answers: Readonly<Record<string, Answer>>) {
  const asked: string[] = [];
  const server = http.createServer((request, response) => {
    const path = request.url ?? "";
    asked.push(path);
    const {
      status = 200,
      headers = { "content-type": "text/html" },
      body = "",
    } = answers[path] ?? { status: 404 };
    response.writeHead(status, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  const host = `127.0.0.1:${address.port}`;
  return { host, url: `http://${host}`, asked };
}

function visitsOn(t: TestContext, turns: HostTurns, { waitMsMax = 1_000, frontier = {} } = {}): Visits {
  const dialer = createDialer(netOptionsSchema.parse({ allowPrivate: true }), systemClock);
  const visits = createVisits({
    options: {
      fetch: fetchOptionsSchema.parse({ redirectsMax: 3 }),
      frontier: frontierOptions.parse({ delayMs: 0, ...frontier }),
      extract: extractOptionsSchema.parse({}),
      route: routeOptionsSchema.parse({}),
    },
    ...{ dialer, clock: systemClock, version: "0.0.0", turns, waitMsMax },
  });
  t.after(async () => {
    await visits.close();
    dialer.close();
  });
  return visits;
}

/** Keeps what it is asked for; `waitMs` to each turn. */
function ledger(waitMs: number | null = 0) {
  const taken: string[] = [];
  const held: { host: string; untilMs: number }[] = [];
  const turns: HostTurns = {
    take(host) {
      taken.push(host);
      return Promise.resolve(waitMs);
    },
    hold(host, untilMs) {
      held.push({ host, untilMs });
      return Promise.resolve();
    },
  };
  return { turns, taken, held };
}

test("robots.txt is asked first and once, each redirect's target of it too, and every request takes a turn", async (t) => {
  const { host, url, asked } = await site(t, {
    "/robots.txt": { headers: { "content-type": "text/plain" }, body: "User-agent: *\nDisallow: /no" },
    "/old": { status: 302, headers: { location: "/new" } },
    "/new": { body: "<p>here" },
    "/sly": { status: 302, headers: { location: "/no/more" } },
    "/a.png": { headers: { "content-type": "image/png" }, body: "picture" },
  });
  const { turns, taken } = ledger();
  const visits = visitsOn(t, turns);
  const [page, refused] = await Promise.all([
    visits.page(`${url}/old`, never),
    visits.page(`${url}/no`, never),
  ]);
  assert.ok(page.ok);
  assert.deepEqual([page.value.url, Buffer.from(page.value.body).toString()], [`${url}/new`, "<p>here"]);
  assert.equal(refused.ok ? null : refused.error.code, "robots");
  const sly = await visits.page(`${url}/sly`, never);
  assert.equal(sly.ok ? null : sly.error.code, "robots");
  const file = await visits.file(`${url}/a.png`, WISHES, never);
  assert.equal(file.ok && Buffer.from(file.value.bytes).toString(), "picture");
  assert.deepEqual(asked, ["/robots.txt", "/old", "/new", "/sly", "/a.png"]);
  assert.deepEqual(
    taken,
    asked.map(() => host),
  );
});

test("a host that is to be left alone for longer is not asked", async (t) => {
  const { url, asked } = await site(t, {});
  const visits = visitsOn(t, ledger(null).turns);
  for (const visit of [visits.page(`${url}/`, never), visits.file(`${url}/`, WISHES, never)]) {
    const answer = await visit;
    assert.equal(answer.ok ? null : answer.error.code, "budget");
  }
  assert.deepEqual(asked, []);
});

test("what Retry-After says is told to who keeps the turns, and the failure ends the visit", async (t) => {
  const { host, url, asked } = await site(t, {
    "/busy": { status: 503, headers: { "retry-after": "40" } },
  });
  const { turns, held } = ledger();
  const beganMs = systemClock.nowMs();
  const answer = await visitsOn(t, turns, { frontier: { robots: false } }).page(`${url}/busy`, never);
  assert.deepEqual([answer.ok ? null : answer.error.code, asked], ["status", ["/busy"]]);
  assert.equal(held[0]?.host, host);
  assert.ok((held[0]?.untilMs ?? 0) >= beganMs + 40_000);
});

test("a signal that aborts ends a visit that waits for its turn", async (t) => {
  const { url, asked } = await site(t, {});
  const stopping = new AbortController();
  const visit = visitsOn(t, ledger(600_000).turns).page(`${url}/`, stopping.signal);
  stopping.abort(new Error("over"));
  await assert.rejects(visit, { message: "over" });
  assert.deepEqual(asked, []);
});

test("on a frontier's turns a visit moves the clock that its crawls ask, and the other way round", async (t) => {
  const { host, url, asked } = await site(t, { "/a": { body: "a" }, "/b": { body: "b" } });
  const folder = await mkdtemp(join(tmpdir(), "millrace-visits-"));
  const options = frontierOptions.parse({ robots: false, delayMs: 600_000, syncTurns: false });
  const frontier = new Frontier({ folder, options });
  t.after(async () => {
    await frontier.close();
    await rm(folder, { recursive: true, force: true });
  });
  const visits = visitsOn(t, frontier.turns, { waitMsMax: 0, frontier: { robots: false } });
  assert.ok((await visits.page(`${url}/a`, never)).ok);
  const second = await visits.page(`${url}/b`, never);
  assert.equal(second.ok ? null : second.error.code, "budget", "its own turn was the last for now");
  await frontier.beginCrawl({
    ...({ seedsHash: "seeds", depthMax: 0, scope: "any", include: null, exclude: null } as const),
    ...({ pagesMax: null, lane: "auto", refresh: false, fresh: false } as const),
  });
  await frontier.admitGiven([`${url}/b`, "http://other.test/"]);
  const source = frontier.source();
  const leased = await source.read(never);
  assert.equal(leased?.payload.host, "other.test", "the visited host is not asked yet");
  const other = await frontier.turns.take("other.test", { delayMs: 0, waitMsMax: 0 }, never);
  assert.equal(other, null, "the crawl has its turn");
  assert.deepEqual(
    [
      asked,
      frontier
        .hosts(9)
        .map((view) => view.host)
        .includes(host),
    ],
    [["/a"], false],
  );
  leased?.settle({ kind: "errored", error: new Error("the test is over") });
  await source.close();
});
