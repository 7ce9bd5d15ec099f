import assert from "node:assert/strict";
import { test } from "node:test";
import { isoDate } from "./dates.ts";
import { parseRefresh } from "./refresh.ts";
import { robotsDirectives } from "./robots-directives.ts";
import { documentFrom } from "./testing.ts";

const head = (inner: string, headers: readonly (readonly [string, string])[] = []) =>
  documentFrom(`<!doctype html><html><head>${inner}</head><body><p>Text.</p></body></html>`, { headers });

const titles: readonly [name: string, html: string, title: string | null][] = [
  ["the title element", "<title> A\n B </title>", "A B"],
  ["the first of two", "<title>A</title><title>B</title>", "A"],
  ["not an SVG's", "<body><svg><title>icon</title></svg><p>x</p>", null],
  ["the head's before an SVG's", "<title>A</title></head><body><svg><title>icon</title></svg>", "A"],
  ["entities, once", "<title>A &amp;amp; B</title>", "A &amp; B"],
  ["markup in it is text", "<title><b>A</b></title>", "<b>A</b>"],
  [
    "without the site's name where OpenGraph shows it",
    `<title>A day | Site</title><meta property="og:title" content="A day">`,
    "A day",
  ],
  [
    "as OpenGraph declares it, where both stand",
    `<title>Neon: a brief history</title><meta property="og:title" content="The ambitions behind neon">`,
    "The ambitions behind neon",
  ],
  [
    "its own where OpenGraph names only the site",
    `<title>A day</title><meta property="og:title" content="Site"><meta property="og:site_name" content="Site">`,
    "A day",
  ],
  [
    "its own where only JSON-LD says otherwise",
    `<title>New Zealand</title><script type="application/ld+json">{"@type":"Article","headline":"country"}</script>`,
    "New Zealand",
  ],
  [
    "declared with an escape too many",
    `<meta property="og:title" content="Q&amp;amp;A &amp;#8217;">`,
    "Q&A ’",
  ],
  ["with what nothing shows to be a site's name", "<title>Ports | a history</title>", "Ports | a history"],
  ["from OpenGraph when there is none", `<meta property="og:title" content="A">`, "A"],
  ["from the h1 when there is nothing else", "<body><h1>A <i>b</i></h1>", "A b"],
];
for (const [name, html, title] of titles) test(`title: ${name}`, () => assert.equal(head(html).title, title));

test("the description is the page's own, else its first paragraph", () => {
  assert.equal(head(`<meta name="Description" content=" a  b ">`).description, "a b");
  assert.equal(head(`<meta property="og:description" content="o">`).description, "o");
  assert.equal(documentFrom("<h1>x</h1><p>First.</p><p>Second.</p>").description, "First.");
  const block = "A block that is used as a paragraph, and is long enough.";
  assert.equal(documentFrom(`<h1>x</h1><div>${block}</div><p>Second.</p>`).description, block);
  assert.equal(documentFrom(`<p><span aria-hidden=true>*</span>First.</p>`).description, "First.");
  assert.equal(head(`<meta name=description content="&amp;quot;a&amp;quot;&amp;nbsp;">`).description, '"a"');
});

test("language: declared in the standard's order, else by script", () => {
  assert.equal(documentFrom(`<html lang="ko-KR"><p>x`).lang, "ko-KR");
  assert.equal(head(`<meta http-equiv="Content-Language" content="de, en">`).lang, "de");
  assert.equal(head("", [["content-language", "fr"]]).lang, "fr");
  assert.equal(head(`<meta property="og:locale" content="pt_BR">`).lang, "pt-BR");
  assert.equal(documentFrom(`<html lang="{{lang}}"><p>x`).lang, null);
  assert.equal(documentFrom("<p>안녕하세요 여러분 반갑습니다 오늘도</p>").lang, "ko");
  assert.equal(documentFrom("<p>今日はとても良い天気ですね散歩しましょう</p>").lang, "ja");
  assert.equal(documentFrom("<p>今天天气很好我们去公园散步吧大家一起去</p>").lang, "zh");
  assert.equal(documentFrom("<p>Сегодня очень хорошая погода</p>").lang, "ru");
  assert.equal(documentFrom("<p>Plain English text without a declaration.</p>").lang, null);
});

test("canonical: the first valid one in the head, absolute", () => {
  assert.equal(
    head(`<link rel="canonical" href=""><link rel="Canonical" href="/a#f"><link rel=canonical href=/b>`)
      .canonical,
    "http://site.example/a",
  );
  assert.equal(documentFrom(`<body><p>x</p><link rel=canonical href=/b>`).canonical, null);
  assert.equal(
    head(`<base href="http://other.example/x/"><link rel=canonical href=y>`).canonical,
    "http://other.example/x/y",
  );
  assert.equal(head("", [["link", '<http://c.example/>; rel="canonical"']]).canonical, "http://c.example/");
});

test("authors: JSON-LD, metas, then the byline as the page shows it; several are joined", () => {
  const ld = `<script type="application/ld+json">{"@type":"NewsArticle","author":[{"name":"A B"},{"name":"C D"}]}</script>`;
  assert.equal(head(`<meta name=author content="M">${ld}`).author, "A B, C D");
  assert.equal(head(`<meta name=author content="By M N">`).author, "M N");
  assert.equal(
    head(`<meta property="article:author" content="https://facebook.com/x"><meta name=author content=M>`)
      .author,
    "M",
  );
  const byline = (text: string): string | null =>
    documentFrom(`<p>x</p><a rel="author" href="/a">${text}</a>`).author;
  assert.equal(byline("Jane Doe"), "Jane Doe");
  assert.equal(byline("By JANE DOE\n March 11, 2015 3:46 PM"), "By JANE DOE");
  assert.equal(byline("by Jane Doe22 Dec 2016651"), "by Jane Doe");
  assert.equal(byline("Par Lagerkvist May"), "Par Lagerkvist May");
  const around = documentFrom(
    `<body class="author-1"><p>${"x ".repeat(200)}</p><div class="author_line">By <a rel=author href=/a>Jane Doe</a></div>`,
  );
  assert.equal(around.author, "By Jane Doe");
  assert.equal(
    documentFrom(`<p>x</p><ul itemprop=author itemscope><li>por <a href=/a>César Doe</a></ul>`).author,
    "César Doe",
  );
});

test("dates are as exact as given", () => {
  const published = (inner: string): string | null => head(inner).publishedAt;
  assert.equal(
    published(`<meta property="article:published_time" content="2021-03-04T05:06:07+09:00">`),
    "2021-03-04T05:06:07+09:00",
  );
  assert.equal(
    published(`<script type="application/ld+json">{"@type":"Article","datePublished":"2021-03-04"}</script>`),
    "2021-03-04",
  );
  assert.equal(published(`<meta name=date content="2021-03">`), "2021-03");
  assert.equal(
    documentFrom(`<article><time datetime="2020-01-02T03:04Z">2 Jan</time><p>x</p></article>`).publishedAt,
    "2020-01-02T03:04Z",
  );
  assert.equal(
    documentFrom(`<div itemscope><time itemprop="datePublished">2020-01-02</time></div>`).publishedAt,
    "2020-01-02",
  );
  assert.equal(head(`<meta property="article:modified_time" content="2022-01-01">`).modifiedAt, "2022-01-01");
});

const dates: readonly [given: string, iso: string | null][] = [
  ["2021", "2021"],
  ["2021-02-03 04:05", "2021-02-03 04:05"],
  ["2021/2/3", "2021-02-03"],
  ["2021년 2월 3일", "2021-02-03"],
  ["2021. 2. 3.", "2021-02-03"],
  ["2021年2月3日", "2021-02-03"],
  ["February 3, 2021", "2021-02-03"],
  ["Wed, Feb 3rd, 2021 4:05 pm", "2021-02-03T16:05"],
  ["3 February 2021", "2021-02-03"],
  ["Wed, 03 Feb 2021 04:05:06 GMT", "2021-02-03T04:05:06Z"],
  ["Wed, 03 Feb 2021 04:05:06 +0900", "2021-02-03T04:05:06+09:00"],
  ["3. März 2021, 14:05 Uhr", "2021-03-03T14:05"],
  ["Publié le 3 août 2021 à 14h05", "2021-08-03T14:05"],
  ["1er février 2021", "2021-02-01"],
  ["3 de marzo de 2021", "2021-03-03"],
  ["3 de março de 2021 às 9h", "2021-03-03T09:00"],
  ["martedì 3 maggio 2021", "2021-05-03"],
  ["3 марта 2021 г., 14:05", "2021-03-03T14:05"],
  ["3 мая 2021", "2021-05-03"],
  ["3 maja 2021", "2021-05-03"],
  ["3 mei 2021", "2021-05-03"],
  ["3 Şubat 2021", "2021-02-03"],
  ["2021년 2월 3일 오후 4:05", "2021-02-03T16:05"],
  ["2021年2月3日 16時05分", "2021-02-03T16:05"],
  ["2021.02.03 04:05", "2021-02-03T04:05"],
  ["03.02.2021 16:05", "2021-02-03T16:05"],
  ["23/02/2021", "2021-02-23"],
  ["02/23/2021", "2021-02-23"],
  ["03/02/2021", "2021-02-03"],
  ["Updated: Feb. 3, 2021 at 4:05 p.m. EST", "2021-02-03T16:05-05:00"],
  ["Wed Feb 3 2021 04:05:06 GMT+0900", "2021-02-03T04:05:06+09:00"],
  ["3-Feb-2021", "2021-02-03"],
  ["copyright 2021", null],
  ["31 words 2021", null],
  ["2021-13-40", null],
  ["yesterday", null],
  ["", null],
];
for (const [given, iso] of dates)
  test(`the date ${JSON.stringify(given)} is ${iso}`, () => assert.equal(isoDate(given), iso));

test("a date in numbers is read as the page's language writes it", () => {
  assert.equal(isoDate("03/02/2021", "en-US"), "2021-03-02");
  assert.equal(isoDate("03/02/2021", "en-GB"), "2021-02-03");
  assert.equal(isoDate("03/02/2021", "fr"), "2021-02-03");
});

const robots = (metas: readonly (readonly [string, string])[], headers: readonly string[] = []) => {
  const { noindex, nofollow } = robotsDirectives({
    metas: metas.map(([name, content]) => ({ name, content })),
    headers,
    agent: "millrace",
  });
  return `${noindex ? "noindex" : "index"} ${nofollow ? "nofollow" : "follow"}`;
};
const directives: readonly [string, string][] = [
  [robots([["robots", "NOINDEX, NoFollow"]]), "noindex nofollow"],
  [robots([["robots", "none"]]), "noindex nofollow"],
  [robots([["googlebot", "noindex"]]), "index follow"],
  [robots([["millrace", "noindex"]]), "noindex follow"],
  [
    robots([
      ["robots", "index"],
      ["robots", "noindex"],
    ]),
    "noindex follow",
  ],
  [robots([], ["noindex", "nofollow"]), "noindex nofollow"],
  [robots([], ["googlebot: noindex", "otherbot: nofollow"]), "index follow"],
  [robots([], ["Millrace: noindex, nofollow"]), "noindex nofollow"],
  [robots([], ["googlebot: noindex, millrace: nofollow"]), "index nofollow"],
  [robots([], ["unavailable_after: 25 Jun 2030 15:00:00 PST, noindex"]), "noindex follow"],
  [robots([], ["max-snippet: 0, NONE"]), "noindex nofollow"],
];
test("robots: the most restrictive of what is said to us", () => {
  for (const [got, wanted] of directives) assert.equal(got, wanted);
  assert.equal(head(`<meta name="ROBOTS" content="noarchive">`).robots.noarchive, true);
  assert.equal(head("", [["x-robots-tag", "noindex"]]).robots.noindex, true);
  const lines = [
    ["x-robots-tag", "googlebot: noindex"],
    ["x-robots-tag", "nofollow"],
  ] as const;
  assert.deepEqual([head("", lines).robots.noindex, head("", lines).robots.nofollow], [false, true]);
  assert.equal(head(`<noscript><meta name=robots content=noindex></noscript>`).robots.noindex, false);
  assert.equal(documentFrom(`<p>x</p><meta name=robots content=noindex>`).robots.noindex, true);
});

const refreshes: readonly [string, { delayS: number; url: string } | null][] = [
  ["0; url=/a", { delayS: 0, url: "http://h.example/a" }],
  ["5;URL='b c'", { delayS: 5, url: "http://h.example/d/b%20c" }],
  ['5, url = "x"y', { delayS: 5, url: "http://h.example/d/x" }],
  ["3.7 /z", { delayS: 3, url: "http://h.example/z" }],
  [" 600 ; http://o.example/ ", { delayS: 600, url: "http://o.example/" }],
  ["0;url=//o.example/x", { delayS: 0, url: "http://o.example/x" }],
  ["0;URL=?q", { delayS: 0, url: "http://h.example/d/p?q" }],
  [".5; url=/a", { delayS: 0, url: "http://h.example/a" }],
  ["0; url='/a", { delayS: 0, url: "http://h.example/a" }],
  ["99999999999999999999; url=/a", null],
  ["-1; url=/a", null],
  ["5", null],
  ["5; url=", null],
  ["url=/a", null],
  ["0; url=javascript:alert(1)", null],
];
for (const [value, wanted] of refreshes)
  test(`the refresh ${JSON.stringify(value)}`, () =>
    assert.deepEqual(parseRefresh(value, "http://h.example/d/p"), wanted));

test("a refresh in a comment or in noscript is none", () => {
  assert.equal(
    head(
      `<!-- <meta http-equiv=refresh content="0;url=/a"> --><noscript><meta http-equiv=refresh content="0;url=/b"></noscript>`,
    ).refresh,
    null,
  );
  assert.deepEqual(head(`<META HTTP-EQUIV=Refresh CONTENT="1;url=/a">`).refresh, {
    delayS: 1,
    url: "http://site.example/a",
  });
  assert.equal(head("", [["refresh", "2; url=/h"]]).refresh?.delayS, 2);
});
