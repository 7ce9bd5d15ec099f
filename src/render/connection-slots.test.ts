// Who gets a place for a connection, and who waits: so many in all and to one host, shared between those who want one.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import { ConnectionSlots, type Release } from "./connection-slots.ts";

const never = new AbortController().signal;
const limits = { connectionsMax: 12, connectionsPerHostMax: 6, waitMs: 1_000, waitingMax: 100 };

/** Lets every promise that can go on go on. */
const settle = async (): Promise<void> => {
  for (let n = 0; n < 10; n++) await Promise.resolve();
};

test("one that wants all of a host leaves a third of it to others", async () => {
  const slots = new ConnectionSlots(limits, new VirtualClock());
  for (let n = 0; n < 20; n++) void slots.take("host:80", "greedy", never);
  assert.equal(slots.open, 4);
  const other = await slots.take("host:80", "other", never);
  assert.notEqual(other, null);
  assert.equal(slots.open, 5);
  assert.notEqual(await slots.take("elsewhere:80", "greedy", never), null);
});

test("of those in line the one goes first whose party has fewest places", async () => {
  const slots = new ConnectionSlots({ ...limits, connectionsMax: 3 }, new VirtualClock());
  const held = await Promise.all(["a", "a", "b"].map((party) => slots.take("host:80", party, never)));
  const order: string[] = [];
  const releases: Release[] = [];
  for (const party of ["a", "a", "b", "c"])
    void slots.take("host:80", party, never).then((release) => {
      order.push(party);
      if (release !== null) releases.push(release);
    });
  for (const release of held) {
    release?.();
    await settle();
  }
  assert.deepEqual(order, ["c", "a", "b"]);
  releases[0]?.();
  await settle();
  assert.deepEqual(order, ["c", "a", "b", "a"]);
});

test("no limit is ever passed, and whoever gives all back leaves nothing", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ host: fc.nat(3), party: fc.nat(3), gives: fc.boolean(), which: fc.nat(50) }), {
        maxLength: 80,
      }),
      async (moves) => {
        const clock = new VirtualClock();
        const slots = new ConnectionSlots(limits, clock);
        const standing: { readonly key: string; readonly party: string; readonly release: Release }[] = [];
        const count = (by: "key" | "party", name: string): number =>
          standing.filter((each) => each[by] === name).length;
        for (const { host, party, gives, which } of moves) {
          if (gives && standing.length > 0) standing.splice(which % standing.length, 1)[0]?.release();
          else {
            const [key, name] = [`h${host}:80`, `p${party}`];
            void slots.take(key, name, never).then((release) => {
              if (release !== null) standing.push({ key, party: name, release });
            });
          }
          await settle();
          assert.equal(slots.open, standing.length);
          assert.ok(standing.length <= 12);
          for (const { key, party: name } of standing) {
            assert.ok(count("key", key) <= 6);
            assert.ok(standing.filter((each) => each.key === key && each.party === name).length <= 4);
          }
        }
        for (let rest = standing.shift(); rest !== undefined; rest = standing.shift()) {
          rest.release();
          rest.release();
          await settle();
        }
        assert.equal(slots.open, 0);
      },
    ),
  );
});
