// CSV rows, templates and candidates: small and pure, so held by properties where there are some.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkObjectKey } from "../../store/index.ts";
import { csvRows } from "./csv.ts";
import { filledKey, filledUrl, placeholdersOf } from "./template.ts";

async function rowsOf(pieces: readonly string[]): Promise<readonly (readonly string[] | string)[]> {
  const rows: (readonly string[] | string)[] = [];
  const stream = async function* () {
    yield* pieces;
  };
  for await (const { line, fields } of csvRows(stream()))
    rows.push(fields.ok ? fields.value : `${line}: ${fields.error}`);
  return rows;
}

const cell = fc.string({ unit: fc.constantFrom("a", '"', ",", "\n", "\r\n", " ", "한", ";"), maxLength: 8 });

test("what was written as CSV is read as it was, wherever the text is cut", async () => {
  const table = fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { maxLength: 6 });
  await fc.assert(
    fc.asyncProperty(table, fc.constantFrom("\n", "\r\n"), fc.array(fc.nat(40)), async (rows, end, cuts) => {
      const quoted = rows.map((row) => row.map((text) => `"${text.replaceAll('"', '""')}"`).join(","));
      const text = quoted.join(end);
      const pieces: string[] = [];
      let at = 0;
      for (const cut of cuts) {
        pieces.push(text.slice(at, at + cut));
        at += cut;
      }
      pieces.push(text.slice(at));
      assert.deepEqual(await rowsOf(pieces), rows);
    }),
  );
});

test("a row that is none is told by its line, and the next one is read", async () => {
  const rows = await rowsOf(['id,name\n1,"a"b"\n\n2, plain , x\n', `3,${"y".repeat(70_000)}\n4,"open,\n5,b`]);
  assert.deepEqual(rows, [
    ["id", "name"],
    "2: has a quote in the wrong place",
    ["2", "plain", "x"],
    "5: is longer than 65536 characters",
    "6: has a quote in the wrong place",
  ]);
});

test("whatever an id is, its key is one part of a path, and no two ids share one", () => {
  const id = fc.oneof(
    fc.string({ minLength: 1, maxLength: 20 }),
    fc.constantFrom("..", ".", "a/b", "a%2Fb", "../x", "한국"),
  );
  fc.assert(
    fc.property(id, id, (one, other) => {
      const key = filledKey("artists/{id}.jpg", { id: one });
      assert.ok(key.ok);
      assert.ok(checkObjectKey(key.value).ok, key.value);
      assert.equal(key.value.split("/").length, 2);
      const second = filledKey("artists/{id}.jpg", { id: other });
      if (one.toWellFormed() !== other.toWellFormed()) assert.notEqual(second.ok && second.value, key.value);
    }),
  );
});

test("values stay values in a URL, and a missing one is named", () => {
  const values = { name: "Kim & Lee/?#'", url: "https://example.com/?a=b" };
  assert.deepEqual(filledUrl("https://example.com/search?q={name}", values), {
    ok: true,
    value: "https://example.com/search?q=Kim%20%26%20Lee%2F%3F%23%27",
  });
  assert.deepEqual(filledUrl("{url}", values), { ok: true, value: values.url });
  assert.deepEqual(filledUrl("https://example.com/{label}", values), { ok: false, error: "label" });
  assert.deepEqual(
    [placeholdersOf("a{b}{c}"), placeholdersOf("{"), placeholdersOf("{a b}")],
    [["b", "c"], null, null],
  );
});
