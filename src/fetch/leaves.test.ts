// The pure parts: what is a page, where a redirect leads, which cookies are kept and sent, what a request carries.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { Body } from "./body.ts";
import { Chunks } from "./chunks.ts";
import { createCookies } from "./cookies.ts";
import { redirectTarget } from "./location.ts";
import { essenceOf, kindOf, looksBinary, looksLikePage } from "./media-type.ts";
import { fetchOptionsSchema } from "./options.ts";
import { parseHeaderField, requestHeaders } from "./request-headers.ts";
import { pageRequest } from "./testing/rig.ts";

const latin1 = (text: string): Uint8Array => Buffer.from(text, "latin1");

describe("a type", () => {
  test("is the last valid Content-Type", () => {
    const essence = (...values: string[]) => essenceOf(values.map((value) => ["content-type", value]));
    assert.equal(essence("Text/HTML; charset=x"), "text/html");
    assert.equal(essence("text/html", "garbage"), "text/html");
    assert.equal(essence("text/plain, text/html"), "text/html");
    for (const value of ["", "html", "*/*", "text/", "/html", "a/b/c", "text html"])
      assert.equal(essence(value), null, value);
  });

  test("is a page, none, or unknown", () => {
    for (const type of [
      "text/html",
      "application/xhtml+xml",
      "text/xml",
      "application/rss+xml",
      "application/ld+json",
      "text/plain",
      "application/pdf",
    ]) {
      assert.equal(kindOf(type), "page", type);
    }
    for (const type of ["image/png", "image/svg+xml", "application/zip", "video/mp4"]) {
      assert.equal(kindOf(type), "other", type);
    }
    assert.equal(kindOf(null), "unknown");
    assert.equal(kindOf("application/octet-stream"), "opaque");
  });

  test("is told by the first bytes where they are plain", () => {
    for (const head of [
      "\x89PNG\r\n\x1a\n",
      "GIF89a",
      "\xff\xd8\xff\xe0",
      "PK\x03\x04",
      "\x1f\x8b\x08",
      "RIFF....WEBPVP8",
    ]) {
      assert.equal(looksBinary(latin1(head)), true, head);
      assert.equal(looksLikePage(latin1(head)), false, head);
    }
    for (const head of [
      "<!doctype html>",
      "{}",
      "<?xml",
      "MZ is a text",
      "text \x1b[1m",
      "\xfe\xff\x00<",
      "",
      "caf\xe9",
      "%PDF-1.7\n\x00",
    ]) {
      assert.equal(looksLikePage(latin1(head)), true, head);
    }
    assert.equal(looksLikePage(latin1("a\x00b")), false);
  });
});

describe("a Location", () => {
  const target = (location: string): string => {
    const result = redirectTarget("http://a.test/x/y?q", [["location", location]]);
    return result.ok ? result.value : result.error.code;
  };
  test("is resolved as browsers do", () => {
    assert.equal(target("/z"), "http://a.test/z");
    assert.equal(target("z#frag"), "http://a.test/x/z");
    assert.equal(target("//b.test"), "http://b.test/");
    assert.equal(target("?p"), "http://a.test/x/y?p");
    assert.equal(target("/a b"), "http://a.test/a%20b");
    assert.equal(target(Buffer.from("/é한").toString("latin1")), "http://a.test/%C3%A9%ED%95%9C");
    assert.equal(target("/caf\xe9"), "http://a.test/caf%E9");
    assert.equal(target("HTTPS://B.test:443/"), "https://b.test/");
    assert.equal(target("\\\\b.test\\p"), "http://b.test/p");
  });
  test("that leads nowhere is a failed redirect", () => {
    for (const location of [
      "",
      " ",
      "http://",
      "http://[",
      "file:///etc/passwd",
      "javascript:1",
      "data:,x",
      "mailto:a@b",
    ]) {
      assert.equal(target(location), "redirect", location);
    }
    assert.equal(redirectTarget("http://a.test/", []).ok, false);
    const twice = redirectTarget("http://a.test/", [
      ["location", ""],
      ["location", "/b"],
    ]);
    assert.deepEqual(twice, { ok: true, value: "http://a.test/b" });
  });
});

describe("the cookie jar", () => {
  const limits = fetchOptionsSchema.parse({}).cookies;
  const set = (jar: ReturnType<typeof createCookies>, url: string, ...values: string[]) =>
    jar.keep(
      new URL(url),
      values.map((value) => ["set-cookie", value]),
    );
  const sent = (jar: ReturnType<typeof createCookies>, url: string) => jar.sentTo(new URL(url));

  test("keeps to host, domain, path and time", () => {
    const jar = createCookies(limits);
    set(
      jar,
      "http://www.a.test/x/y",
      "h=1",
      "d=2; Domain=a.test; Path=/",
      "p=3; Path=/x",
      "old=4; Max-Age=0",
    );
    assert.equal(sent(jar, "http://www.a.test/x/z"), "h=1; p=3; d=2");
    assert.equal(sent(jar, "http://b.a.test/"), "d=2");
    assert.equal(sent(jar, "http://b.test/"), "");
    set(jar, "http://www.a.test/", "d=; Domain=a.test; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT");
    assert.equal(sent(jar, "http://b.a.test/"), "");
  });
  test("refuses public suffixes, foreign domains, wrong prefixes and Secure over plain http", () => {
    const jar = createCookies(limits);
    set(
      jar,
      "http://a.co.uk/",
      "a=1; Domain=co.uk",
      "b=1; Domain=b.co.uk",
      "__Host-c=1; Path=/",
      "d=1; Secure",
    );
    assert.equal(sent(jar, "http://a.co.uk/"), "");
    set(
      jar,
      "https://a.co.uk/",
      "s=1; Secure",
      "__Host-s=2; Secure; Path=/",
      "__Host-x=3; Secure; Domain=a.co.uk; Path=/",
    );
    assert.equal(sent(jar, "https://a.co.uk/"), "s=1; __Host-s=2");
    assert.equal(sent(jar, "http://a.co.uk/"), "");
  });
  test("skips what is malformed and keeps the rest", () => {
    const jar = createCookies(limits);
    assert.equal(
      set(jar, "http://a.test/", "", ";", "=", "a\x00b=1", `big=${"x".repeat(9_000)}`, "ok=1; Expires=never"),
      true,
    );
    assert.match(sent(jar, "http://a.test/"), /ok=1/);
    fc.assert(fc.property(fc.string(), (value) => void set(jar, "http://127.0.0.1:8080/", value)));
  });
  test("is bounded in each domain and over all", () => {
    const jar = createCookies({ ...limits, perDomainMax: 5, domainsMax: 10 });
    for (let at = 0; at < 100; at++) set(jar, "http://a.test/", `c${at}=1`);
    assert.equal(sent(jar, "http://a.test/"), "c95=1; c96=1; c97=1; c98=1; c99=1");
    for (let at = 0; at < 100; at++) set(jar, `http://h${at}.test/`, "a=1");
    assert.equal(sent(jar, "http://a.test/"), "");
    assert.equal(sent(jar, "http://h99.test/"), "a=1");
    assert.equal(sent(jar, "http://h10.test/"), "");
  });
});

test("a request carries the user's fields over the own ones, and the conditions it was leased with", () => {
  const options = fetchOptionsSchema.parse({
    headers: ["User-Agent: me", "X-A: b: c", "Cookie: own=1", "Host: x.test", "bad"],
  });
  const headers = requestHeaders(options, "1.2.3")(
    pageRequest("http://a.test/", { validators: { etag: 'W/"e"', lastModified: "Thu", signature: null } }),
    "jar=2",
    null,
  );
  const fields = new Map(headers.flatMap((name, at) => (at % 2 === 0 ? [[name, headers[at + 1]]] : [])));
  assert.equal(fields.get("user-agent"), "me");
  assert.equal(fields.get("x-a"), "b: c");
  assert.equal(fields.get("cookie"), "own=1; jar=2");
  assert.equal(fields.get("if-none-match"), 'W/"e"');
  assert.equal(fields.get("if-modified-since"), "Thu");
  for (const field of ["no colon", ": x", "a b: c", "Connection: close", "X: a\r\nY: b"])
    assert.equal(parseHeaderField(field).ok, false, field);
});

test("a body comes out whole in a buffer of its own, however it came in", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 50 })), fc.option(fc.nat(600)), (chunks, announced) => {
      const body = new Body(announced);
      for (const chunk of chunks) body.add(chunk);
      const whole = Buffer.concat(chunks);
      assert.deepEqual(Buffer.from(body.head(20)), whole.subarray(0, 20));
      const taken = body.take();
      assert.deepEqual(Buffer.from(taken), whole);
      assert.equal(taken.byteOffset, 0);
      assert.equal(taken.buffer.byteLength, taken.byteLength);
    }),
  );
});

test("chunks are undone however they are cut", () => {
  const coded = latin1("3;x=y\r\nabc\r\n00A\r\n0123456789\r\n0\r\nT: 1\r\n\r\nrest");
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 60, maxLength: 60 }), (cuts) => {
      const chunks = new Chunks();
      let text = "";
      let at = 0;
      for (const cut of cuts) {
        for (const part of chunks.add(Buffer.from(coded.subarray(at, at + cut)))) text += part.toString();
        at += cut;
      }
      assert.equal(text, "abc0123456789");
      assert.equal(chunks.state, "complete");
    }),
  );
});
