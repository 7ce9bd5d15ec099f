// Two hosts whose pages come in many encodings and codings: a Japanese one (Shift_JIS, EUC-JP, ISO-2022-JP) and one of the world's
// other legacies (windows-1251, ISO-8859-1, GBK, Big5, UTF-16, wrong labels), plus every content coding.
import { article, type Card, cards, frame, paragraphs } from "../layout.ts";
import type { Coding } from "../page.ts";
import { story } from "../prose.ts";
import type { HostName, Web } from "../site.ts";
import type { Language } from "../table.ts";
import { reserved, withWord } from "../words.ts";

interface Case {
  readonly host: HostName;
  readonly path: string;
  readonly kind: string;
  readonly lang: Language;
  readonly charset: string;
  /** What the header says after `text/html`; null for nothing. */
  readonly header: string | null;
  /** What the meta element says; null for none. */
  readonly meta: string | null;
  readonly expected?: string;
  readonly coding?: Coding;
  readonly word?: string;
  /** In Big5 and friends the simplified prose cannot be written. */
  readonly body?: { readonly title: string; readonly sentence: string };
}

const inMeta = (charset: string) => ({ charset, header: null, meta: charset });
const inHeader = (charset: string) => ({ charset, header: charset, meta: null });
const undeclared = (charset: string) => ({ charset, header: null, meta: null });

const japanese: readonly Case[] = [
  {
    host: "kawara",
    path: "/sjis/1.html",
    kind: "Shift_JIS in meta",
    lang: "ja",
    ...inMeta("shift_jis"),
    word: reserved.ja[0],
  },
  {
    host: "kawara",
    path: "/sjis/2.html",
    kind: "Shift_JIS in the header",
    lang: "ja",
    ...inHeader("shift_jis"),
    word: reserved.ja[1],
  },
  {
    host: "kawara",
    path: "/sjis/3.html",
    kind: "Shift_JIS called windows-31j",
    lang: "ja",
    charset: "shift_jis",
    header: "windows-31j",
    meta: null,
  },
  {
    host: "kawara",
    path: "/sjis/4.html",
    kind: "Shift_JIS, undeclared",
    lang: "ja",
    ...undeclared("shift_jis"),
  },
  {
    host: "kawara",
    path: "/euc/1.html",
    kind: "EUC-JP in meta",
    lang: "ja",
    ...inMeta("euc-jp"),
    word: reserved.ja[2],
  },
  { host: "kawara", path: "/euc/2.html", kind: "EUC-JP, undeclared", lang: "ja", ...undeclared("euc-jp") },
  {
    host: "kawara",
    path: "/iso/1.html",
    kind: "ISO-2022-JP in the header",
    lang: "ja",
    ...inHeader("iso-2022-jp"),
  },
  { host: "kawara", path: "/iso/2.html", kind: "ISO-2022-JP in meta", lang: "ja", ...inMeta("iso-2022-jp") },
  {
    host: "kawara",
    path: "/utf8/1.html",
    kind: "UTF-8",
    lang: "ja",
    ...inHeader("utf-8"),
    word: reserved.ja[0],
  },
  { host: "kawara", path: "/utf8/2.html", kind: "UTF-8, undeclared", lang: "ja", ...undeclared("utf-8") },
  {
    host: "kawara",
    path: "/utf8/3.html",
    kind: "UTF-8 declared as UTF-16 in meta",
    lang: "ja",
    charset: "utf-8",
    header: null,
    meta: "utf-16",
  },
];

const traditional = {
  title: "台北的老茶店",
  sentence: "這家店的主人說，來過的客人都會記得門口那棵大樹。",
};

const world: readonly Case[] = [
  {
    host: "world",
    path: "/ru/1.html",
    kind: "windows-1251 in the header",
    lang: "ru",
    ...inHeader("windows-1251"),
    word: reserved.ru[0],
  },
  {
    host: "world",
    path: "/ru/2.html",
    kind: "windows-1251 in meta",
    lang: "ru",
    ...inMeta("windows-1251"),
    word: reserved.ru[1],
  },
  {
    host: "world",
    path: "/ru/3.html",
    kind: "windows-1251, undeclared",
    lang: "ru",
    ...undeclared("windows-1251"),
  },
  {
    host: "world",
    path: "/ru/4.html",
    kind: "KOI8-R in the header",
    lang: "ru",
    ...inHeader("koi8-r"),
    word: reserved.ru[0],
  },
  {
    host: "world",
    path: "/fr/1.html",
    kind: "ISO-8859-1 in the header",
    lang: "fr",
    charset: "windows-1252",
    header: "ISO-8859-1",
    meta: null,
    word: reserved.fr[0],
  },
  {
    host: "world",
    path: "/fr/2.html",
    kind: "ISO-8859-1, undeclared",
    lang: "fr",
    ...undeclared("windows-1252"),
    word: reserved.fr[1],
  },
  {
    host: "world",
    path: "/fr/3.html",
    kind: "x-user-defined in meta",
    lang: "fr",
    charset: "windows-1252",
    header: null,
    meta: "x-user-defined",
  },
  {
    host: "world",
    path: "/de/1.html",
    kind: "ISO-8859-15 in the header",
    lang: "de",
    ...inHeader("iso-8859-15"),
    word: reserved.de[0],
  },
  {
    host: "world",
    path: "/de/2.html",
    kind: "header outweighs meta",
    lang: "de",
    charset: "windows-1252",
    header: "windows-1252",
    meta: "utf-8",
    word: reserved.de[1],
  },
  {
    host: "world",
    path: "/zh/1.html",
    kind: "GBK called gb2312 in meta",
    lang: "zh",
    charset: "gbk",
    header: null,
    meta: "gb2312",
    word: reserved.zh[0],
  },
  {
    host: "world",
    path: "/zh/2.html",
    kind: "GBK, undeclared",
    lang: "zh",
    ...undeclared("gbk"),
    word: reserved.zh[1],
  },
  {
    host: "world",
    path: "/zh/3.html",
    kind: "Big5 in the header",
    lang: "zh",
    ...inHeader("big5"),
    body: traditional,
  },
  {
    host: "world",
    path: "/zh/4.html",
    kind: "UTF-16LE with a mark",
    lang: "zh",
    charset: "utf-16le",
    header: null,
    meta: null,
    word: reserved.zh[0],
  },
  {
    host: "world",
    path: "/zh/5.html",
    kind: "UTF-16BE with a mark and a wrong header",
    lang: "zh",
    charset: "utf-16be",
    header: "gbk",
    meta: null,
  },
  { host: "world", path: "/coded/gzip.html", kind: "gzip", lang: "en", ...inHeader("utf-8"), coding: "gzip" },
  { host: "world", path: "/coded/br.html", kind: "br", lang: "en", ...inHeader("utf-8"), coding: "br" },
  {
    host: "world",
    path: "/coded/deflate.html",
    kind: "deflate",
    lang: "en",
    ...inHeader("utf-8"),
    coding: "deflate",
  },
  { host: "world", path: "/coded/zstd.html", kind: "zstd", lang: "en", ...inHeader("utf-8"), coding: "zstd" },
  {
    host: "world",
    path: "/coded/plain.html",
    kind: "identity",
    lang: "en",
    ...inHeader("utf-8"),
    coding: "identity",
  },
];

export function addCharsets(web: Web): void {
  addHost(
    web,
    "kawara",
    "かわら版",
    "ja",
    "#a0522d",
    "かわら版は町の小さな出来事をいろいろな文字コードで伝えます。",
    japanese,
    5001,
  );
  addHost(
    web,
    "world",
    "World of letters",
    "en",
    "#22577a",
    "World of letters keeps its old pages in the encodings they were written in.",
    world,
    6001,
  );
}

function addHost(
  web: Web,
  host: HostName,
  siteName: string,
  lang: Language,
  accent: string,
  welcome: string,
  cases: readonly Case[],
  firstMark: number,
): void {
  const listed: Card[] = [];
  for (const [index, one] of cases.entries()) {
    const told = story(one.lang, firstMark + index, 6);
    const { title, sentence } = one.body ?? told;
    const words = one.word === undefined ? [] : [one.word];
    const texts =
      one.body === undefined
        ? told.paragraphs
        : Array.from({ length: 6 }, (_, at) =>
            at === 1 ? sentence : (TRADITIONAL[at % TRADITIONAL.length] ?? ""),
          );
    const main = article({
      title,
      byline: one.body === undefined ? told.person : "林",
      dateTime: "2003-04-05T06:07:08Z",
      body: paragraphs([...texts, ...words.map((word) => withWord(one.lang, word))]),
    });
    listed.push({ href: one.path, title: one.kind });
    web.page(host, one.path, {
      kind: one.kind,
      html: frame({
        lang: one.lang,
        title,
        siteName: "Archive",
        accent,
        nav: [["Index", "/"]],
        main,
        charset: one.meta,
        footer: "Archive",
      }),
      title,
      sentence,
      lang: one.lang,
      charset: one.charset,
      ...(one.expected === undefined ? {} : { charsetExpected: one.expected }),
      contentType: one.header === null ? "text/html" : `text/html; charset=${one.header}`,
      ...(one.coding === undefined ? {} : { coding: one.coding }),
      words: words.map((word) => [one.lang, word] as const),
    });
  }
  web.page(host, "/", {
    kind: "home",
    html: frame({
      lang,
      title: siteName,
      siteName,
      accent,
      nav: [["Index", "/"]],
      main: `<h1>${siteName}</h1>\n<p>${welcome}</p>\n${cards(listed)}`,
    }),
    title: siteName,
    sentence: welcome,
    lang,
  });
}

const TRADITIONAL = [
  "他們在這裡賣茶已經很多年了，每天早上都開門。",
  "下雨的時候，人們會到店裡說話，也會看書。",
  "我們問他為什麼不去大城市，他說這個地方就是家。",
];
