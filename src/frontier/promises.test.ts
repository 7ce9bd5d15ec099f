// What the frontier promises, each broken by an easy slip: robots.txt before the first page, Retry-After, leases that outlive
// the process under their capture ids, an end and its links in one turn, an intake that waits for no reader.
import assert from "node:assert/strict";
import { test } from "node:test";
import type { ControlReport, PageRequest } from "../model/index.ts";
import { answer, crawl, drain, opened, type Reply } from "./testing.ts";

const never = new AbortController().signal;
const noDelay = { robots: false, delayMs: 0 };

const robotsFile = (request: PageRequest, text: string): ControlReport => ({
  kind: "control",
  request,
  status: 200,
  failure: null,
  redirect: null,
  headers: [["content-type", "text/plain"]],
  body: Buffer.from(text),
  truncated: false,
});

test("a host's robots.txt is asked first, and what it disallows is never fetched", async () => {
  const { frontier, clock, close } = await opened({ delayMs: 0 });
  await crawl(frontier, ["http://a.test/"], { depthMax: 1 });
  const reply = (request: PageRequest): Reply =>
    request.kind === "robots"
      ? robotsFile(request, "User-agent: *\nDisallow: /private\n")
      : answer(request, { links: ["http://a.test/private/1", "http://a.test/open"] });
  const requests = await drain(frontier, reply, clock);
  assert.deepEqual(
    requests.filter(({ verdict }) => verdict === null).map(({ url }) => url),
    ["http://a.test/robots.txt", "http://a.test/", "http://a.test/open"],
  );
  const refused = frontier.why("http://a.test/private/1");
  assert.deepEqual([refused?.state, refused?.code], ["skipped", "robots"]);
  await close();
});

test("a host that answers 503 with Retry-After is left alone for as long as it asks", async () => {
  const { frontier, clock, close } = await opened(noDelay);
  await crawl(frontier, ["http://a.test/1", "http://a.test/2"]);
  const askedAtMs: number[] = [];
  const reply = (request: PageRequest): Reply => {
    askedAtMs.push(clock.nowMs());
    return askedAtMs.length === 1 ? { later: "status", retryAfter: "120" } : answer(request);
  };
  await drain(frontier, reply, clock);
  const [first = 0, ...others] = askedAtMs;
  assert.equal(others.length, 2);
  for (const atMs of others) assert.ok(atMs - first >= 120_000, `asked again after ${atMs - first} ms`);
  await close();
});

test("a lease that was open when the process ended is open again, under the same capture id", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, ["http://a.test/1", "http://b.test/2"]);
  const source = before.frontier.source();
  const handedOut = [await source.read(never), await source.read(never)].map((delivery) => delivery?.payload);
  await before.frontier.close();

  const after = await opened(noDelay, before.folder);
  assert.deepEqual(
    after.frontier.openLeases().sort((a, b) => (a.url < b.url ? -1 : 1)),
    handedOut.sort((a, b) => ((a?.url ?? "") < (b?.url ?? "") ? -1 : 1)),
  );
  await after.close();
});

test("a page's end and its links are there together the moment its report is written", async () => {
  const before = await opened(noDelay);
  await crawl(before.frontier, ["http://a.test/"]);
  const delivery = await before.frontier.source().read(never);
  assert.ok(delivery !== null);
  const links = ["http://a.test/1", "http://a.test/2"];
  await before.frontier.sink().write([answer(delivery.payload, { links })], never);
  const wanted = { queued: 2, waiting: 0, leased: 0, handed: 0, stored: 1, failed: 0, skipped: 0 };
  assert.deepEqual({ ...before.frontier.counts() }, wanted);
  await before.frontier.close();

  const after = await opened(noDelay, before.folder);
  assert.deepEqual({ ...after.frontier.counts() }, wanted);
  await after.close();
});

test("the intake takes what pages bring while nobody reads what it makes ready", {
  timeout: 10_000,
}, async () => {
  const { frontier, close } = await opened({ ...noDelay, inFlightMax: 2, windowHostsMax: 1 });
  await crawl(frontier, ["http://a.test/", "http://b.test/"]);
  const source = frontier.source();
  const sink = frontier.sink();
  const leased = [await source.read(never), await source.read(never)];
  for (const delivery of leased) {
    assert.ok(delivery !== null);
    const links = Array.from({ length: 5_000 }, (_, at) => `${delivery.payload.url}${at}`);
    await sink.write([answer(delivery.payload, { links })], never);
  }
  assert.equal(frontier.counts().queued, 10_000);
  await close();
});
