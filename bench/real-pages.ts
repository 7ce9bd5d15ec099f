// Pages as the web has them: a folder's `*.html` and `*.html.gz` at any depth, or, where none is given, pages put together with the
// markup that real ones carry (navigation, scripts, styles, cards, attributes). Knows no server.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { seededRandom } from "../src/base/index.ts";

export interface RealPage {
  readonly name: string;
  readonly html: Buffer;
}

const GENERATED = 64;
const GENERATED_BYTES = 150_000;
/** Expected results that lie beside a corpus's pages are not pages of it. */
const TRUTH = /^expected/;

export function realPages(folder: string | null): RealPage[] {
  if (folder === null) return Array.from({ length: GENERATED }, (_, index) => generated(index));
  const pages = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.html?(\.gz)?$/.test(path) && !TRUTH.test(path.split("/").at(-1) ?? ""))
    .sort()
    .map((path) => {
      const bytes = readFileSync(join(folder, path));
      return { name: path, html: path.endsWith(".gz") ? gunzipSync(bytes) : bytes };
    });
  if (pages.length === 0) throw new Error(`${folder}: no *.html and no *.html.gz there`);
  return pages;
}

const WORDS =
  "the mill and river wheel stone grain flour market town council bridge water price report season people year village morning harbour weather committee plan road winter question answer letter history work evening".split(
    " ",
  );

function generated(index: number): RealPage {
  const { below } = seededRandom(index + 1);
  const words = (count: number): string =>
    Array.from(
      { length: count },
      () => `${WORDS[below(WORDS.length)]}${below(12) === 0 ? below(500) : ""}`,
    ).join(" ");
  const sentence = (): string => `${words(8 + below(14))}. `;
  const paragraph = (): string =>
    `<p class="body-text__p" data-component="text-block">${Array.from({ length: 3 + below(4) }, sentence).join("")}<a href="https://elsewhere.example/${below(1e6)}" class="link">${words(3)}</a> ${sentence()}</p>\n`;
  const card = (at: number): string =>
    `<div class="card card--small js-track" data-id="${below(1e9)}" data-position="${at}"><a href="/story/${below(1e6)}" class="card__link" title="${words(5)}"><picture><source srcset="/img/${at}.webp 1x, /img/${at}@2x.webp 2x" type="image/webp"><img src="/img/${at}.jpg" alt="${words(4)}" width="320" height="180" loading="lazy"></picture><h3 class="card__title">${words(7)}</h3></a><span class="card__meta"><time datetime="2024-05-${10 + below(19)}">${below(24)} hours ago</time></span></div>\n`;
  const script = (bytes: number): string =>
    `<script>window.__state=${JSON.stringify({ items: Array.from({ length: bytes / 60 }, () => ({ id: below(1e9), name: words(3) })) })};</script>\n`;
  const title = words(6);
  const parts = [
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${title} | The Millrace</title><meta name="description" content="${words(20)}"><meta property="og:title" content="${title}"><meta property="og:type" content="article"><meta property="article:published_time" content="2024-05-0${1 + below(9)}T08:00:00Z"><link rel="stylesheet" href="/main.css">`,
    `<script type="application/ld+json">${JSON.stringify({ "@context": "https://schema.org", "@type": "NewsArticle", headline: title, author: { "@type": "Person", name: words(2) } })}</script>`,
    `<style>${Array.from({ length: 120 }, (_, at) => `.c${at}{margin:${at}px;color:#${at}${at}${at}}`).join("")}</style></head><body class="page">`,
    `<header><nav><ul>${Array.from({ length: 60 }, (_, at) => `<li class="nav__item"><a href="/section/${at}" class="nav__link">${words(2)}</a></li>`).join("")}</ul></nav></header>\n<main><article class="story"><h1>${title}</h1>\n`,
    ...Array.from({ length: 14 + below(20) }, paragraph),
    "</article></main><aside>",
    ...Array.from({ length: 60 }, (_, at) => card(at)),
    "</aside>\n",
    script(20_000),
  ];
  const tail = `<footer><ul>${Array.from({ length: 40 }, (_, at) => `<li><a href="/about/${at}">${words(2)}</a></li>`).join("")}</ul></footer></body></html>\n`;
  let size = tail.length + parts.reduce((sum, part) => sum + part.length, 0);
  for (let at = 60; size < GENERATED_BYTES; at++) {
    const more = at % 8 === 0 ? script(4_000) : card(at);
    parts.push(more);
    size += more.length;
  }
  return { name: `generated-${index}`, html: Buffer.from(parts.join("") + tail) };
}
