// The trouble-maker: redirects, robots rules, noindex, broken answers, duplicates, odd markup and odd URLs, each on a page of its
// own and all linked from one index. A second, unlisted host shows what lies out of scope.
import { type Card, cards, frame, paragraphs } from "../layout.ts";
import type { HtmlPage } from "../page.ts";
import { story } from "../prose.ts";
import type { Web } from "../site.ts";
import { addBroken, addOddMarkup, type Listed } from "./odd.ts";

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
