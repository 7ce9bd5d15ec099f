// The engine under seeded kills, absences and stops: nothing lost, nothing twice, no deadlock. And the faults that must show.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FAULTS, NEUTRAL } from "./faults.ts";
import { simulate } from "./simulate.ts";

test("three hundred seeds of kills, absences, drains and aborts lose nothing and end", async () => {
  let allFull = 0;
  let kills = 0;
  for (let seed = 1; seed <= 300; seed++) {
    const report = await simulate(seed);
    assert.deepEqual(report.wrongs, [], `seed ${seed}`);
    if (report.allFull) allFull++;
    kills += report.kills;
  }
  assert.ok(allFull > 0, "some seeds fill every channel at once");
  assert.ok(kills > 1_000, "actors are killed");
});

test("a seed is one story: run twice it is the same", async () => {
  for (const seed of [7, 47, 66, 228]) assert.deepEqual(await simulate(seed), await simulate(seed));
});

test("the wrappers that carry the faults do no harm by themselves", async () => {
  for (let seed = 1; seed <= 60; seed++) assert.deepEqual((await simulate(seed, NEUTRAL)).wrongs, []);
});

for (const fault of FAULTS) {
  test(`a fault shows: ${fault.title}`, async () => {
    const found = await fault.find();
    assert.ok(found.length > 0, "the simulation and the suites are blind to it");
  });
}
