// A process that died with leases open: what had reached a segment goes on from there, neither fetched nor written twice;
// what had not is queued again. On a real frontier and real segments, without a graph around them.
import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { systemClock } from "../base/index.ts";
import { Frontier, frontierOptions } from "../frontier/index.ts";
import type { PageRequest } from "../model/index.ts";
import { embeddedStore, storeOptions } from "../store/index.ts";
import { processedOf } from "../store/testing/pages.ts";
import { recover, recoverySource } from "./recovery.ts";

const never = new AbortController().signal;

const SPEC = {
  seedsHash: "seeds",
  depthMax: 1,
  scope: "host",
  include: null,
  exclude: null,
  pagesMax: null,
  lane: "auto",
  refresh: false,
  fresh: false,
} as const;

/** Three leases handed out; the second one's capture was written when the process ended. */
async function crashed(t: TestContext) {
  const folder = await mkdtemp(join(tmpdir(), "millrace-recovery-"));
  t.after(() => rm(folder, { recursive: true, force: true }));
  const frontierIn = () =>
    new Frontier({
      folder: join(folder, "frontier"),
      options: frontierOptions.parse({ robots: false, delayMs: 0 }),
    });
  const storeIn = () => embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);

  const frontier = frontierIn();
  await frontier.beginCrawl(SPEC);
  await frontier.admitGiven(["http://a.test/", "http://b.test/", "http://c.test/"]);
  const source = frontier.source();
  const leased: PageRequest[] = [];
  while (leased.length < 3) {
    const delivery = await source.read(never);
    assert.ok(delivery !== null);
    leased.push(delivery.payload);
  }
  const request = leased[1];
  assert.ok(request !== undefined);
  const processed = processedOf(1, { url: request.url, fetchedAtMs: systemClock.nowMs() });
  const store = storeIn();
  await store.content.connect(never);
  const [locations] = await store.content.append(
    [{ ...processed, page: { ...processed.page, request } }],
    never,
  );
  await store.content.close();
  await frontier.close();
  return { frontier: frontierIn(), store: storeIn(), request, leased, locations, body: processed.page.body };
}

test("a capture found whole goes on under its id and is not written again; leases without one are queued", async (t) => {
  const { frontier, store, request, leased, locations, body } = await crashed(t);
  const recovered = await recover(frontier, store, systemClock, never);
  assert.deepEqual(
    recovered.captures.map(({ request: found }) => found.captureId),
    [request.captureId],
  );
  assert.equal(recovered.reclaimed, 2);
  assert.equal(frontier.counts().leased, 1, "the found capture's lease stays open until its line has ended");
  assert.equal(frontier.counts().queued, 2);

  const source = recoverySource(recovered, frontier, store.content);
  await source.connect(never);
  const delivery = await source.read(never);
  assert.deepEqual(delivery?.payload.stored, locations);
  assert.deepEqual(delivery?.payload.page.body, body);
  assert.equal(delivery?.traceId, request.captureId);
  assert.equal(await source.read(never), null);

  await frontier.beginCrawl(SPEC);
  const again = frontier.source();
  const queued = [await again.read(never), await again.read(never)].map((each) => each?.payload.url);
  const lost = leased.filter(({ url }) => url !== request.url).map(({ url }) => url);
  assert.deepEqual(queued.sort(), lost.sort());
  await store.content.close();
  await store.metadata.close();
  await frontier.close();
});
