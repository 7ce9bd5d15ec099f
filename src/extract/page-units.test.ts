import { strictEqual } from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PageUnits } from "./page-units.ts";

/** Three pieces and a bit, with a sign in every so many bytes. */
function page(every: number, sign: string): string {
  const filled = sign.padEnd(every, "x");
  return filled.repeat(Math.ceil(200_000 / every)).slice(0, 200_000);
}

test("a sign is found where it stands in the whole page, also where it lies over the end of a piece", () => {
  const cases = fc.record({
    every: fc.integer({ min: 4, max: 70_000 }),
    sign: fc.constantFrom("<", "</", "-->"),
    from: fc.oneof(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 65_500, max: 65_560 })),
  });
  fc.assert(
    fc.property(cases, ({ every, sign, from }) => {
      const text = page(every, sign);
      const at = text.indexOf(sign, from);
      strictEqual(new PageUnits(Buffer.from(text)).indexOf(sign, from), at === -1 ? text.length : at);
    }),
    { numRuns: 200 },
  );
});

test("what is cut out is the same wherever it begins and however long it is", () => {
  const text = page(23, "abcdefghijklmnopqrstuv");
  const units = new PageUnits(Buffer.from(text));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200_000 }), fc.integer({ min: 0, max: 200_000 }), (one, other) => {
      const [from, to] = [Math.min(one, other), Math.max(one, other)];
      strictEqual(units.slice(from, to), text.slice(from, to));
      strictEqual(units.slice(from, Math.min(to, from + 50)), text.slice(from, Math.min(to, from + 50)));
    }),
    { numRuns: 200 },
  );
});
