import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import { type Backoff, seededRandom } from "../base/index.ts";
import type { Actor } from "./actor.ts";
import { RestartsExceeded, type SupervisorOptions, supervisor } from "./supervisor.ts";

const backoff: Backoff = { firstMs: 10, maxMs: 100, factor: 2, jitter: 0 };

function bench(strategy: SupervisorOptions["strategy"], names: readonly string[], shutdownMs = 100) {
  const clock = new VirtualClock();
  const log: string[] = [];
  const fails = new Map<string, (error: Error) => void>();
  const ends = new Map<string, () => void>();
  const deaf = new Set<string>();
  const actors: Actor[] = names.map((name) => ({
    name,
    run: (signal) =>
      new Promise((resolve, reject) => {
        log.push(`+${name}`);
        fails.set(name, reject);
        ends.set(name, resolve);
        signal.addEventListener("abort", () => {
          log.push(`-${name}`);
          if (!deaf.has(name)) reject(signal.reason);
        });
      }),
  }));
  const options = {
    name: "lane",
    strategy,
    restartsMax: 3,
    periodMs: 1_000,
    backoff,
    clock,
    random: seededRandom(1),
  };
  const lane = supervisor(
    { ...options, observer: { abandoned: (name) => log.push(`!${name}`) } },
    actors.map((actor) => ({ actor, shutdownMs })),
  );
  const stop = new AbortController();
  const ended = lane.run(stop.signal);
  const rest = (ms = 50): Promise<void> => clock.until(clock.sleep(ms), 10_000);
  const taken = (): string => log.splice(0).join(" ");
  return { clock, lane, stop, ended, fails, ends, deaf, rest, taken };
}

test("children start left to right and stop right to left", async () => {
  const { stop, ended, rest, taken } = bench("one_for_one", ["a", "b", "c"]);
  await rest();
  assert.equal(taken(), "+a +b +c");
  stop.abort(new Error("stop"));
  await assert.rejects(ended, /stop/);
  assert.equal(taken(), "-c -b -a");
});

for (const [strategy, expected] of [
  ["one_for_one", "+b"],
  ["rest_for_one", "-c +b +c"],
  ["one_for_all", "-c -a +a +b +c"],
] as const) {
  test(`${strategy} restarts exactly its part of the children`, async () => {
    const { stop, ended, fails, rest, taken, lane } = bench(strategy, ["a", "b", "c"]);
    await rest();
    taken();
    fails.get("b")?.(new Error("crash"));
    await rest();
    assert.equal(taken(), expected);
    assert.equal(lane.snapshot().children[1]?.lastError, "crash");
    stop.abort(new Error("stop"));
    await assert.rejects(ended, /stop/);
  });
}

test("more restarts than allowed within the period stop all and fail upward with the cause", async () => {
  const { ended, fails, rest, taken, clock } = bench("one_for_one", ["a", "b"]);
  const failed = assert.rejects(ended, (error: Error) => {
    assert.ok(error instanceof RestartsExceeded);
    assert.match(String(error.cause), /crash 4/);
    return true;
  });
  for (let nth = 1; nth <= 4; nth++) {
    await rest(100);
    fails.get("b")?.(new Error(`crash ${nth}`));
  }
  await clock.until(failed, 10_000);
  assert.equal(taken(), "+a +b +b +b +b -a");
});

test("crashes further apart than the period allows are tolerated for ever", async () => {
  const { stop, ended, fails, rest } = bench("one_for_one", ["a"]);
  for (let nth = 1; nth <= 20; nth++) {
    await rest(400);
    fails.get("a")?.(new Error("crash"));
  }
  await rest();
  stop.abort(new Error("stop"));
  await assert.rejects(ended, /stop/);
});

test("it ends when every child has ended for good, and never restarts such a one", async () => {
  const { ended, ends, fails, rest, taken } = bench("one_for_all", ["a", "b"]);
  await rest();
  taken();
  ends.get("a")?.();
  await rest();
  fails.get("b")?.(new Error("crash"));
  await rest();
  assert.equal(taken(), "+b");
  ends.get("b")?.();
  await ended;
});

test("a stop comes between a failure and its restart", async () => {
  const { stop, ended, fails, rest, taken, clock } = bench("one_for_one", ["a"]);
  await rest();
  taken();
  fails.get("a")?.(new Error("crash"));
  await clock.until(clock.sleep(1), 10);
  stop.abort(new Error("stop"));
  await assert.rejects(ended, /stop/);
  assert.equal(taken(), "");
});

test("a child deaf to its stop is left behind and named; one deaf to its restart is replaced", async () => {
  const { lane, stop, ended, deaf, rest, taken, clock } = bench("one_for_one", ["a", "b"]);
  await rest();
  taken();
  deaf.add("a");
  assert.equal(lane.restart("a", new Error("wedged")), true);
  await rest(200);
  assert.equal(taken(), "-a !a +a");
  stop.abort(new Error("stop"));
  await assert.rejects(clock.until(ended, 10_000), /stop/);
  assert.equal(taken(), "-b -a !a");
  assert.equal(lane.restart("nobody", new Error("none")), false);
});

test("backoffs so long that the limit could never trip are refused", () => {
  const options = { name: "lane", strategy: "one_for_one", restartsMax: 5, periodMs: 1_000 } as const;
  const slow: Backoff = { firstMs: 300, maxMs: 300, factor: 1, jitter: 0 };
  assert.throws(
    () => supervisor({ ...options, backoff: slow, clock: new VirtualClock(), random: seededRandom(1) }, []),
    /could never trip/,
  );
});
