import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { readUrlList, URLS_MAX } from "./url-list.ts";

test("lines, spaces and commas part addresses, and a missing scheme is https", () => {
  const { urls, faults } = readUrlList(
    "example.com/a\n  http://b.test:8080/x?y=1, https://c.test \n\nd.test:81/z",
  );
  assert.deepEqual(urls, [
    "https://example.com/a",
    "http://b.test:8080/x?y=1",
    "https://c.test/",
    "https://d.test:81/z",
  ]);
  assert.deepEqual(faults, []);
});

test("a comma within an address stays", () => {
  assert.deepEqual(readUrlList("https://a.test/x,y,1.html").urls, ["https://a.test/x,y,1.html"]);
});

test("what is repeated counts once", () => {
  const { urls, repeated } = readUrlList("https://a.test\na.test/\nhttps://A.TEST");
  assert.deepEqual(urls, ["https://a.test/"]);
  assert.equal(repeated, 2);
});

test("each fault says its line and kind", () => {
  const { urls, faults } = readUrlList(
    `ftp://a.test/\njavascript:alert(1)\nword\nhttp://\nhttp://a.test/${"x".repeat(2_100)}`,
  );
  assert.deepEqual(urls, []);
  assert.deepEqual(
    faults.map(({ line, fault }) => [line, fault]),
    [
      [1, "scheme"],
      [2, "scheme"],
      [3, "form"],
      [4, "form"],
      [5, "long"],
    ],
  );
});

test("quotes and brackets around an address are no part of it", () => {
  assert.deepEqual(readUrlList(`<https://a.test/x>\n"b.test"`).urls, ["https://a.test/x", "https://b.test/"]);
});

test("more than one request takes is told", () => {
  const many = (n: number): string => Array.from({ length: n }, (_, i) => `a.test/${i}`).join("\n");
  assert.equal(readUrlList(many(URLS_MAX)).isTooMany, false);
  assert.equal(readUrlList(many(URLS_MAX + 1)).isTooMany, true);
});

test("whatever is typed, what is listed is http or https and can be parsed", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webUrl(), fc.lorem()), (typed) => {
      for (const url of readUrlList(typed).urls) assert.match(new URL(url).protocol, /^https?:$/);
    }),
  );
});
