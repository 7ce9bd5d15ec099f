// What a browser is given in the place of the answer: decoded, with the charset that was found, without what speaks of the wire.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Headers } from "../model/index.ts";
import { answeredDocument } from "./answered-document.ts";

const LIMITS = { outputBytesMax: 1_000, encodingsMax: 2 };
const given = (headers: Headers, body: Uint8Array = Buffer.from("<p>x")) =>
  answeredDocument({ url: "http://a.test/", status: 404, headers, body }, "euc-kr", LIMITS);

test("the body is decoded and the status kept", () => {
  const answered = given([["content-encoding", "gzip"]], gzipSync("<p>text"));
  assert.ok(answered.ok);
  assert.equal(answered.value.body.toString(), "<p>text");
  assert.equal(answered.value.status, 404);
});

test("the charset is the one that was found, whatever the header said", () => {
  for (const [said, type] of [
    ["text/html; charset=latin1", "text/html"],
    ["application/xhtml+xml", "application/xhtml+xml"],
  ] as const) {
    const answered = given([["content-type", said]]);
    assert.ok(answered.ok);
    const types = answered.value.fields.filter(({ name }) => name === "content-type");
    assert.deepEqual(types, [{ name: "content-type", value: `${type}; charset=euc-kr` }]);
  }
});

test("what a page may say of itself goes on; lengths, codings and ways elsewhere do not", () => {
  const answered = given([
    ["content-length", "4"],
    ["refresh", "0;url=/x"],
    ["strict-transport-security", "max-age=1"],
    ["content-security-policy", "a"],
    ["content-security-policy", "b"],
    ["set-cookie", "a=1"],
    ["set-cookie", "b=2"],
  ]);
  assert.ok(answered.ok);
  assert.deepEqual(
    answered.value.fields.map(({ name, value }) => `${name}: ${value}`),
    [
      "content-security-policy: a",
      "content-security-policy: b",
      "set-cookie: a=1",
      "set-cookie: b=2",
      "content-type: text/html; charset=euc-kr",
    ],
  );
});

test("a body that cannot be decoded, or grows too large, is told by its code", () => {
  const broken = given([["content-encoding", "br"]], Buffer.from("no brotli at all"));
  const bomb = given([["content-encoding", "gzip"]], gzipSync(Buffer.alloc(5_000)));
  assert.equal(bomb.ok ? null : bomb.error.code, "too_large");
  assert.equal(broken.ok ? null : broken.error.code, broken.ok ? null : "decode");
});
