// The trouble-maker's worse half: statuses, broken wires and bodies, files that are no pages, and markup that only a browser's
// parser understands. Adds pages to its host and tells the index what to link.
import { bomb, brokenGzip, pixel } from "../bodies.ts";
import { frame, paragraphs } from "../layout.ts";
import { story } from "../prose.ts";
import type { Web } from "../site.ts";

const SITE = { lang: "en", siteName: "The test flume", accent: "#7a2222", nav: [["Index", "/"]] } as const;

/** Links a page from the host's index; gives back its address. */
export type Listed = (href: string, title: string) => string;

export function addBroken(web: Web, listed: Listed): void {
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

export function addOddMarkup(web: Web, listed: Listed, nextMark: () => number): void {
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
    kind: "little text and no script: 70 points, yet the fast lane",
    html: `<!doctype html><html lang="en"><title>Tiny</title><p>${tiny}</p></html>`,
    title: "Tiny",
    sentence: tiny,
    lang: "en",
    lane: "fast",
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
