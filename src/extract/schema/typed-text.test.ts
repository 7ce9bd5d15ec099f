// Numbers and prices as pages of many countries write them.
import assert from "node:assert/strict";
import { test } from "node:test";
import { numberIn } from "./number-text.ts";
import { priceIn } from "./price-text.ts";

test("numbers are told by their own signs", () => {
  for (const [text, value] of [
    ["1,234.5", 1234.5],
    ["1.234,5", 1234.5],
    ["1 234,50", 1234.5],
    ["1'234.50", 1234.5],
    ["1.234", 1.234],
    ["1,234", 1234],
    ["1.234.567", 1234567],
    ["0,999", 0.999],
    ["−5 °C", -5],
    ["rated 4.5.", 4.5],
    ["A4-120 pages", 4],
    ["١٢٣٫٥", 123.5],
    ["１２３", 123],
    ["1万2,000", 12000],
    ["3.5억", 350_000_000],
    [".5", 0.5],
  ] as const)
    assert.equal(numberIn(text, null, false)?.value, value, text);
  assert.equal(numberIn("none", null, false), null);
  assert.equal(numberIn("1.234", ",", false)?.value, 1234);
});

test("prices bring their currency by code, sign or word", () => {
  for (const [text, amount, currency] of [
    ["1.299 €", 1299, "EUR"],
    ["EUR 12,-", 12, "EUR"],
    ["$1,299.00", 1299, "USD"],
    ["US$5", 5, "USD"],
    ["R$ 10,50", 10.5, "BRL"],
    ["12,500원", 12500, "KRW"],
    ["1만 2,000원", 12000, "KRW"],
    ["￥1,980", 1980, "JPY"],
    ["1 299 zł", 1299, "PLN"],
    ["from £9.99 to £12", 9.99, "GBP"],
    ["9.99", 9.99, null],
  ] as const)
    assert.deepEqual(priceIn(text, null, null), { amount, currency }, text);
  assert.deepEqual(priceIn("$5", null, "CAD"), { amount: 5, currency: "CAD" });
  assert.deepEqual(priceIn("5 €", null, "CAD"), { amount: 5, currency: "EUR" });
  assert.equal(priceIn("sold out", null, null), null);
});
