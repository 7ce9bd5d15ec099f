// Which browser a page gets, with browsers that only pretend to be there and time that the test owns.
import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import { BrowserPool, type BrowserPoolOptions, type PooledBrowser, type Seat } from "./browser-pool.ts";
import type { ProcessMemory } from "./process-memory.ts";

const MIB = 1_048_576;
const never = new AbortController().signal;

class Fake implements PooledBrowser {
  isConnected = true;
  pages = 0;
  processes: ProcessMemory[] = [];
  readonly ended: number[] = [];
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }

  memory(): Promise<ProcessMemory[]> {
    return Promise.resolve(this.isConnected ? this.processes : []);
  }
  endProcess(pid: number): void {
    this.ended.push(pid);
    this.processes = this.processes.filter((process) => process.pid !== pid);
  }
  async close(): Promise<void> {
    this.isConnected = false;
  }
  kill(): void {
    this.isConnected = false;
  }
}

interface World {
  readonly pool: BrowserPool<Fake, string>;
  readonly clock: VirtualClock;
  readonly started: Fake[];
  readonly told: string[];
  /** Answers of starts to come, before those that succeed. */
  readonly refusals: string[];
  bytesIn: number;
  attempts: number;
  /** A page that is begun; it is left with `leave`. */
  page(): Promise<Seat<Fake>>;
}

function world(over: Partial<BrowserPoolOptions> = {}): World {
  const clock = new VirtualClock();
  const started: Fake[] = [];
  const told: string[] = [];
  const refusals: string[] = [];
  const options: BrowserPoolOptions = {
    browserPagesMax: 1_000,
    browserBytesMax: 1_000_000,
    browserAgeMs: 1_000_000,
    browserIdleMs: 60_000,
    memoryBytesMax: 1_000 * MIB,
    ...over,
  };
  const made: World = {
    clock,
    started,
    told,
    refusals,
    bytesIn: 0,
    attempts: 0,
    pool: new BrowserPool<Fake, string>({
      options,
      clock,
      launch: async () => {
        made.attempts++;
        const refusal = refusals.shift();
        if (refusal !== undefined) throw new Error(refusal);
        const browser = new Fake(`b${started.length}`);
        started.push(browser);
        return browser;
      },
      bytesIn: () => made.bytesIn,
      onTrouble: (message) => void told.push(message),
    }),
    async page() {
      const seat = await made.pool.take("plain", never);
      seat.browser.pages++;
      return seat;
    },
  };
  return made;
}

const HORIZON_MS = 10_000_000;
const run = (w: World, course: () => Promise<void>): Promise<void> => w.clock.until(course(), HORIZON_MS);

test("pages at the same time share one browser, and it is started once", async () => {
  const w = world();
  await run(w, async () => {
    const seats = await Promise.all([w.page(), w.page(), w.page()]);
    assert.equal(new Set(seats.map(({ browser }) => browser)).size, 1);
    for (const seat of seats) await seat.leave();
    await w.pool.close();
    assert.equal(w.attempts, 1);
    assert.equal(w.started[0]?.isConnected, false);
  });
});

for (const [what, over, age] of [
  ["so many pages", { browserPagesMax: 2 }, () => undefined],
  [
    "so many bytes",
    { browserBytesMax: 10 },
    (w: World) => {
      w.bytesIn += 5;
    },
  ],
  ["so long a time", { browserAgeMs: 2_000 }, (w: World) => w.clock.sleep(1_000)],
] as const)
  test(`a browser is replaced after ${what}, and ended with its last page`, async () => {
    const w = world(over);
    await run(w, async () => {
      const names: string[] = [];
      const slow = await w.page();
      await age(w);
      for (let n = 0; n < 4; n++) {
        const seat = await w.page();
        names.push(seat.browser.name);
        await age(w);
        await seat.leave();
      }
      assert.deepEqual(names, ["b0", "b1", "b1", "b2"]);
      assert.deepEqual(
        w.started.map(({ isConnected }) => isConnected),
        [true, false, true],
      );
      await slow.leave();
      assert.equal(slow.browser.isConnected, false);
      await w.pool.close();
    });
  });

test("a browser that stands idle is ended, and the next page starts another", async () => {
  const w = world({ browserIdleMs: 5_000 });
  await run(w, async () => {
    for (const pauseMs of [4_000, 4_000, 6_000]) {
      await (await w.page()).leave();
      await w.clock.sleep(pauseMs);
    }
    assert.deepEqual(
      w.started.map(({ isConnected }) => isConnected),
      [false],
    );
    await (await w.page()).leave();
    assert.equal(w.started.length, 2);
    await w.pool.close();
  });
});

test("a start that fails is tried again for the pages that wait, and told once", async () => {
  const w = world();
  w.refusals.push("no library", "no library");
  await run(w, async () => {
    const seats = await Promise.all([w.page(), w.page()]);
    assert.deepEqual([w.attempts, seats[0]?.browser.name], [3, "b0"]);
    assert.deepEqual(w.told, ["the browser does not start: no library"]);
    for (const seat of seats) await seat.leave();
    await w.pool.close();
  });
});

test("a browser that never starts gives pages up without being tried for each, and never spins", async () => {
  const w = world();
  w.refusals.push(...Array.from({ length: 100 }, () => "no library"));
  await run(w, async () => {
    for (let n = 0; n < 50; n++) await assert.rejects(w.page(), /the browser does not start: no library/);
    assert.equal(w.attempts, 3);
    await w.clock.sleep(60_000);
    await assert.rejects(w.page(), /no library/);
    assert.equal(w.attempts, 4);
    assert.equal(w.told.length, 1);
    w.refusals.length = 0;
    await w.clock.sleep(60_000);
    await (await w.page()).leave();
    await w.pool.close();
  });
});

test("a browser that ends before it has shown a page counts as one that does not start", async () => {
  const w = world();
  await run(w, async () => {
    for (let n = 0; n < 3; n++) {
      const seat = await w.page();
      seat.browser.kill();
      await seat.leave();
    }
    await assert.rejects(w.page(), /ended before it had shown a page/);
    assert.equal(w.attempts, 3);
    await w.pool.close();
  });
});

test("over the memory budget no page is begun, the largest one is ended, and the others stay", async () => {
  const w = world();
  await run(w, async () => {
    const [large, small] = await Promise.all([w.page(), w.page()]);
    const [browser] = w.started;
    assert.ok(browser !== undefined && large !== undefined && small !== undefined);
    const renderer = (pid: number, mebibytes: number) => ({ pid, bytes: mebibytes * MIB, isRenderer: true });
    browser.processes = [renderer(1, 700), renderer(2, 400)];
    await w.clock.sleep(300);
    let begun = false;
    const third = w.page().then((seat) => {
      begun = true;
      return seat;
    });
    await w.clock.sleep(100);
    assert.deepEqual([begun, browser.ended], [false, []], "patience");
    await w.clock.sleep(300);
    assert.deepEqual(browser.ended, [1]);
    assert.match(large.endedFor() ?? "", /largest page: the browser held 1100 MiB .* at most 1000/);
    assert.equal(small.endedFor(), null);
    await large.leave();
    await (await third).leave();
    await small.leave();
    await w.pool.close();
  });
});

test("an idle browser over the budget is replaced for the page that waits", async () => {
  const w = world();
  await run(w, async () => {
    await (await w.page()).leave();
    const [first] = w.started;
    assert.ok(first !== undefined);
    first.processes = [{ pid: 1, bytes: 2_000 * MIB, isRenderer: false }];
    const seat = await w.page();
    await w.clock.sleep(1_000);
    await seat.leave();
    const next = await w.page();
    assert.equal(next.browser.name, "b1");
    assert.equal(first.isConnected, false);
    await next.leave();
    await w.pool.close();
  });
});

test("who waits when the pool closes is sent away, and who no longer waits leaves", async () => {
  const w = world();
  w.refusals.push("no library");
  await run(w, async () => {
    const leaving = new AbortController();
    const left = assert.rejects(w.pool.take("plain", leaving.signal), /no longer wanted/);
    const waiting = assert.rejects(w.pool.take("plain", never), /closed/);
    await w.clock.sleep(100);
    leaving.abort(new Error("no longer wanted"));
    await left;
    await w.pool.close();
    await waiting;
  });
});
