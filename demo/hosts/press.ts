// Two newspapers, one English and one Korean: articles, listings with a pager, a feed, a sitemap index with a gzipped member, and
// articles that only the sitemap names. The Korean one also has an old section in EUC-KR with Hangul beyond KS X 1001.
import { gzipSync } from "node:zlib";
import { article, type Card, cards, escapeHtml, type Frame, frame, pager, paragraphs } from "../layout.ts";
import type { HtmlPage } from "../page.ts";
import { type Story, story } from "../prose.ts";
import type { HostName, Web } from "../site.ts";
import type { Language } from "../table.ts";
import { reserved, withWord } from "../words.ts";

interface Paper {
  readonly host: HostName;
  readonly lang: Language;
  readonly name: string;
  readonly accent: string;
  readonly welcome: string;
  /** The feed's description. */
  readonly feed: string;
  readonly listing: (page: number) => { readonly title: string; readonly sentence: string };
  readonly labels: { readonly home: string; readonly all: string };
  /** Number of the first article; the others follow. */
  readonly firstMark: number;
  readonly words: readonly string[];
}

const ARTICLES = 56;
const PER_PAGE = 8;
const HIDDEN = 8;

const papers: readonly Paper[] = [
  {
    host: "news",
    lang: "en",
    name: "The Millrace Courier",
    accent: "#8c2f1b",
    welcome:
      "The Courier reports on small towns, their bridges and libraries, and the people who keep them going.",
    feed: "The forty newest stories of the Courier, as a feed.",
    listing: (page) => ({
      title: `All stories, page ${page}`,
      sentence: `This is page ${page} of the complete list of stories, the newest first.`,
    }),
    labels: { home: "Home", all: "All stories" },
    firstMark: 1001,
    words: reserved.en,
  },
  {
    host: "sosik",
    lang: "ko",
    name: "물레방아 소식",
    accent: "#1b5e8c",
    welcome: "물레방아 소식은 작은 마을과 그곳을 지키는 사람들의 이야기를 전합니다.",
    feed: "물레방아 소식의 새 기사 마흔 편을 피드로 전합니다.",
    listing: (page) => ({
      title: `전체 기사 ${page}쪽`,
      sentence: `이곳은 전체 기사 목록의 ${page}쪽이며 새 기사가 먼저 나옵니다.`,
    }),
    labels: { home: "처음", all: "전체 기사" },
    firstMark: 2001,
    words: reserved.ko,
  },
];

const dateOf = (mark: number): string =>
  new Date(Date.UTC(2025, 0, 1 + (mark % 360), 6 + (mark % 12))).toISOString().replace(".000", "");

export function addPress(web: Web): void {
  for (const paper of papers) addPaper(web, paper);
  addOldKorean(web);
}

function addPaper(web: Web, paper: Paper): void {
  const { host, lang } = paper;
  const nav: Frame["nav"] = [
    [paper.labels.home, "/"],
    [paper.labels.all, "/all/1"],
    ...(host === "sosik" ? ([["옛 기사", "/old/"]] as const) : []),
  ];
  const base = { lang, siteName: paper.name, accent: paper.accent, nav };
  const pathOf = (index: number): string =>
    lang === "ko" ? `/기사/${paper.firstMark + index}` : `/stories/${paper.firstMark + index}.html`;
  const stories = Array.from({ length: ARTICLES }, (_, index) =>
    story(lang, paper.firstMark + index, 4 + (index % 5)),
  );
  const card = (index: number): Card => ({
    href: new URL(pathOf(index), web.origins[host]).pathname,
    title: stories[index]?.title ?? "",
    note: dateOf(paper.firstMark + index).slice(0, 10),
  });
  const feed = `<link rel="alternate" type="application/rss+xml" title="${escapeHtml(paper.name)}" href="/feed.xml">\n`;

  stories.forEach((told, index) => {
    const more = [card((index + 1) % ARTICLES), card((index + 7) % ARTICLES)];
    web.page(host, pathOf(index), storyPage(web, paper, base, told, pathOf(index), index, more));
  });

  const pages = Math.ceil(ARTICLES / PER_PAGE);
  const pageLinks = Array.from({ length: pages }, (_, page) => `/all/${page + 1}`);
  for (let page = 0; page < pages; page++) {
    const { title, sentence } = paper.listing(page + 1);
    const items = Array.from({ length: PER_PAGE }, (_, at) => card(page * PER_PAGE + at));
    const main = `<h1>${title}</h1>\n<p>${sentence}</p>\n${cards(items)}\n${pager(pageLinks, page)}`;
    const next = page + 1 < pages ? `<link rel="next" href="/all/${page + 2}">\n` : "";
    web.page(host, `/all/${page + 1}`, {
      kind: "listing",
      html: frame({ ...base, title, main, head: next }),
      title,
      sentence,
      lang,
    });
  }

  const latest = Array.from({ length: PER_PAGE }, (_, index) => card(index));
  web.page(host, "/", {
    kind: "home",
    html: frame({
      ...base,
      title: paper.name,
      description: paper.welcome,
      head: feed,
      main: `<h1>${paper.name}</h1>\n<p>${paper.welcome}</p>\n${cards(latest)}\n${pager(pageLinks, -1)}`,
    }),
    title: paper.name,
    sentence: paper.welcome,
    lang,
  });

  const hidden: string[] = [];
  for (let index = 0; index < HIDDEN; index++) {
    const told = story(lang, paper.firstMark + 500 + index, 5);
    const path = `/archive/${told.mark}`;
    hidden.push(path);
    web.page(host, path, { ...storyPage(web, paper, base, told, path, -1, []), kind: "only in the sitemap" });
    web.inSitemap(host, path);
  }
  const listed = [pathOf(0), pathOf(1), ...hidden].map((path) => web.url(host, path));
  web.control(
    host,
    "/sitemap.xml",
    "application/xml",
    sitemapIndex([web.url(host, "/sitemap-stories.xml.gz")]),
  );
  web.control(host, "/sitemap-stories.xml.gz", "application/gzip", gzipSync(urlSet(listed)));
  web.control(
    host,
    "/robots.txt",
    "text/plain",
    `User-agent: *\nDisallow:\n\nSitemap: ${web.url(host, "/sitemap.xml")}\n`,
  );
  // Named by a `<link>` alone: a crawler may read it as a page or leave it.
  web.page(host, "/feed.xml", {
    kind: "feed",
    html: rss(paper, stories.slice(0, 40), (index) => web.url(host, pathOf(index))),
    title: paper.name,
    sentence: paper.feed,
    lang: null,
    contentType: "application/rss+xml; charset=utf-8",
  });
  web.maybe(host, "/feed.xml");
}

function storyPage(
  web: Web,
  paper: Paper,
  base: Pick<Frame, "lang" | "siteName" | "accent" | "nav">,
  told: Story,
  path: string,
  index: number,
  more: readonly Card[],
): HtmlPage {
  // Each reserved word goes to a few articles, by a rule that spreads them.
  const words = paper.words.filter(
    (_, at) => index >= 0 && index % 9 === at && (index / 9) % 2 < 1 + (at % 2),
  );
  const body = [...told.paragraphs, ...words.map((word) => withWord(paper.lang, word))];
  const url = web.url(paper.host, path);
  const date = dateOf(told.mark);
  const meta = {
    "@context": "https://schema.org",
    "@type": "NewsArticle",
    headline: told.title,
    datePublished: date,
    author: { "@type": "Person", name: told.person },
  };
  const head =
    `<link rel="canonical" href="${url}">\n<meta name="author" content="${escapeHtml(told.person)}">\n` +
    `<meta property="og:title" content="${escapeHtml(told.title)}">\n<meta property="og:type" content="article">\n` +
    `<meta property="article:published_time" content="${date}">\n` +
    `<script type="application/ld+json">${JSON.stringify(meta).replaceAll("<", "\\u003c")}</script>\n`;
  const picture = `<figure><img src="/pictures/${told.mark % 5}.png" alt="${escapeHtml(told.title)}" width="640" height="360" loading="lazy"></figure>`;
  const main = article({
    title: told.title,
    byline: told.person,
    dateTime: date,
    body: `${index % 4 === 0 ? `${picture}\n` : ""}${paragraphs(body)}`,
  });
  return {
    kind: "article",
    html: frame({
      ...base,
      title: told.title,
      description: told.paragraphs[0]?.slice(0, 150) ?? "",
      head,
      main: more.length > 0 ? `${main}\n<aside>${cards(more)}</aside>` : main,
    }),
    title: told.title,
    sentence: told.sentence,
    lang: paper.lang,
    words: words.map((word) => [paper.lang, word] as const),
  };
}

/** Old pages in EUC-KR, as Korean sites had them: declared in the header, in either kind of meta, or nowhere. */
function addOldKorean(web: Web): void {
  const ways = [
    { declared: "header", contentType: "text/html; charset=EUC-KR", meta: null },
    { declared: "meta charset", contentType: "text/html", meta: "euc-kr" },
    { declared: "windows-949 in the header", contentType: "text/html; charset=windows-949", meta: null },
    {
      declared: "an unknown label, then meta",
      contentType: "text/html; charset=x-wansung-2",
      meta: "ks_c_5601-1987",
    },
    { declared: "nothing", contentType: "text/html", meta: null },
  ] as const;
  const common = {
    lang: "ko",
    siteName: "물레방아 옛 소식",
    accent: "#5a4a2f",
    nav: [["처음", "/"]] as const,
  };
  const listed: Card[] = [];
  for (let index = 0; index < 10; index++) {
    const way = ways[index % ways.length] ?? ways[0];
    const told = story("ko", 2801 + index, 5);
    // These syllables are not in KS X 1001: decoders without windows-949's extension lose them.
    const sentence = `옛 신문 ${told.mark}호는 똠방각하와 펲시콜라와 쌰오 소년의 만화를 실었습니다.`;
    const body = [...told.paragraphs, sentence];
    const main = article({
      title: told.title,
      byline: told.person,
      dateTime: "1999-05-01T00:00:00Z",
      body: paragraphs(body),
    });
    const path = `/old/${told.mark}.html`;
    listed.push({ href: path, title: told.title });
    web.page("sosik", path, {
      kind: `EUC-KR, declared by ${way.declared}`,
      html: frame({ ...common, title: told.title, main, charset: way.meta, footer: "물레방아 옛 소식" }),
      title: told.title,
      sentence,
      lang: "ko",
      charset: "euc-kr",
      contentType: way.contentType,
    });
  }
  const sentence = "여기에는 옛 문자 집합으로 남은 기사들이 모여 있습니다.";
  web.page("sosik", "/old/", {
    kind: "listing in EUC-KR",
    html: frame({
      ...common,
      title: "옛 기사 모음",
      main: `<h1>옛 기사 모음</h1>\n<p>${sentence}</p>\n${cards(listed)}`,
      charset: "euc-kr",
      footer: "물레방아 옛 소식",
    }),
    title: "옛 기사 모음",
    sentence,
    lang: "ko",
    charset: "euc-kr",
    contentType: "text/html",
  });
}

const xml = '<?xml version="1.0" encoding="UTF-8"?>\n';
const sitemapIndex = (urls: readonly string[]): string =>
  `${xml}<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${urls.map((url) => `<sitemap><loc>${escapeHtml(url)}</loc></sitemap>`).join("")}</sitemapindex>\n`;
const urlSet = (urls: readonly string[]): string =>
  `${xml}<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n${urls.map((url) => `<url><loc>${escapeHtml(url)}</loc></url>`).join("\n")}\n</urlset>\n`;

function rss(paper: Paper, stories: readonly Story[], urlOf: (index: number) => string): string {
  const items = stories.map(
    (told, index) =>
      `<item><title>${escapeHtml(told.title)}</title><link>${escapeHtml(urlOf(index))}</link><pubDate>${new Date(dateOf(told.mark)).toUTCString()}</pubDate></item>`,
  );
  return `${xml}<rss version="2.0"><channel><title>${escapeHtml(paper.name)}</title><link>${urlOf(0)}</link><description>${escapeHtml(paper.feed)}</description>\n${items.join("\n")}\n</channel></rss>\n`;
}
