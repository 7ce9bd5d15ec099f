// What a page in the browser loads: from the site once and then from the cache that all pages share, by the rules of HTTP;
// nothing that is blocked, by frames and workers no more than by the page; and no more than so much.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { before, beforeEach, describe, test } from "node:test";
import type { Headers } from "../../src/model/index.ts";
import type { Renderer } from "../../src/render/index.ts";
import { whyNoBrowser } from "../services/index.ts";
import { fetched, rendererFor, site, suite, type TestSite } from "./rendering.ts";

const never = new AbortController().signal;
const SCRIPT = { "content-type": "text/javascript", "access-control-allow-origin": "*" };

describe("what a page loads", { skip: whyNoBrowser() ?? false }, () => {
  const t = suite();
  let server: TestSite;
  let renderer: Renderer;
  let origin: string;
  const answers = new Map<string, (request: IncomingMessage, response: ServerResponse) => void>();
  const seen: IncomingMessage[] = [];
  let sockets = 0;

  before(async () => {
    server = await site(t, (request, response) => {
      seen.push(request);
      const answer = answers.get((request.url ?? "").split("?")[0] ?? "");
      if (answer === undefined) response.writeHead(404).end();
      else answer(request, response);
    });
    server.server.on("upgrade", (request, socket) => {
      sockets++;
      const key = `${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
      const accept = createHash("sha1").update(key).digest("base64");
      const head = `Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}`;
      socket.write(`HTTP/1.1 101 Switching Protocols\r\n${head}\r\n\r\n`);
      // RFC 6455 section 5.2: one frame of text, "hi".
      socket.write(Buffer.from([0x81, 2, 0x68, 0x69]));
      socket.on("error", () => {}).on("end", () => socket.destroy());
    });
    origin = `http://shop.test:${server.port}`;
    const names = ["shop.test", "other.test", "www.google-analytics.com", "ads.own.test"];
    renderer = rendererFor(
      t,
      names.map((name) => `${name}:${server.port}:127.0.0.1`),
      {
        pageTimeMs: 60_000,
        settleMaxMs: 30_000,
        settleMs: 800,
        quietMs: 3_000,
        requestsPerPageMax: 40,
        requestsPerHostMax: 20,
        blockedHosts: ["own.test"],
        cacheBytesMax: 400_000,
      },
    );
  });
  beforeEach(() => {
    answers.clear();
    seen.length = 0;
  });

  const show = async (html: string, headers: Headers = []) => {
    const requests = new Map<string, number>();
    renderer.onLoaded((told) => told.forEach((count, at) => void requests.set(at, count)));
    const rendered = await renderer.render(fetched(`${origin}/page`, html, headers), "utf-8", never);
    assert.ok(rendered.ok, JSON.stringify(rendered));
    return { ...rendered.value, requests };
  };
  const asked = (path: string): IncomingMessage[] => seen.filter(({ url }) => url === path);
  const serve = (path: string, body: string, headers: Record<string, string>): void =>
    void answers.set(path, (_, response) => void response.writeHead(200, headers).end(body));
  const page = '<!doctype html><title>-</title><body><script src="/app.js"></script>';

  test("a second page does not ask the site again for what may be kept, and gets the same", async () => {
    serve("/app.js", "fetch('/data').then((a) => a.json()).then((d) => { document.title = d.text; })", {
      ...SCRIPT,
      "cache-control": "max-age=60",
    });
    serve("/data", '{"text":"told"}', { "content-type": "application/json", "cache-control": "max-age=60" });
    const first = await show(page);
    assert.match(first.html, /<title>told<\/title>/);
    assert.deepEqual([...first.requests], [[origin, 2]]);
    const second = await show(page);
    assert.match(second.html, /<title>told<\/title>/);
    assert.deepEqual([...second.requests], []);
    assert.deepEqual(seen.map(({ url }) => url).sort(), ["/app.js", "/data"]);
  });

  test("pages at once ask for it once", async () => {
    answers.set("/slow.js", (_, response) => {
      setTimeout(
        () =>
          response.writeHead(200, { ...SCRIPT, "cache-control": "max-age=60" }).end("document.title = 'ran'"),
        700,
      );
    });
    const html = '<!doctype html><title>-</title><body><script src="/slow.js"></script>';
    for (const { html: shown } of await Promise.all([show(html), show(html)]))
      assert.match(shown, /<title>ran</);
    assert.equal(asked("/slow.js").length, 1);
  });

  test("what is private, not to be stored, or came with a cookie is asked for by each page", async () => {
    serve("/a.js", "", { ...SCRIPT, "cache-control": "no-store" });
    serve("/b.js", "", { ...SCRIPT, "cache-control": "private, max-age=60" });
    serve("/c.js", "", { ...SCRIPT, "cache-control": "max-age=60", "set-cookie": "own=1" });
    for (let n = 0; n < 2; n++)
      await show(
        '<body><script src="/a.js"></script><script src="/b.js"></script><script src="/c.js"></script>',
      );
    for (const path of ["/a.js", "/b.js", "/c.js"]) assert.equal(asked(path).length, 2, path);
  });

  test("what was asked for with cookies is shared only where it says that it is for all", async () => {
    serve("/mine.js", "", { ...SCRIPT, "cache-control": "max-age=60" });
    serve("/all.js", "", { ...SCRIPT, "cache-control": "public, max-age=60" });
    for (let n = 0; n < 2; n++)
      await show('<body><script src="/mine.js"></script><script src="/all.js"></script>', [
        ["set-cookie", "own=1"],
      ]);
    assert.equal(asked("/mine.js").length, 2);
    assert.equal(asked("/mine.js")[0]?.headers.cookie, "own=1");
    assert.equal(asked("/all.js").length, 1);
  });

  test("what has to be asked about is asked about, and its body comes once", async () => {
    answers.set("/tagged.js", (request, response) => {
      const headers = { ...SCRIPT, "cache-control": "no-cache", etag: '"1"' };
      if (request.headers["if-none-match"] === '"1"') response.writeHead(304, headers).end();
      else response.writeHead(200, headers).end("document.title = 'tagged'");
    });
    const html = '<!doctype html><title>-</title><body><script src="/tagged.js"></script>';
    for (let n = 0; n < 2; n++) assert.match((await show(html)).html, /<title>tagged</);
    assert.deepEqual(
      asked("/tagged.js").map(({ headers }) => headers["if-none-match"]),
      [undefined, '"1"'],
    );
  });

  test("an answer for one origin is not given to a page of another, and one for none to none", async () => {
    serve("/open", "open", { "access-control-allow-origin": "*", "cache-control": "max-age=60" });
    serve("/closed", "closed", { "cache-control": "max-age=60" });
    const script = `<title>-</title><body><script>(async () => {
      const at = "http://other.test:${server.port}";
      const told = [];
      for (const [path, mode] of [["/closed", "no-cors"], ["/closed", "cors"], ["/open", "no-cors"], ["/open", "cors"]])
        told.push(await fetch(at + path, { mode }).then((a) => a.text(), () => "refused"));
      document.title = told.join("|");
    })()</script>`;
    for (let n = 0; n < 2; n++) assert.match((await show(script)).html, /<title>\|refused\|\|open</);
    assert.equal(asked("/open").length, 1);
  });

  test("what was used least leaves when there is no more room", async () => {
    for (let n = 0; n < 10; n++)
      serve(`/big${n}.js`, `/*${"x".repeat(45_000)}*/`, { ...SCRIPT, "cache-control": "max-age=60" });
    const before = renderer.cache.evictions;
    // One after the other: scripts that a page asks for at once come, and are kept, in any order.
    await show(`<body><script>(async () => {
      for (let n = 0; n < 10; n++) await fetch("/big" + n + ".js").then((answer) => answer.text());
    })()</script>`);
    assert.equal(asked("/big9.js").length, 1);
    assert.ok(renderer.cache.bytes <= 400_000);
    assert.ok(renderer.cache.evictions > before);
    await show('<body><script src="/big9.js"></script><script src="/big0.js"></script>');
    assert.equal(asked("/big9.js").length, 1);
    assert.equal(asked("/big0.js").length, 2);
  });

  test("a redirect of a script is followed, each place asked once, and what it leads to is kept", async () => {
    answers.set("/moved.js", (_, response) => void response.writeHead(302, { location: "/there.js" }).end());
    serve("/there.js", "document.title = 'there'", { ...SCRIPT, "cache-control": "max-age=60" });
    const html = '<!doctype html><title>-</title><body><script src="/moved.js"></script>';
    for (let n = 0; n < 2; n++) assert.match((await show(html)).html, /<title>there</);
    assert.equal(asked("/moved.js").length, 2);
    assert.equal(asked("/there.js").length, 1);
  });

  test("images, fonts, media, trackers and the user's own are not loaded: by the page, its frames and workers", async () => {
    const tracker = `http://www.google-analytics.com:${server.port}`;
    const own = `http://ads.own.test:${server.port}`;
    const blocked = `<img src="/image.png"><video src="/video"></video><link rel="icon" href="/icon">
      <style>@font-face { font-family: own; src: url(/font) } p { font-family: own; background: url(/background) }</style><p>text</p>
      <script src="${tracker}/analytics.js"></script><script src="${own}/own.js"></script>`;
    serve(
      "/frame",
      `${blocked}<script src="/frame.js"></script><iframe src="http://other.test:${server.port}/inner"></iframe>`,
      {
        "content-type": "text/html",
      },
    );
    serve("/inner", `${blocked}<script src="/inner.js"></script>`, { "content-type": "text/html" });
    serve("/frame.js", "", { ...SCRIPT, "cache-control": "no-store" });
    serve("/inner.js", "", { ...SCRIPT, "cache-control": "no-store" });
    serve("/worker.js", `fetch("${tracker}/worker").catch(() => {}); fetch("/worker-data")`, SCRIPT);
    serve("/worker-data", "", { "cache-control": "no-store" });
    answers.set("/last", (_, response) => void setTimeout(() => response.end("done"), 1_500));
    const { html } = await show(`<title>-</title><body>${blocked}<iframe src="/frame"></iframe>
      <iframe srcdoc="<img src='/srcdoc.png'><script src='/frame.js?srcdoc'></script>"></iframe>
      <script>new Worker("/worker.js"); navigator.sendBeacon("/beacon", "x");
      fetch("/last").then((answer) => answer.text()).then((text) => { document.title = text; });</script>`);
    assert.match(html, /<title>done</);
    const paths = new Set(seen.map(({ url }) => url));
    assert.deepEqual([...paths].sort(), [
      "/frame",
      "/frame.js",
      "/frame.js?srcdoc",
      "/inner",
      "/inner.js",
      "/last",
      "/worker-data",
      "/worker.js",
    ]);
  });

  test("one host gets so many requests of a page and no more, and all are told", async () => {
    answers.set("/n", (_, response) => void response.setHeader("cache-control", "no-store").end());
    const many = `<body><script>for (let n = 0; n < 60; n++) fetch((n % 2 ? "http://other.test:${server.port}" : "") + "/n?" + n, { mode: "no-cors" }).catch(() => {});</script>`;
    const { requests } = await show(many);
    assert.equal(requests.get(origin), 20);
    assert.equal(requests.get(`http://other.test:${server.port}`), 20);
    assert.equal(seen.length, 40);
  });

  test("a socket stands also where all else comes from the cache, and not where sockets are blocked", async () => {
    serve(
      "/socket.js",
      `const socket = new WebSocket("ws://shop.test:${server.port}/socket");
      socket.onmessage = ({ data }) => { document.title = data; };
      socket.onclose = () => { if (document.title === "-") document.title = "closed"; };`,
      {
        ...SCRIPT,
        "cache-control": "max-age=60",
      },
    );
    const html = '<!doctype html><title>-</title><body><script src="/socket.js"></script>';
    for (let n = 0; n < 2; n++) assert.match((await show(html)).html, /<title>hi</);
    const without = rendererFor(t, [`shop.test:${server.port}:127.0.0.1`], { blockedTypes: ["websocket"] });
    const rendered = await without.render(fetched(`${origin}/page`, html), "utf-8", never);
    assert.ok(rendered.ok && rendered.value.html.includes("<title>closed<"), JSON.stringify(rendered));
    assert.equal(sockets, 2);
  });

  test("a second document of the page is told and not gone to: by address, form, refresh or a blob", async () => {
    for (const way of [
      "location.assign('/next')",
      "document.body.innerHTML = '<form action=/next></form>'; document.forms[0].submit()",
      "document.head.innerHTML = '<meta http-equiv=refresh content=\"0;url=/next\">'",
      "const a = document.createElement('a'); a.href = '/next'; document.body.append(a); a.click()",
    ]) {
      const { leadsTo, html } = await show(
        `<p>stays</p><script>onbeforeunload = () => 'no'; ${way}</script>`,
      );
      assert.match(leadsTo ?? "", new RegExp(`^${origin}/next\\??$`), way);
      assert.match(html, /stays|form|meta|next/);
    }
    assert.deepEqual(
      seen.filter(({ url }) => url?.startsWith("/next")),
      [],
    );
  });

  test("documents that a page writes itself are its own", async () => {
    const { html } = await show(
      "<script>document.open(); document.write('<p>written</p>'); document.close()</script>",
    );
    assert.match(html, /<p>written<\/p>/);
  });

  test("what stands in shadow roots, slots and the page's own frames is where a reader sees it", async () => {
    const long = "Words within a frame of the page itself. ".repeat(8);
    const { html } = await show(`<!doctype html><body><x-card><b slot="title">Name</b>light</x-card>
      <div id="declared"><template shadowrootmode="open"><p>declared <slot>fallback</slot></p></template></div>
      <iframe srcdoc="<main>${long}<a href='/inside'>link</a></main>"></iframe><script>
      customElements.define("x-inner", class extends HTMLElement { constructor() { super();
        this.attachShadow({ mode: "open" }).innerHTML = "<i>deep</i>"; } });
      customElements.define("x-card", class extends HTMLElement { constructor() { super();
        this.attachShadow({ mode: "open" }).innerHTML = "<style>p{color:red}</style><h2><slot name=title>none</slot></h2><p>before <slot></slot> after</p><x-inner></x-inner>"; } });
      </script>`);
    assert.ok(html.startsWith("<!DOCTYPE html>"));
    assert.match(
      html,
      /<x-card><h2><b slot="title">Name<\/b><\/h2><p>before light after<\/p><x-inner><i>deep<\/i><\/x-inner><\/x-card>/,
    );
    assert.match(html, /<p>declared fallback<\/p>/);
    assert.ok(html.includes(`<main>${long}<a href="${origin}/inside">link</a></main>`), html);
  });
});
