// Fill rates and their alarm, on pages given as values.
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FillAlarm, FillRates } from "./fill-rates.ts";

const page = (price: number | null) => ({ values: { price }, sources: { price: null } });

test("a rate counts pages, and rows for what rows hold", () => {
  const rates = new FillRates();
  const sources = { offers: null, "offers[].price": null, list: null };
  rates.add({
    values: { offers: [{ price: 1 }, { price: null }], list: [{ amount: 1, currency: null }] },
    sources,
  });
  rates.add({ values: { offers: null, list: null }, sources });
  assert.deepEqual(
    rates.rates().map(({ field, filled, pages, rate }) => [field, filled, pages, rate]),
    [
      ["offers", 1, 2, 0.5],
      ["offers[].price", 1, 2, 0.5],
      ["list", 1, 2, 0.5],
    ],
  );
});

test("a rate that falls below what it was rings once, and once more when it is back", () => {
  const rates = new FillRates({ windowPages: 20, pagesMin: 20, marginShare: 0.2 });
  const alarms: (FillAlarm & { readonly at: number })[] = [];
  const add = (count: number, price: number | null): void => {
    for (let number = 0; number < count; number++)
      for (const alarm of rates.add(page(price))) alarms.push({ ...alarm, at: rates.rates()[0]?.pages ?? 0 });
  };
  add(100, 1);
  assert.deepEqual(alarms, []);
  add(500, null);
  assert.deepEqual(
    alarms.map(({ at, fallen, rateBefore }) => [at, fallen, rateBefore]),
    [[105, true, 1]],
  );
  assert.equal(rates.rates()[0]?.fallen, true);
  add(30, 1);
  assert.deepEqual(
    alarms.slice(1).map(({ fallen, rateBefore }) => [fallen, rateBefore]),
    [[false, 1]],
  );
});

test("a field that was seldom filled rings no alarm, nor do few pages", () => {
  const rates = new FillRates({ windowPages: 10, pagesMin: 10, marginShare: 0.2 });
  for (let number = 0; number < 200; number++)
    assert.deepEqual(rates.add(page(number % 10 === 0 ? 1 : null)), []);
  const few = new FillRates({ windowPages: 10, pagesMin: 10 });
  for (let number = 0; number < 15; number++) assert.deepEqual(few.add(page(number < 10 ? 1 : null)), []);
});
