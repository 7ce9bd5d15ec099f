import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { baseUrl, resolve, target, targetUrl } from "./addresses.ts";

/** The URL parser's word. */
function standard(reference: string, base: string): string | null {
  const url = URL.parse(reference, base);
  return url !== null && /^https?:$/.test(url.protocol) && url.hostname !== "" ? url.href : null;
}

const bases = [
  "http://host.example/a/b/page.html?x#y",
  "https://user:pass@host.example:8443/a/",
  "https://host.example",
  "https://host.example/a//b",
  "http://[::1]:80/a/b",
  "http://host.example/?",
  "file:///c:/a/b",
  "data:text/html,x",
  "mailto:a@b.example",
  "no address",
];

const references =
  "|/|//|///|/a|/a/../b|/a/./b|/.|/..|/.well-known/x|/a/%2e%2E/b|/a%2eb|/%2e|//h.example/x|//h.example|//1.2.3.4/|//a.b.0x1/|http://H.example/|https://h.example|https://h.example/|https://h.example/a b|https://h.example:443/a|https://h.example:80/a|http://xn--a/|http://xn--bcher-kva.example/|https://a@h.example/|http://h..example/a|http://-a-.example/a|http://a_b.example/|http://256.256.256.256/|http://h.example./a|http:/a|http:a|https:a|https:/h.example/a|HTTP://h.example/a|ftp://h.example/a|a|a/b|a:b|a/b:c|a?b:c|a#b:c|a?b?c#d#e|a'b|/a?'b'|/a#'b'|/a?b/../c|./a|../a|a/..|a/.|?q|#f|\\a|/\\a|a\\b|a^b|a|b|a%zz|/a|b|/é|/a\tb| /a|/a |a\nb|javascript:void(0)|tel:+1|1:2|/c:/d|c:/d|//c:/d|/a`b|/a{b}|/a[b]|/a#`".split(
    "|",
  );

test("every reference resolves as the URL parser has it", () => {
  for (const base of bases)
    for (const reference of references)
      assert.equal(resolve(reference, base), standard(reference, base), `${reference} on ${base}`);
});

test("any reference resolves as the URL parser has it", () => {
  const piece = fc.oneof(
    fc.constantFrom(
      ..."/ // . .. %2e %2E : ? # @ & = ' \\ http https : :// ftp h.example H.Example xn-- a b 1 0x7f 80 ~ | é".split(
        " ",
      ),
    ),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), fc.constantFrom(...bases), (pieces, base) => {
      const reference = pieces.join("");
      assert.equal(resolve(reference, base), standard(reference, base));
    }),
    { numRuns: 5_000 },
  );
});

test("a reference to an origin that is known resolves as the URL parser has it", () => {
  const origin = fc.constantFrom("https://h.example/", "http://h.example/", "https://www.mill.example/");
  const piece = fc.oneof(
    fc.constantFrom(..."/ // . .. %2e : ? # @ & = ' \\ a b 1 ~ | é".split(" "), "\n", " "),
    fc.string({ maxLength: 3 }),
  );
  const base = "https://www.mill.example/a/b";
  fc.assert(
    fc.property(origin, fc.array(piece, { maxLength: 8 }), (known, pieces) => {
      assert.equal(resolve(`${known}a`, base), `${known}a`);
      const reference = known + pieces.join("");
      assert.equal(resolve(reference, base), standard(reference, base));
    }),
    { numRuns: 3_000 },
  );
});

test("a target is the URL without its fragment, and leads to itself", () => {
  const leads = (reference: string, base: string): void => {
    const found = target(reference, base);
    const url = standard(reference, base)?.replace(/#.*$/s, "") ?? null;
    assert.equal(found === null ? null : targetUrl(found, base), url, `${reference} on ${base}`);
    if (found !== null) assert.equal(target(found, base), found, `${reference} on ${base}`);
  };
  for (const base of bases) for (const reference of references) leads(reference, base);
  const piece = fc.oneof(
    fc.constantFrom(
      ..."/ // . .. %2e : ? # @ & = ' \\ https://h.example http://host.example https://h.example/ a b | é".split(
        " ",
      ),
    ),
    fc.string({ maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.constantFrom(...bases), (pieces, base) =>
      leads(pieces.join(""), base),
    ),
    { numRuns: 3_000 },
  );
});

test("a base that is no http address leaves the page's own", () => {
  assert.equal(baseUrl("http://host.example/a", "mailto:x@y.example"), "http://host.example/a");
  assert.equal(baseUrl("http://host.example/a", "/b/"), "http://host.example/b/");
});

test("a long reference is read in one pass", () => {
  for (const text of [
    "/a".repeat(30_000),
    "a.".repeat(32_000),
    `http://${"a.".repeat(32_000)}`,
    "a?".repeat(30_000),
  ])
    assert.equal(resolve(text, "http://host.example/"), standard(text, "http://host.example/"));
});
