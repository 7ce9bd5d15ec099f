import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { addressOf, PLACES, readAddress } from "./address.ts";

test("an unknown address is the first place", () => {
  assert.deepEqual(readAddress(""), { place: "scrape", item: null, query: {} });
  assert.equal(readAddress("#/nowhere").place, "scrape");
  assert.equal(readAddress("#/pages/%E0%A4%A").item, "%E0%A4%A");
});

test("an address reads back as what it was made of", () => {
  const value = fc.string({ minLength: 1, maxLength: 30, unit: "binary" });
  fc.assert(
    fc.property(
      fc.constantFrom(...PLACES),
      fc.option(value),
      fc.record({ q: value, cursor: value }, { noNullPrototype: true }),
      (place, item, query) => {
        assert.deepEqual(readAddress(addressOf(place, item, query)), { place, item, query });
      },
    ),
  );
});
