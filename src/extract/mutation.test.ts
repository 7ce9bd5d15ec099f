// Pages as the web has them, then damaged at random: cut, doubled, swapped, sprinkled with markup and broken bytes. Every one gives a
// document, and so does it many times in a row: at that size anything that is not linear would outlast the test. Seeds are printed.
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../base/index.ts";
import type { Document } from "../model/index.ts";
import { extract } from "./extract.ts";
import { extractOptionsSchema } from "./options.ts";

const options = extractOptionsSchema.parse({});
type Chance = ReturnType<typeof seededRandom>;

const WORDS =
  "mill river wheel stone grain flour market council bridge water 한국어 文章 цена prix – “quoted” A&amp;B 10&nbsp;%".split(
    " ",
  );

function words(chance: Chance, count: number): string {
  return Array.from({ length: count }, () => WORDS[chance.below(WORDS.length)]).join(" ");
}

/** A page with the parts that real ones have. */
function realLike(chance: Chance): string {
  const many = (most: number, make: () => string): string =>
    Array.from({ length: 1 + chance.below(most) }, make).join("\n");
  const link = (): string =>
    `<li class="nav__item"><a href="/${chance.below(1e6)}?a=1&amp;b=2#c" rel="nofollow" title='${words(chance, 2)}'>${words(chance, 2)}</a>`;
  const picture = (): string =>
    `<figure><picture><source srcset="/i/1.webp 1x, /i/2.webp 2x"><img src=/i.jpg data-src="/lazy.jpg" alt="${words(chance, 3)}" width=320></picture><figcaption>${words(chance, 5)}</figcaption></figure>`;
  const paragraph = (): string =>
    `<p class="text" style="color:red">${words(chance, 20)}, <b>${words(chance, 2)}</b>. ${words(chance, 15)} <a href="//other.example/x">${words(chance, 2)}</a>.<br>${words(chance, 9)}.</p>`;
  const row = (): string =>
    `<tr><th scope=row>${words(chance, 1)}<td colspan=2>${words(chance, 3)}<td>${chance.below(99)}`;
  const comment = (): string =>
    `<div id="comment-${chance.below(99)}" class="comment"><span itemprop="author" itemscope><i itemprop=name>${words(chance, 2)}</i></span><p>${words(chance, 12)}</div>`;
  return [
    `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${words(chance, 5)} | Site</title>`,
    `<meta property="og:title" content="${words(chance, 4)}"><link rel="canonical" href="/here"><base href="/base/">`,
    `<script type="application/ld+json">{"@type":"NewsArticle","headline":"${words(chance, 4)}","articleBody":"${words(chance, 60)}","author":[{"name":"A B"}],}</script>`,
    `<style>.a > b { color: red }</style><script>var a = "</p>" < 1; <!-- x --></script></head><body class="page">`,
    `<nav><ul>${many(12, link)}</ul></nav><main><article itemscope itemtype="http://schema.org/Article"><h1>${words(chance, 5)}</h1>`,
    `<time datetime="2024-05-01T08:00:00Z" pubdate>1 May</time>${many(12, paragraph)}<ul><li>${words(chance, 4)}<ul><li>${words(chance, 3)}</ul></ul>`,
    `<pre><code class="language-js">if (a < b) { \`c\` }</code></pre><blockquote>${paragraph()}</blockquote>${picture()}`,
    `<table><thead><tr><th>a<th>b</thead><tbody>${many(6, row)}</table><svg><title>x</title><path d="M0 0"/></svg>`,
    `<h2>Related</h2><ul>${many(5, link)}</ul></article></main><aside>${many(4, comment)}</aside>`,
    `<form><select><option>a<option selected>b</select><input type=checkbox checked><textarea>\n<b></textarea></form>`,
    `<footer><![CDATA[x]]><p hidden>${words(chance, 4)}</p>&copy 2024 &notit; &#0; &#x1F600; ${words(chance, 3)}</footer></body></html>`,
  ].join("\n");
}

const SPRINKLED =
  '<|>|</|<!--|-->|--!>|<script>|</script>|<table>|<tr>|<td>|</table>|<p>|</p>|<a href=|</a>|<b>|</b>|<svg>|<math>|<template>|<plaintext>|<select>|<title>|<textarea>|<body>|<head>|</body>|"|\'|=|&|&#|&amp|]]>|<![CDATA[|\0|\ufffd|\r|\u2028|<frameset>|<noscript>|<li>|<dd>|<ruby><rt>|<h1>|<br/>|<x-y>|<image>|<nobr>|<ul>|</ul>|<main>|<div hidden>|<img srcset=",">|{"@graph":['.split(
    "|",
  );

function damaged(page: string, chance: Chance): string {
  let text = page;
  for (let step = 1 + chance.below(12); step > 0; step--) {
    const at = chance.below(text.length);
    const to = Math.min(text.length, at + chance.below(400));
    const elsewhere = chance.below(text.length);
    const sign = SPRINKLED[chance.below(SPRINKLED.length)] ?? "";
    switch (chance.below(5)) {
      case 0:
        text = text.slice(0, at) + text.slice(to);
        break;
      case 1:
        text = text.slice(0, elsewhere) + text.slice(at, to) + text.slice(elsewhere);
        break;
      case 2:
        text = text.slice(0, at) + sign + text.slice(at);
        break;
      case 3:
        text = text.slice(0, at) + sign.repeat(1 + chance.below(50)) + text.slice(at);
        break;
      default:
        text = text.replaceAll(SPRINKLED[chance.below(SPRINKLED.length)] ?? "", sign);
    }
    text = text.slice(0, 40_000);
    if (text === "") text = sign;
  }
  return text;
}

function documentOf(body: Uint8Array, full: boolean): Document {
  const result = extract(
    {
      url: "http://site.example/dir/page.html",
      body,
      headers: [["content-type", "text/html"]],
      truncated: false,
    },
    { ...options, full },
    [],
  );
  assert.ok(result.ok);
  return result.value;
}

function holds(document: Document): void {
  for (const text of [document.text, document.markdown, document.html, document.title ?? ""]) {
    assert.ok(text.isWellFormed() && !text.includes("\u0000"));
  }
  for (const { url } of document.links) assert.equal(URL.parse(url)?.href, url);
  assert.match(document.simhash, /^[0-9a-f]{16}$/);
}

const encoder = new TextEncoder();

test("a damaged page gives a document, the same one each time", (context) => {
  for (let seed = 1; seed <= 300; seed++) {
    const chance = seededRandom(seed);
    const body = encoder.encode(damaged(realLike(chance), chance));
    // Bytes too: cut in the middle of a character, or of no encoding at all.
    for (let step = chance.below(8); step > 0 && body.length > 0; step--)
      body[chance.below(body.length)] = chance.below(256);
    try {
      const document = documentOf(body, seed % 3 === 0);
      holds(document);
      if (seed % 10 === 0) assert.deepEqual(documentOf(body, seed % 3 === 0), document);
    } catch (thrown) {
      context.diagnostic(`seed ${seed}`);
      throw thrown;
    }
  }
});

test("a damaged page many times in a row is read in one pass", (context) => {
  for (let seed = 1_001; seed <= 1_010; seed++) {
    const chance = seededRandom(seed);
    const page = damaged(realLike(chance), chance);
    const from = chance.below(page.length);
    const piece = page.slice(from, from + 20 + chance.below(3_000));
    context.diagnostic(`seed ${seed}`);
    const body = encoder.encode(page + piece.repeat(Math.ceil(1_000_000 / piece.length)));
    holds(documentOf(body, seed % 2 === 0));
  }
});
