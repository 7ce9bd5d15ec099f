// The model of the demonstration web while it is made: pages with their answers, and from them the table. Finds links in the markup
// it is given, so that reach and depth follow from the pages themselves. Serves nothing.
import { encode } from "./encoders.ts";
import type { Answer, Failure, HtmlPage } from "./page.ts";
import type { DemoRow, DemoWord, Expectation, Lane, Language, Reach } from "./table.ts";

/** Hosts by short name; all but `archive` are given as seeds. */
export const HOSTS = ["news", "sosik", "market", "docs", "kawara", "world", "app", "lab", "archive"] as const;
export type HostName = (typeof HOSTS)[number];

interface Entry {
  readonly url: string;
  readonly kind: string;
  readonly answer: Answer;
  readonly links: readonly string[];
  readonly renderedLinks: readonly string[];
  readonly redirect: string | null;
  readonly plain: Expectation;
  readonly rendered: Expectation;
  readonly lane: Lane | null;
  readonly lang: string | null;
  readonly charset: string | null;
  readonly attempts: number;
  readonly words: readonly (readonly [Language, string])[];
  readonly wordsNeedRendering: boolean;
  /** Served, but of no interest to the table: robots.txt, sitemaps, style sheets. */
  readonly control: boolean;
}

export class Web {
  readonly origins: Readonly<Record<HostName, string>>;
  private readonly entries = new Map<string, Entry>();
  private readonly sitemapUrls = new Set<string>();
  private readonly maybeUrls = new Set<string>();

  constructor(origins: Readonly<Record<HostName, string>>) {
    this.origins = origins;
  }

  url(host: HostName, path: string): string {
    return new URL(path, this.origins[host]).href;
  }

  /** A page that is stored. */
  page(host: HostName, path: string, page: HtmlPage): void {
    const url = this.url(host, path);
    const charset = page.charset ?? "utf-8";
    const status = page.status ?? 200;
    const plain: Expectation = {
      outcome: "stored",
      code: null,
      status,
      title: page.title,
      sentence: page.sentence,
    };
    const { rendered } = page;
    this.put({
      url,
      kind: page.kind,
      answer: {
        status,
        headers: { "content-type": page.contentType ?? `text/html; charset=${charset}`, ...page.headers },
        body: encode(page.html, charset),
        coding: page.coding ?? "gzip",
        fault: null,
      },
      links: linksIn(page.html, url),
      renderedLinks: (rendered?.links ?? []).map((link) => new URL(link, url).href),
      redirect: null,
      plain,
      rendered:
        rendered === undefined ? plain : { ...plain, title: rendered.title, sentence: rendered.sentence },
      lane: page.lane ?? "fast",
      lang: page.lang,
      charset: page.charsetExpected ?? charset,
      attempts: 1,
      words: page.words ?? [],
      wordsNeedRendering: rendered !== undefined,
      control: false,
    });
  }

  /** An answer that no page comes of. */
  failure(host: HostName, path: string, failure: Failure, answer: Partial<Answer>): void {
    const { outcome, code, status } = failure;
    const expected: Expectation = { outcome, code, status, title: null, sentence: null };
    this.bare(
      host,
      path,
      failure.kind,
      { status: status ?? 200, ...answer },
      expected,
      failure.attempts ?? 1,
      null,
    );
  }

  /** A page that answers 503 with Retry-After once and then comes as `page` (already added) would. */
  busyOnce(host: HostName, path: string): void {
    const url = this.url(host, path);
    const entry = this.entries.get(url);
    if (entry === undefined) throw new Error(`no page at ${url}`);
    this.entries.set(url, { ...entry, attempts: 2, answer: { ...entry.answer, fault: "busy-once" } });
  }

  redirect(host: HostName, path: string, kind: string, status: number, target: string): void {
    const answer = { status, headers: { location: target }, body: Buffer.alloc(0) };
    // Filled in from the target once all pages are known.
    const pending: Expectation = { outcome: "failed", code: "redirect", status, title: null, sentence: null };
    this.bare(host, path, kind, answer, pending, 1, new URL(target, this.url(host, path)).href);
  }

  /** Something beside the pages: robots.txt, a sitemap, a style sheet. Not in the table. */
  control(host: HostName, path: string, contentType: string, body: string | Buffer): void {
    const none: Expectation = { outcome: "skipped", code: null, status: 200, title: null, sentence: null };
    const answer = { status: 200, headers: { "content-type": contentType }, body: Buffer.from(body) };
    this.bare(host, path, "control", answer, none, 1, null, true);
  }

  /** Named in a sitemap. */
  inSitemap(host: HostName, path: string): void {
    this.sitemapUrls.add(this.url(host, path));
  }

  /** A crawler may hear of it or not: both are right. */
  maybe(host: HostName, path: string): void {
    this.maybeUrls.add(this.url(host, path));
  }

  private bare(
    host: HostName,
    path: string,
    kind: string,
    answer: Partial<Answer>,
    expected: Expectation,
    attempts: number,
    redirect: string | null,
    control = false,
  ): void {
    this.put({
      url: this.url(host, path),
      kind,
      answer: {
        status: answer.status ?? 200,
        headers: answer.headers ?? { "content-type": "text/html; charset=utf-8" },
        body: answer.body ?? Buffer.alloc(0),
        coding: answer.coding ?? "identity",
        fault: answer.fault ?? null,
      },
      links: [],
      renderedLinks: [],
      redirect,
      plain: expected,
      rendered: expected,
      lane: null,
      lang: null,
      charset: null,
      attempts,
      words: [],
      wordsNeedRendering: false,
      control,
    });
  }

  private put(entry: Entry): void {
    if (this.entries.has(entry.url)) throw new Error(`two pages at ${entry.url}`);
    this.entries.set(entry.url, entry);
  }

  get seeds(): string[] {
    return HOSTS.filter((host) => host !== "archive").map((host) => `${this.origins[host]}/`);
  }

  answers(): ReadonlyMap<string, Answer> {
    return new Map([...this.entries].map(([url, entry]) => [url, entry.answer]));
  }

  table(): DemoRow[] {
    const plainDepths = this.depths(false);
    const depths = this.depths(true);
    const rows: DemoRow[] = [];
    for (const entry of this.entries.values()) {
      if (entry.control) continue;
      const { url } = entry;
      const end = this.endOf(entry);
      const known = plainDepths.has(url) || this.sitemapUrls.has(url) || this.maybeUrls.has(url);
      const plain = known ? (end === null ? loop(entry) : end.plain) : null;
      rows.push({
        url,
        kind: entry.kind,
        reach: this.reach(url, plainDepths),
        depth: depths.get(url) ?? null,
        plain,
        rendered: end === null ? loop(entry) : end.rendered,
        lane: end?.lane ?? null,
        lang: end?.lang ?? null,
        charset: end?.charset ?? null,
        finalUrl: entry.redirect === null ? null : (end?.url ?? null),
        attempts: entry.attempts,
      });
    }
    return rows;
  }

  words(): DemoWord[] {
    const found = new Map<string, { lang: Language; plain: string[]; rendered: string[] }>();
    for (const entry of this.entries.values()) {
      for (const [lang, word] of entry.words) {
        const pages = found.get(word) ?? { lang, plain: [], rendered: [] };
        found.set(word, pages);
        pages.rendered.push(entry.url);
        if (!entry.wordsNeedRendering) pages.plain.push(entry.url);
      }
    }
    return [...found].map(([word, { lang, plain, rendered }]) => ({
      word,
      lang,
      plain: plain.sort(),
      rendered: rendered.sort(),
    }));
  }

  private reach(url: string, plainDepths: ReadonlyMap<string, number>): Reach {
    if (this.maybeUrls.has(url)) return "maybe";
    const depth = plainDepths.get(url);
    if (depth !== undefined) return this.seeds.includes(url) ? "seed" : "links";
    return this.sitemapUrls.has(url) ? "sitemap" : "rendered";
  }

  /** Where an entry's redirects end; null for a loop. */
  private endOf(entry: Entry): Entry | null {
    let current = entry;
    for (let hops = 0; hops <= 20; hops++) {
      if (current.redirect === null) return current;
      const next = this.entries.get(current.redirect);
      if (next === undefined)
        throw new Error(`${current.url} redirects to ${current.redirect}, which is not served`);
      current = next;
    }
    return null;
  }

  /** Links from the nearest seed, breadth first; redirects cost nothing. */
  private depths(rendered: boolean): Map<string, number> {
    const depths = new Map<string, number>();
    let ring = this.seeds;
    for (let depth = 0; ring.length > 0; depth++) {
      const next: string[] = [];
      // Grows while it is walked: a redirect's target joins the same ring.
      for (const url of ring) {
        const entry = this.entries.get(url);
        if (entry === undefined || entry.control || depths.has(url)) continue;
        depths.set(url, depth);
        if (entry.redirect !== null) ring.push(entry.redirect);
        if (url.startsWith(this.origins.archive)) continue;
        next.push(...entry.links, ...(rendered ? entry.renderedLinks : []));
      }
      ring = next;
    }
    return depths;
  }
}

const loop = (entry: Entry): Expectation => ({
  outcome: "failed",
  code: "redirect",
  status: entry.plain.status,
  title: null,
  sentence: null,
});

/** Targets of `<a href>` in markup that the generator wrote itself: quoted with double quotes, `&amp;` the only reference. */
function linksIn(html: string, base: string): string[] {
  const links: string[] = [];
  for (const [, href = ""] of html
    .replace(/<!--.*?-->|<script[\s\S]*?<\/script>/g, "")
    .matchAll(/<a [^>]*?href="([^"]*)"/gi)) {
    const url = new URL(href.replaceAll("&amp;", "&"), base);
    url.hash = "";
    for (const name of [...url.searchParams.keys()])
      if (name.startsWith("utm_")) url.searchParams.delete(name);
    links.push(url.href);
  }
  return links;
}
