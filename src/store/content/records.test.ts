// Members, HTTP blocks and page records: round trips, and independent readers (zlib, warcio.js) of what is written.
import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { WARCParser } from "warcio";
import { processedOf } from "../testing/pages.ts";
import {
  deflatedMember,
  inflateMember,
  MEMBER_HEADER_BYTES,
  type Member,
  memberLengths,
  storedMember,
} from "./gzip-member.ts";
import { decodeHttpHead, encodeHttpHead } from "./http-block.ts";
import { decodeCaptureWithBody, decodeMarkdown, encodePage } from "./page-records.ts";

const bytesOf = (member: Member): Buffer => Buffer.concat(member.chunks);

test("members of any parts are gzip files that zlib opens, with their own length in them", async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(parts, fc.integer({ min: 1, max: 9 }), async (given, level) => {
      const plain = Buffer.concat(given);
      for (const member of [
        await deflatedMember(given, level),
        ...(plain.length > 0 ? [storedMember(given)] : []),
      ]) {
        const bytes = bytesOf(member);
        assert.equal(bytes.length, member.length);
        assert.deepEqual(memberLengths(bytes), {
          length: bytes.length,
          plainLength: plain.length,
          isAhead: false,
        });
        assert.deepEqual(gunzipSync(bytes), plain);
      }
    }),
    { numRuns: 60 },
  );
});

test("a stored member holds parts larger than a deflate block", () => {
  const big = new Uint8Array(200_001).fill(7);
  const member = storedMember([new Uint8Array([1]), big, new Uint8Array([2, 3])]);
  assert.deepEqual(gunzipSync(bytesOf(member)), Buffer.concat([Buffer.of(1), big, Buffer.of(2, 3)]));
});

test("a flipped bit of a member is noticed", async () => {
  const bytes = bytesOf(storedMember([Buffer.from("some text that is long enough")]));
  for (const at of [MEMBER_HEADER_BYTES + 8, bytes.length - 6]) {
    const damaged = Buffer.from(bytes);
    damaged.writeUInt8(damaged.readUInt8(at) ^ 1, at);
    await assert.rejects(inflateMember(damaged, 29));
  }
});

test("what is no member of this store has no lengths", () => {
  assert.equal(memberLengths(new Uint8Array(5)), null);
  assert.equal(memberLengths(new Uint8Array(64)), null);
});

const fieldName = fc.stringMatching(/^[a-z][a-z0-9-]{0,20}$/);
const fieldValue = fc.stringMatching(
  /^[\x21-\x7e\u00a0-\u00ff]([\x20-\x7e\u00a0-\u00ff]{0,30}[\x21-\x7e])?$/,
);

test("an HTTP head comes back as it was received, whatever was renamed or added", () => {
  const special = fc.constantFrom(
    "content-length",
    "transfer-encoding",
    "x-orig-transfer-encoding",
    "connection",
  );
  const field = fc.tuple(fc.oneof(fieldName, special), fieldValue);
  fc.assert(
    fc.property(
      fc.integer({ min: 100, max: 999 }),
      fieldValue,
      fc.array(field),
      fc.nat(1e6),
      (status, statusText, headers, size) => {
        const head = { status, statusText, headers };
        const text = encodeHttpHead(head, size).toString("latin1");
        assert.deepEqual(decodeHttpHead(text.slice(0, -4)), head);
        assert.equal(text.match(/^content-length: /gim)?.length, 1);
        assert.equal(/^transfer-encoding:/im.test(text), false);
      },
    ),
  );
});

test("a header with a line end cannot forge another header", () => {
  const text = encodeHttpHead(
    { status: 200, statusText: "OK\r\nx: y", headers: [["a", "b\r\nset: c\0"]] },
    0,
  ).toString();
  assert.equal(text.split("\r\n").length, 5);
});

test("a page's records read back as the page, for identity and coded bodies", async () => {
  for (const coding of [null, "gzip", "identity", "br"]) {
    const page = processedOf(3, {
      truncated: coding === "br",
      statusText: coding === "gzip" ? "" : "Not Quite OK é",
      headers: [
        ["content-type", "text/html"],
        ...(coding === null ? [] : [["content-encoding", coding] as const]),
      ],
      body: new Uint8Array(Buffer.from("body bytes \r\n\r\n with lines")),
    });
    const { response, conversion } = await encodePage(page, 6);
    const raw = { key: "k", offset: 10, length: response.length };
    const capture = decodeCaptureWithBody(await inflateMember(bytesOf(response), 1e6), raw);
    const { markdown, bodyBytes, bodySha256, raw: at, verdict, ...rest } = capture;
    assert.deepEqual(rest, { ...page.page });
    assert.deepEqual(verdict, page.verdict);
    assert.deepEqual(at, raw);
    assert.equal(bodyBytes, page.page.body.byteLength);
    assert.equal(bodySha256.length, 64);
    assert.deepEqual(markdown, { key: "k", offset: 10 + response.length, length: conversion.length });
    assert.equal(
      decodeMarkdown(await inflateMember(bytesOf(conversion), 1e6), markdown),
      page.document.markdown,
    );
  }
});

test("a member that stands ahead of a page says so, and zlib opens it", () => {
  const bytes = bytesOf(storedMember([Buffer.from("a picture")], true));
  assert.deepEqual(memberLengths(bytes), { length: bytes.length, plainLength: 9, isAhead: true });
  assert.equal(gunzipSync(bytes).toString(), "a picture");
});

test("warcio reads a page's picture ahead of the page, with target, type and bytes", async () => {
  const page = processedOf(2, { lane: "rich", screenshotBytes: 70_000 });
  const { screenshot, response, conversion } = await encodePage(page, 6);
  assert.ok(screenshot !== null && page.screenshot !== undefined);
  const members = [screenshot, response, conversion].map((member) => new Uint8Array(bytesOf(member)));
  const types: (string | null)[] = [];
  for await (const record of new WARCParser(new Blob(members).stream())) {
    types.push(record.warcType);
    if (record.warcType !== "resource") continue;
    assert.equal(record.warcTargetURI, `urn:view:${page.page.url}`);
    assert.equal(record.warcHeader("WARC-Concurrent-To"), `<urn:uuid:${page.page.request.captureId}>`);
    assert.equal(record.warcHeader("Content-Type"), "image/png");
    assert.deepEqual(Buffer.from(await record.readFully(false)), Buffer.from(page.screenshot.bytes));
  }
  assert.deepEqual(types, ["resource", "response", "conversion"]);
});

test("warcio reads both records, with target, date, status line, headers and body", async () => {
  const page = processedOf(4, {
    text: "한글과 words",
    headers: [
      ["content-encoding", "gzip"],
      ["transfer-encoding", "chunked"],
    ],
  });
  const { response, conversion } = await encodePage(page, 6);
  const stream = new Blob(
    [bytesOf(response), bytesOf(conversion)].map((bytes) => new Uint8Array(bytes)),
  ).stream();
  const seen: string[] = [];
  for await (const record of new WARCParser(stream)) {
    seen.push(record.warcType ?? "");
    assert.equal(record.warcTargetURI, page.page.url);
    assert.equal(record.warcDate, "2026-01-02T03:04:05.682Z");
    if (record.warcType === "response") {
      assert.equal(record.httpHeaders?.statusline, "HTTP/1.1 200 OK");
      assert.deepEqual(Buffer.from(await record.readFully(false)), Buffer.from(page.page.body));
    } else {
      assert.equal(Buffer.from(await record.readFully(false)).toString(), page.document.markdown);
      assert.equal(record.warcHeader("WARC-Refers-To"), `<urn:uuid:${page.page.request.captureId}>`);
    }
  }
  assert.deepEqual(seen, ["response", "conversion"]);
});
