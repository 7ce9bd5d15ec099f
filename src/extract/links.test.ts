import assert from "node:assert/strict";
import { test } from "node:test";
import { parseSrcset } from "./images.ts";
import { documentFrom } from "./testing.ts";

const urls = (html: string): string[] => documentFrom(html).links.map((link) => link.url);

const hrefs: readonly [href: string, url: string | null][] = [
  ["x", "http://site.example/dir/x"],
  ["/x", "http://site.example/x"],
  ["//o.example/x", "http://o.example/x"],
  ["?a=b", "http://site.example/dir/page.html?a=b"],
  ["../x#frag", "http://site.example/x"],
  [" \tx\n y ", "http://site.example/dir/x%20y"],
  ["ht\ntp://o.example/", "http://o.example/"],
  ["HTTP://O.Example:80/%7ea", "http://o.example/%7ea"],
  ["http:\\\\o.example\\x", "http://o.example/x"],
  ["#only", null],
  ["", null],
  ["   ", null],
  ["javascript:x()", null],
  ["java\nscript:x()", null],
  ["data:text/html,x", null],
  ["mailto:a@b.example", null],
  ["tel:+1", null],
  ["blob:http://x/1", null],
  ["ftp://x.example/", null],
  ["http://[bad", null],
];
for (const [href, url] of hrefs)
  test(`href ${JSON.stringify(href)} leads to ${url}`, () =>
    assert.deepEqual(urls(`<a href="${href}">t</a>`), url === null ? [] : [url]));

test("the first base with an href in the head counts, and no other", () => {
  assert.deepEqual(urls(`<head><base target=_top><base href="/b/"><base href="/c/"></head><a href=x>t</a>`), [
    "http://site.example/b/x",
  ]);
  assert.deepEqual(urls(`<body><p>a</p><base href="/b/"><a href=x>t</a>`), ["http://site.example/dir/x"]);
  assert.deepEqual(urls(`<!-- <base href="/b/"> --><script>"<base href='/c/'>"</script><a href=x>t</a>`), [
    "http://site.example/dir/x",
  ]);
  assert.deepEqual(urls(`<head><base href="/a,b/"></head><a href=x>t</a>`), ["http://site.example/a,b/x"]);
  assert.deepEqual(urls(`<head><base href="//o.example"></head><a href=x>t</a>`), ["http://o.example/x"]);
  assert.deepEqual(urls(`<head><base href="javascript:x"></head><a href=x>t</a>`), [
    "http://site.example/dir/x",
  ]);
});

test("links in comments, scripts, templates and noscript are not links", () => {
  const html = `<!-- <a href=/1>x</a> --><script>"<a href=/2>x</a>"</script><template><a href=/3>x</a></template>
    <noscript><a href=/4>x</a></noscript><!--[if IE]><a href=/5>x</a><![endif]--><textarea><a href=/6></textarea><a href=/7>x</a>`;
  assert.deepEqual(urls(html), ["http://site.example/7"]);
});

test("the frames of a frameset are links, or its site would have one page", () => {
  assert.deepEqual(
    urls(`<html><frameset cols="1,2"><frame src="/menu.html"><frame src="main.html"></frameset></html>`),
    ["http://site.example/menu.html", "http://site.example/dir/main.html"],
  );
});

test("each target once, with the more telling text; nofollow only where every link says so", () => {
  const { links } = documentFrom(
    `<p><a href=/x rel=nofollow></a><a href="/x#y">Text</a><a href=/z rel="NoFollow UGC">z</a></p>`,
  );
  assert.deepEqual(links, [
    { url: "http://site.example/x", text: "Text", rel: [], role: "content" },
    { url: "http://site.example/z", text: "z", rel: ["nofollow", "ugc"], role: "content" },
  ]);
});

test("roles: by rel and by place", () => {
  const { links, feeds } = documentFrom(`<head>
    <link rel="stylesheet" href=/s><link rel=icon href=/i><link rel=canonical href=/c><link rel=next href=/n>
    <link rel="alternate" hreflang=ko href=/ko><link rel=amphtml href=/amp>
    <link rel="alternate" type="application/rss+xml" title="Feed" href="/rss"></head>
    <body><nav><a href=/nav>n</a></nav><div class="pagination"><a href=/2>2</a></div><main><p><a href=/in>in</a></p></main>
    <ul class="main-menu"><li><a href=/menu>m</a></ul><map><area href=/area alt=Area></map></body>`);
  assert.deepEqual(
    links.map((link) => [link.url.replace("http://site.example", ""), link.role]),
    [
      ["/c", "canonical"],
      ["/n", "pagination"],
      ["/ko", "alternate"],
      ["/amp", "alternate"],
      ["/rss", "feed"],
      ["/nav", "navigation"],
      ["/2", "pagination"],
      ["/in", "content"],
      ["/menu", "navigation"],
      ["/area", "content"],
    ],
  );
  assert.equal(links.at(-1)?.text, "Area");
  assert.deepEqual(feeds, [{ url: "http://site.example/rss", type: "application/rss+xml", title: "Feed" }]);
});

test("roles: feeds, languages and pages that anchors lead to", () => {
  const { links, feeds } = documentFrom(`<nav aria-label="Pagination"><a href=/p2>2</a></nav>
    <nav class=languages><a href=/de hreflang=de>Deutsch</a><a href=/about>About</a></nav>
    <main><p><a href="/fr/book" hreflang=fr>a book</a> <a href=/feed type="application/atom+xml">Feed</a> <a rel=previous href=/p0>back</a></p></main>`);
  assert.deepEqual(
    links.map((link) => [link.url.replace("http://site.example", ""), link.role]),
    [
      ["/p2", "pagination"],
      ["/de", "alternate"],
      ["/about", "navigation"],
      ["/fr/book", "content"],
      ["/feed", "feed"],
      ["/p0", "pagination"],
    ],
  );
  assert.deepEqual(feeds, [{ url: "http://site.example/feed", type: "application/atom+xml", title: "Feed" }]);
});

test("srcset: descriptors, commas in URLs, nonsense", () => {
  const parse = (set: string) =>
    parseSrcset(set, "http://h.example/").map(({ url, descriptor }) => `${url.slice(16)}|${descriptor}`);
  assert.deepEqual(parse("a.png 1x, b.png 2x"), ["/a.png|1x", "/b.png|2x"]);
  assert.deepEqual(parse("a,b.png 640w,c.png 1.5x"), ["/a,b.png|640w", "/c.png|1.5x"]);
  assert.deepEqual(parse("a.png, b.png"), ["/a.png|", "/b.png|"]);
  assert.deepEqual(parse(",, a.png (x,y) , b.png 2x"), ["/b.png|2x"]);
  assert.deepEqual(parse("a.png 1x 2x, b.png -1w, c.png 0.5.5x, d.png 100w 50h"), ["/d.png|100w 50h"]);
  assert.deepEqual(parse(" \n\t, ,"), []);
  assert.deepEqual(parse("a.png 1x,, b.png"), ["/a.png|1x", "/b.png|"]);
  assert.deepEqual(parse("data:image/png;base64,AAAA 1x, b.png 2x"), ["/b.png|2x"]);
});

test("images: lazy attributes beat placeholders, picture sources are candidates, data URLs are none", () => {
  const { images } =
    documentFrom(`<img src="data:image/gif;base64,R0" data-src="/lazy.png" alt=" a  b " width=10 height="20px">
    <picture><source srcset="/big.webp 2x"><img src="/small.png"></picture><video poster="/p.jpg"></video>
    <img src="data:image/gif;base64,R0"><img src="/small.png"><img srcset="/only.png 1x">`);
  assert.deepEqual(
    images.map((image) => [
      image.url.replace("http://site.example", ""),
      image.alt,
      image.width,
      image.height,
      image.candidates.length,
    ]),
    [
      ["/lazy.png", "a b", 10, 20, 0],
      ["/small.png", "", null, null, 1],
      ["/p.jpg", "", null, null, 0],
      ["/only.png", "", null, null, 1],
    ],
  );
});
