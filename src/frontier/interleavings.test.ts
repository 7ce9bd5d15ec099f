// Hand-overs, reports, orders, expiries and crashes in any order: after each step counts, rows, leases and timers agree, and in
// the end, once every page handed over is reported, every URL has ended.
import assert from "node:assert/strict";
import { rmSync } from "node:fs";
import { test } from "node:test";
import { type Random, seededRandom } from "../base/index.ts";
import type { Delivery } from "../engine/index.ts";
import type { PageRequest } from "../model/index.ts";
import type { Frontier } from "./frontier.ts";
import { answer, crawl, handed, interim, opened, passed, type VirtualClock } from "./testing.ts";

const never = new AbortController().signal;
const options = { robots: false, delayMs: 0, retryDelayMs: 10, leasesPerTurnMax: 2 };
const URLS = 6;
const seeds = Array.from({ length: URLS }, (_, n) => `http://h${n % 2}.test/${n}`);

interface World {
  frontier: Frontier;
  readonly clock: VirtualClock;
  readonly random: Random;
  /** Out and not yet handed over. */
  leased: Delivery<PageRequest>[];
  /** Every page that the broker ever took. */
  readonly sent: PageRequest[];
}

const pick = <T>(random: Random, items: readonly T[]): T | undefined => items[random.below(items.length)];

/** The next lease that needs no waiting. */
async function leaseOne({ frontier, leased }: World, source = frontier.source({ keepCaptureIds: true })) {
  const stop = new AbortController();
  const read = source.read(stop.signal).catch(() => null);
  const delivery = await Promise.race([read, new Promise<null>((resolve) => setImmediate(resolve, null))]);
  stop.abort();
  const found = delivery ?? (await read);
  if (found === null) return;
  const { payload: request } = found;
  if (request.verdict === null) leased.push(found);
  else {
    await frontier.sink().write([passed(request)], never);
    found.settle({ kind: "delivered" });
  }
}

async function step(world: World): Promise<void> {
  const { frontier, random, clock } = world;
  const at = random.below(world.leased.length);
  const delivery = world.leased[at];
  const page = pick(random, world.sent);
  const drop = (): unknown => world.leased.splice(at, 1);
  switch (random.below(11)) {
    case 0:
    case 1:
      return leaseOne(world);
    case 2:
    case 3:
      if (delivery === undefined) return;
      // The page is at the broker from here on, whatever becomes of the word of it.
      world.sent.push(delivery.payload);
      if (random.below(3) === 0) return;
      drop();
      await frontier.sink().write([handed(delivery.payload, clock.nowMs())], never);
      return delivery.settle({ kind: "delivered" });
    case 4:
      if (delivery === undefined) return;
      drop();
      return delivery.settle(
        pick(random, [
          { kind: "errored", error: new Error("broken off") },
          { kind: "later", code: "connect", delayMs: 1 },
          { kind: "dead", code: "internal" },
        ] as const) ?? { kind: "delivered" },
      );
    case 5:
    case 6: {
      if (page === undefined) return;
      const outcome = pick(random, ["stored", "stored", "failed", "skipped"] as const) ?? "stored";
      const report = answer(page, { outcome, code: outcome === "stored" ? null : "parse" });
      const target = pick(random, seeds) ?? page.url;
      const redirect = { kind: "redirect", request: page, status: 200, target, setCookie: false } as const;
      const said = random.below(4) === 0 ? redirect : report;
      return void (await frontier.returnSink().write([{ kind: "end", report: said }], never));
    }
    case 7:
      if (page !== undefined) await frontier.returnSink().write([interim(page)], never);
      return;
    case 8: {
      const url = pick(random, seeds) ?? "";
      await frontier.returnSink().write([{ kind: "order", reason: "task", host: "", url }], never);
      return;
    }
    case 9:
      return void (await frontier.expireHanded(clock.nowMs() - random.below(50)));
    default:
      if (random.below(3) > 0) return clock.sleep(random.below(40));
      await restart(world);
  }
}

async function restart(world: World): Promise<void> {
  await world.frontier.close();
  world.leased = [];
  world.frontier = (await opened(options, folders.get(world), world.clock)).frontier;
  const open = world.frontier.openLeases().map(({ captureId }) => captureId);
  world.frontier.reclaim(open, { keepCaptureIds: true });
  await crawl(world.frontier, seeds, { depthMax: 0 });
}

const folders = new Map<World, string>();

function check({ frontier }: World): void {
  const states = { ...frontier.counts() };
  const found = Array.from(frontier.iterate());
  for (const [state, count] of Object.entries(states))
    assert.equal(found.filter((url) => url.state === state).length, count, state);
  const timed = found.filter(({ state, reason }) => state === "handed" && !/render queue/.test(reason ?? ""));
  const oldest = Math.min(...timed.map(({ handedAtMs }) => handedAtMs ?? 0));
  assert.equal(frontier.oldestHandedAtMs(), timed.length === 0 ? null : oldest);
  const pages = frontier.openLeases().filter(({ verdict }) => verdict === null);
  assert.equal(pages.length, states.leased);
}

/** Everything that is out is handed over and reported as stored until nothing is left. */
async function finish(world: World): Promise<void> {
  for (let round = 0; round < 200 && !world.frontier.isIdle; round++) {
    await leaseOne(world);
    for (const delivery of world.leased.splice(0)) {
      await world.frontier.sink().write([handed(delivery.payload, world.clock.nowMs())], never);
      delivery.settle({ kind: "delivered" });
      world.sent.push(delivery.payload);
    }
    for (const request of world.sent)
      await world.frontier.returnSink().write([{ kind: "end", report: answer(request) }], never);
    await world.clock.sleep(20_000);
  }
}

test("whatever happens in whatever order, counts, rows and timers agree and every URL ends", {
  timeout: 120_000,
}, async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const { frontier, folder, clock } = await opened(options);
    const world: World = { frontier, clock, random: seededRandom(seed), leased: [], sent: [] };
    folders.set(world, folder);
    await crawl(frontier, seeds, { depthMax: 0 });
    try {
      for (let count = 0; count < 60; count++) {
        await step(world);
        check(world);
      }
      await finish(world);
      check(world);
      assert.equal(world.frontier.isIdle, true);
      assert.deepEqual(world.frontier.openLeases(), []);
    } catch (thrown) {
      throw new Error(`seed ${seed}`, { cause: thrown });
    }
    await world.frontier.close();
    rmSync(folder, { recursive: true, force: true });
  }
});
