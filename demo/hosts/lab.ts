// The trouble-maker: redirects, robots rules, noindex, broken answers, duplicates, odd markup and odd URLs, each on a page of its
// own and all linked from one index. A second, unlisted host shows what lies out of scope.
import { bomb, brokenGzip, pixel } from "../bodies.ts";
import { type Card, cards, frame, paragraphs } from "../layout.ts";
import type { HtmlPage } from "../page.ts";
import { story } from "../prose.ts";
import type { Web } from "../site.ts";

const SITE = { lang: "en", siteName: "The test flume", accent: "#7a2222", nav: [["Index", "/"]] } as const;

export function addLab(web: Web): void {
  const links: Card[] = [];
  const listed = (href: string, title: string): string => {
    links.push({ href, title });
    return href;
  };
  let mark = 8001;
  const plain = (kind: string, more: Partial<HtmlPage> & { head?: string } = {}): HtmlPage => {
    const told = story("en", mark++, 4);
    const { head = "", ...rest } = more;
    const main = `<article><h1>${told.title}</h1>\n${paragraphs(told.paragraphs)}</article>`;
    return {
      kind,
      html: frame({ ...SITE, title: told.title, head, main }),
      title: told.title,
      sentence: told.sentence,
      lang: "en",
      ...rest,
    };
  };

  addRedirects(web, listed, plain);
  addRobots(web, listed, plain);
  addBroken(web, listed);
  addOddMarkup(web, listed, () => mark++);

  const notes = story("en", mark++, 4);
  web.page("lab", listed("/files/notes.txt", "Plain text"), {
    kind: "plain text",
    html: `${notes.paragraphs.join("\n\n")}\n`,
    title: null,
    sentence: notes.sentence,
    lang: null,
    contentType: "text/plain; charset=utf-8",
  });

  // The same bytes twice, and two that differ by one sentence: each URL is a page of its own.
  const twin = plain("exact duplicate");
  web.page("lab", listed("/twins/a", "Twin A"), twin);
  web.page("lab", listed("/twins/b", "Twin B"), twin);
  const near = plain("near duplicate");
  for (const name of ["a", "b"]) {
    const sentence = `Copy ${name} of the flume log differs from the other in this line alone.`;
    web.page("lab", listed(`/near/${name}`, `Near duplicate ${name}`), {
      ...near,
      html: near.html.replace("</article>", `<p>${sentence}</p></article>`),
      sentence,
    });
  }

  // Served all the same: `--scope any` would find it.
  const outside = Buffer.from(plain("out of scope").html);
  web.failure(
    "archive",
    "/",
    { kind: "out of scope: no seed names this host", outcome: "skipped", code: "scope", status: null },
    { body: outside },
  );
  web.maybe("archive", "/");

  const sentence = "The test flume lets water run backwards so that nobody else has to.";
  const odd = [
    `<a href="/./markup/../markup/unclosed.html#deep">the same page, spelt oddly</a>`,
    `<a href="/markup/unclosed.html?utm_campaign=x">and tracked</a>`,
    `<a href="${web.url("archive", "/")}">another host</a>`,
    `<a href="mailto:flume@millrace.test">mail</a>`,
    `<a href="javascript:void(0)">nothing</a>`,
    `<a href="tel:+4412345">telephone</a>`,
  ];
  web.page("lab", "/", {
    kind: "home",
    html: frame({
      ...SITE,
      title: "The test flume",
      main: `<h1>The test flume</h1>\n<p>${sentence}</p>\n${cards(links)}\n<p>${odd.join(" · ")}</p>`,
    }),
    title: "The test flume",
    sentence,
    lang: "en",
  });
}

type Listed = (href: string, title: string) => string;
type Plain = (kind: string, more?: Partial<HtmlPage> & { head?: string }) => HtmlPage;

function addRedirects(web: Web, listed: Listed, plain: Plain): void {
  for (const status of [301, 302, 303, 307, 308]) {
    web.page("lab", `/landed/${status}`, plain("target of a redirect"));
    web.redirect(
      "lab",
      listed(`/moved/${status}`, `Moved, ${status}`),
      `redirect ${status}`,
      status,
      `/landed/${status}`,
    );
  }
  web.page("lab", "/landed/chain", plain("target of a chain"));
  for (let hop = 1; hop <= 5; hop++) {
    web.redirect(
      "lab",
      `/chain/${hop}`,
      "redirect chain",
      302,
      hop < 5 ? `/chain/${hop + 1}` : "/landed/chain",
    );
  }
  listed("/chain/1", "A chain of five redirects");
  web.redirect("lab", listed("/loop/a", "A loop"), "redirect loop", 302, "/loop/b");
  web.redirect("lab", "/loop/b", "redirect loop", 302, "/loop/a");
  web.redirect(
    "lab",
    listed("/loop/self", "A page that redirects to itself"),
    "redirect loop",
    301,
    "/loop/self",
  );
  web.redirect(
    "lab",
    listed("/moved/host", "Moved to another host"),
    "redirect across hosts",
    301,
    web.url("docs", "/en/install"),
  );
  web.redirect(
    "lab",
    listed("/moved/home", "Moved to a home page"),
    "redirect across hosts",
    302,
    web.url("news", "/"),
  );
  web.redirect(
    "lab",
    listed("/moved/private", "Moved behind robots"),
    "redirect to a disallowed page",
    302,
    "/private/deeper/vault",
  );
  web.redirect(
    "lab",
    listed("/moved/gone", "Moved to nothing"),
    "redirect to a missing page",
    301,
    "/gone/404",
  );
}

function addRobots(web: Web, listed: Listed, plain: Plain): void {
  const robots = [
    "User-agent: other-robot",
    "Disallow: /",
    "",
    "User-agent: *",
    "Disallow: /private/",
    "Allow: /private/open.html",
    "Disallow: /*.secret$",
    "",
  ];
  web.control("lab", "/robots.txt", "text/plain", robots.join("\n"));
  web.page(
    "lab",
    listed("/private/open.html", "Allowed within a disallowed folder"),
    plain("allowed by a longer rule"),
  );
  const forbidden = Buffer.from(plain("disallowed").html);
  for (const path of ["/private/plans.html", "/private/deeper/vault", "/notes.secret"]) {
    web.failure(
      "lab",
      listed(path, `Disallowed: ${path}`),
      { kind: "disallowed by robots", outcome: "skipped", code: "robots", status: null },
      { body: forbidden },
    );
  }
  web.page(
    "lab",
    listed("/noindex/meta", "noindex in a meta element"),
    plain("noindex", { head: '<meta name="robots" content="noindex">\n' }),
  );
  web.page(
    "lab",
    listed("/noindex/header", "noindex in a header"),
    plain("noindex", { headers: { "x-robots-tag": "noindex" } }),
  );
}

function addBroken(web: Web, listed: Listed): void {
  for (const status of [403, 404, 410]) {
    const body = Buffer.from(
      `<!doctype html><title>${status}</title><h1>${status}</h1><p>There is nothing here.</p>`,
    );
    web.failure(
      "lab",
      listed(`/gone/${status}`, `Status ${status}`),
      { kind: `status ${status}`, outcome: "failed", code: "status", status },
      { body },
    );
  }
  web.failure(
    "lab",
    listed("/gone/500", "Status 500"),
    { kind: "status 500", outcome: "failed", code: "status", status: 500 },
    { body: Buffer.from("<h1>500</h1>") },
  );
  web.failure(
    "lab",
    listed("/wire/reset", "A connection that is reset"),
    { kind: "connection reset", outcome: "failed", code: "connect", status: null },
    { fault: "reset" },
  );
  web.failure(
    "lab",
    listed("/wire/close", "A connection that closes without an answer"),
    { kind: "no answer", outcome: "failed", code: "protocol", status: null },
    { fault: "close" },
  );
  web.failure(
    "lab",
    listed("/wire/nonsense", "An answer that is not HTTP"),
    { kind: "not HTTP", outcome: "failed", code: "protocol", status: null },
    { fault: "nonsense" },
  );
  web.failure(
    "lab",
    listed("/wire/short", "A body that ends too early"),
    { kind: "truncated body", outcome: "failed", code: "truncated", status: 200 },
    { fault: "short", body: Buffer.from("<!doctype html><title>Half a page</title><p>The rest of it is") },
  );
  web.failure(
    "lab",
    listed("/wire/bomb", "A gzip bomb"),
    { kind: "gzip bomb", outcome: "failed", code: "too_large", status: 200 },
    { headers: { "content-type": "text/html", "content-encoding": "gzip" }, body: bomb() },
  );
  web.failure(
    "lab",
    listed("/wire/garbage", "A gzip label on what is not gzip"),
    { kind: "broken coding", outcome: "failed", code: "decode", status: 200 },
    {
      headers: { "content-type": "text/html; charset=utf-8", "content-encoding": "gzip" },
      body: brokenGzip(),
    },
  );
  const png = pixel();
  for (let index = 0; index < 5; index++) {
    for (const host of ["news", "sosik"] as const)
      web.control(host, `/pictures/${index}.png`, "image/png", png);
  }
  const types = [
    ["/files/picture.png", "image/png", png],
    ["/files/bundle.zip", "application/zip", Buffer.from("PK\u0005\u0006".padEnd(22, "\0"), "latin1")],
    ["/files/sound.mp3", "audio/mpeg", Buffer.from("ID3\u0004".padEnd(64, "\0"), "latin1")],
  ] as const;
  for (const [path, type, body] of types) {
    web.failure(
      "lab",
      listed(path, `A file of type ${type}`),
      { kind: `not a page: ${type}`, outcome: "skipped", code: "unsupported_type", status: 200 },
      { headers: { "content-type": type }, body },
    );
  }
}

function addOddMarkup(web: Web, listed: Listed, nextMark: () => number): void {
  const add = (
    path: string,
    kind: string,
    lane: "fast" | "rich",
    make: (title: string, body: string) => string,
  ): void => {
    const told = story("en", nextMark(), 4);
    web.page("lab", listed(path, kind), {
      kind,
      html: make(told.title, paragraphs(told.paragraphs)),
      title: told.title,
      sentence: told.sentence,
      lang: null,
      lane,
    });
  };
  // No article and no main here: 100 points for text of a middling length.
  add(
    "/markup/unclosed.html",
    "unclosed and misnested elements",
    "fast",
    (title, body) =>
      `<html><head><title>${title}</title><body><h1>${title}<p><b><i>Odd</b> markup</i> ${body.replaceAll("</p>", "")}<table><tr><td>one<td>two</table><div><span></div>`,
  );
  add(
    "/markup/bare.html",
    "no html, head or body",
    "fast",
    (title, body) => `<title>${title}</title>${body}`,
  );
  add(
    "/markup/deep.html",
    "20,000 nested elements",
    "fast",
    (title, body) =>
      `<!doctype html><title>${title}</title>${body}${"<div>".repeat(20_000)}bottom${"</div>".repeat(20_000)}`,
  );
  add(
    "/markup/comments.html",
    "comments and conditional markup",
    "fast",
    (title, body) =>
      `<!doctype html><!-- > <a href="/never/1">no</a> --><title>${title}</title><!--[if IE]><p>old</p><![endif]-->${body}<!-- never closed <a href="/never/2">`,
  );
  add(
    "/markup/entities.html",
    "character references",
    "fast",
    (title, body) =>
      `<!doctype html><title>${title.replaceAll("a", "&#97;")}</title>${body.replaceAll("e", "&#x65;").replaceAll("'", "&apos;")}`,
  );
  add(
    "/markup/upper.html",
    "upper-case markup",
    "fast",
    (title, body) =>
      `<!DOCTYPE HTML><HTML><HEAD><TITLE>${title}</TITLE></HEAD><BODY>${body.replaceAll("<p>", "<P>").replaceAll("</p>", "</P>")}</BODY></HTML>`,
  );
  const tiny = "A page this short says little, yet it says this once.";
  web.page("lab", listed("/markup/tiny.html", "hardly any text"), {
    kind: "little text: 70 points, the rich lane",
    html: `<!doctype html><html lang="en"><title>Tiny</title><p>${tiny}</p></html>`,
    title: "Tiny",
    sentence: tiny,
    lang: "en",
    lane: "rich",
  });
  const told = story("en", nextMark(), 5);
  web.page("lab", listed("/busy", "503 with Retry-After, once"), {
    kind: "busy once",
    html: frame({ ...SITE, title: told.title, main: `<article>${paragraphs(told.paragraphs)}</article>` }),
    title: told.title,
    sentence: told.sentence,
    lang: "en",
  });
  web.busyOnce("lab", "/busy");
}
