import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fingerprint, givenUrl, hostKey, normalise, TRACKING_PARAMETERS } from "./url.ts";

const OPTIONS = { trackingParameters: TRACKING_PARAMETERS, urlBytesMax: 8192 };

const normal = (input: string, base: string | null = null) => {
  const result = normalise(input, base, OPTIONS);
  return result.ok ? result.value.url : result.error.code;
};

const TABLE: readonly (readonly [what: string, input: string, expected: string])[] = [
  [
    "host and scheme are lower case, the path keeps its case",
    "HTTP://EXAMPLE.com/A/b",
    "http://example.com/A/b",
  ],
  ["default ports go, others stay", "https://example.com:443/x", "https://example.com/x"],
  ["another port stays", "http://example.com:8080", "http://example.com:8080/"],
  ["dot segments are resolved", "http://example.com/a/./b/../c", "http://example.com/a/c"],
  ["the fragment goes", "http://example.com/a#b?c", "http://example.com/a"],
  ["a fragment route goes too", "http://example.com/#!/a", "http://example.com/"],
  ["user information goes", "http://user:pw@example.com/a", "http://example.com/a"],
  ["user information before a query", "http://user@example.com?x=1", "http://example.com/?x=1"],
  ["an empty user goes", "http://@example.com/", "http://example.com/"],
  [
    "the parser disagreement on \\@ has one answer",
    "http://a.example\\@b.example/",
    "http://a.example/@b.example/",
  ],
  ["tabs and line ends inside go", "ht\ntp://exa\tmple.com/a\r\nb", "http://example.com/ab"],
  ["blanks around go", "  http://example.com/ ", "http://example.com/"],
  [
    "percent case is kept on the wire",
    "http://example.com/%e3%83%84%7Ea",
    "http://example.com/%e3%83%84%7Ea",
  ],
  ["double encoding is kept", "http://example.com/%2525", "http://example.com/%2525"],
  ["a lone percent sign is kept", "http://example.com/100%", "http://example.com/100%"],
  ["a Unicode path is encoded as UTF-8", "http://example.com/ツ", "http://example.com/%E3%83%84"],
  ["NFC and NFD stay two", "http://example.com/e\u0301", "http://example.com/e%CC%81"],
  ["an international host is punycode", "http://Bücher.example/", "http://xn--bcher-kva.example/"],
  ["an underscore in a host is accepted", "http://a_b.example.com/", "http://a_b.example.com/"],
  ["a single label is accepted", "http://intranet/", "http://intranet/"],
  ["odd forms of IPv4 are one address", "http://0x7f.1/", "http://127.0.0.1/"],
  ["IPv6 is compressed", "http://[0:0:0:0:0:0:0:1]:80/", "http://[::1]/"],
  ["the root's dot stays on the wire", "http://example.com./", "http://example.com./"],
  [
    "parameters keep their order, repeated and empty ones too",
    "http://e.com/?b=2&a=1&a=&&b",
    "http://e.com/?b=2&a=1&a=&&b",
  ],
  ["tracking parameters go", "http://e.com/p?utm_source=x&id=1&fbclid=y&utm_x", "http://e.com/p?id=1"],
  ["a query of tracking alone goes whole", "http://e.com/p?gclid=1", "http://e.com/p"],
  ["an empty query stays", "http://e.com/p?", "http://e.com/p?"],
  [
    "a name that only begins alike stays",
    "http://e.com/?fbclid2=1&xutm_a=2&UTM_a=3",
    "http://e.com/?fbclid2=1&xutm_a=2&UTM_a=3",
  ],
  ["a tracking name in a value stays", "http://e.com/?u=?utm_source=x", "http://e.com/?u=?utm_source=x"],
  ["non-UTF-8 query bytes are kept", "http://e.com/?q=%b0%a1", "http://e.com/?q=%b0%a1"],
  ["a semicolon is no separator", "http://e.com/a;x=1?b;utm_source=1", "http://e.com/a;x=1?b;utm_source=1"],
  ["mailto is not crawled", "mailto:a@example.com", "policy"],
  ["javascript is not crawled", "javascript:void(0)", "policy"],
  ["data is not crawled", `data:text/html,${"x".repeat(100_000)}`, "policy"],
  ["ftp is not crawled", "ftp://example.com/", "policy"],
  ["blank is no URL", "", "parse"],
  ["a relative URL without base is none", "/a/b", "parse"],
  ["a blank in the host is none", "http://exa mple.com/", "parse"],
  ["an impossible port is none", "http://example.com:99999/", "parse"],
  ["invalid punycode is none", "http://xn--a.example.%/", "parse"],
  ["beyond the limit is refused", `http://example.com/${"x".repeat(8192)}`, "policy"],
  ["encoding can carry it beyond the limit", `http://example.com/${"ツ".repeat(2000)}`, "policy"],
];

test("URLs come into their normal form", () => {
  for (const [what, input, expected] of TABLE) assert.equal(normal(input), expected, what);
});

test("relative references are resolved as browsers do", () => {
  const base = "https://example.com/a/b?c=d#e";
  for (const [input, expected] of [
    ["x", "https://example.com/a/x"],
    ["../../../x", "https://example.com/x"],
    ["//other.example/x", "https://other.example/x"],
    ["?y", "https://example.com/a/b?y"],
    ["#f", "https://example.com/a/b?c=d"],
    ["", "https://example.com/a/b?c=d"],
    ["\\x", "https://example.com/x"],
    ["http:x", "http://x/"],
  ] as const) {
    assert.equal(normal(input, base), expected, input);
  }
});

test("the normal form is its own normal form, and its host key is the URL's", () => {
  fc.assert(
    fc.property(
      fc.webUrl({ withFragments: true, withQueryParameters: true }),
      fc.constantFrom("", "&utm_a=1", "?gclid=2&x"),
      (url, tail) => {
        const once = normalise(url + tail, null, OPTIONS);
        if (!once.ok) return;
        const twice = normalise(once.value.url, null, OPTIONS);
        assert.ok(twice.ok);
        assert.equal(twice.value.url, once.value.url);
        assert.equal(twice.value.host, once.value.host);
        assert.equal(hostKey(once.value.url), once.value.host);
        assert.ok(!once.value.url.includes("#"));
      },
    ),
  );
});

test("no text makes the normal form throw, and what passes is http or https", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: "binary" }),
        fc.string().map((rest) => `http://e.com/${rest}`),
      ),
      fc.boolean(),
      (text, hasBase) => {
        const result = normalise(text, hasBase ? "https://example.com/a/" : null, OPTIONS);
        if (!result.ok) return;
        assert.match(result.value.url, /^https?:\/\/[^/]+\//);
        const again = normalise(result.value.url, null, OPTIONS);
        assert.ok(again.ok);
        assert.equal(again.value.url, result.value.url);
      },
    ),
    { numRuns: 500 },
  );
});

test("the host key tells servers apart, not spellings", () => {
  for (const [url, key] of [
    ["http://example.com/", "example.com"],
    ["https://example.com/", "example.com"],
    ["http://example.com:8080/a:b", "example.com:8080"],
    ["http://example.com./", "example.com"],
    ["http://example.com.:81/", "example.com:81"],
    ["http://[::1]:8080/", "[::1]:8080"],
  ] as const) {
    assert.equal(hostKey(url), key);
    const result = normalise(url, null, OPTIONS);
    assert.equal(result.ok ? result.value.host : null, key);
  }
});

test("the fingerprint folds what RFC 3986 calls equal, and nothing else", () => {
  const same = (a: string, b: string) =>
    fingerprint(`http://e.com/${a}`).equals(fingerprint(`http://e.com/${b}`));
  assert.equal(fingerprint("http://e.com/").length, 8);
  assert.ok(same("%e3%83%84", "%E3%83%84"));
  assert.ok(same("%7Euser", "~user"));
  assert.ok(!same("a%2Fb", "a/b"));
  assert.ok(!same("A", "a"));
  assert.ok(!same("a?x=1&y=2", "a?y=2&x=1"));
  assert.ok(!same("a", "a/"));
  assert.ok(!same("100%", "100%25"));
});

test("fingerprints of numbered URLs do not meet", () => {
  const seen = new Set<string>();
  for (let at = 0; at < 50_000; at++) seen.add(fingerprint(`http://example.com/p/${at}`).toString("hex"));
  assert.equal(seen.size, 50_000);
});

test("a list line without a scheme is a host reached by http", () => {
  for (const [line, url] of [
    ["example.com", "http://example.com"],
    [" example.com ", "http://example.com"],
    ["example.com:8080/x", "http://example.com:8080/x"],
    ["localhost:3000", "http://localhost:3000"],
    ["[::1]:80/x", "http://[::1]:80/x"],
    ["192.0.2.1", "http://192.0.2.1"],
    ["//example.com/x", "http://example.com/x"],
    ["example.com/a:b", "http://example.com/a:b"],
    ["example.com?a=http://b", "http://example.com?a=http://b"],
    ["https://example.com", "https://example.com"],
    ["HTTPS://example.com", "HTTPS://example.com"],
    ["mailto:a@b.example", "mailto:a@b.example"],
    ["javascript:alert(1)", "javascript:alert(1)"],
  ] as const) {
    assert.equal(givenUrl(line), url);
  }
});

test("other tracking parameters can be declared, or none", () => {
  const options = { trackingParameters: ["ref", "x.*"], urlBytesMax: 100 };
  const result = normalise("http://e.com/?ref=1&x.y=2&xzy=3&utm_a=4", null, options);
  assert.equal(result.ok && result.value.url, "http://e.com/?xzy=3&utm_a=4");
  const none = normalise("http://e.com/?utm_a=4", null, { trackingParameters: [], urlBytesMax: 100 });
  assert.equal(none.ok && none.value.url, "http://e.com/?utm_a=4");
});
