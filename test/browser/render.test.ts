// Pages shown by a real Chromium: what a script makes is in the DOM that comes back, the document is never fetched a second
// time, and a page that does harm costs itself alone.
import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { systemClock } from "../../src/base/index.ts";
import type { Renderer } from "../../src/render/index.ts";
import { makeCertificate } from "../services/certificate.ts";
import { whyNoBrowser } from "../services/index.ts";
import { killBelow } from "./browser-processes.ts";
import { fetched, rendererFor, site, suite, type TestSite } from "./rendering.ts";

const never = new AbortController().signal;

const APP = `document.body.innerHTML = "<p>" + "from the script ".repeat(3) + "</p>";
fetch("/data.json").then((answer) => answer.json()).then(({ text }) => {
  const p = document.createElement("p");
  p.textContent = text;
  document.body.append(p);
});`;

describe("a page in the browser", { skip: whyNoBrowser() ?? false }, () => {
  const t = suite();
  let server: TestSite;
  let renderer: Renderer;
  let origin: string;

  before(async () => {
    server = await site(t, (request, response) => {
      if (request.url === "/app.js") response.setHeader("content-type", "text/javascript").end(APP);
      else if (request.url === "/data.json")
        response.setHeader("content-type", "application/json").end('{"text":"from the server"}');
      else if (request.url === "/hangs.js") response.flushHeaders();
      else response.statusCode = 404;
      if (!request.url?.startsWith("/hangs")) response.end();
    });
    origin = `http://shop.test:${server.port}`;
    renderer = rendererFor(t, [`shop.test:${server.port}:127.0.0.1`], {
      pageTimeMs: 10_000,
      settleMaxMs: 6_000,
      pageHeapMebibytes: 128,
      quietMs: 1_000,
    });
  });
  const shown = async (html: string | Uint8Array, charset = "utf-8", headers: [string, string][] = []) =>
    renderer.render(fetched(`${origin}/page`, html, headers), charset, never);
  const htmlOf = async (...page: Parameters<typeof shown>): Promise<string> => {
    const rendered = await shown(...page);
    assert.ok(rendered.ok, JSON.stringify(rendered));
    return rendered.value.html;
  };

  test("what its script makes and loads is there, and the document is not fetched again", async () => {
    const html = await htmlOf('<!doctype html><title>x</title><body><script src="/app.js"></script>');
    assert.match(html, /from the script from the script/);
    assert.match(html, /<p>from the server<\/p>/);
    assert.deepEqual(
      server.asked.filter((path) => path === "/page"),
      [],
    );
    assert.ok(html.startsWith("<!DOCTYPE html>"));
  });

  test("its body is decoded as the fast lane decoded it", async () => {
    const korean = Buffer.from([0xb3, 0xaf, 0xbe, 0xbe]); // 날씨 in EUC-KR
    const body = Buffer.concat([
      Buffer.from("<p id=a>"),
      korean,
      Buffer.from("</p><script>document.title = document.characterSet</script>"),
    ]);
    const html = await htmlOf(gzipSync(body), "euc-kr", [["content-encoding", "gzip"]]);
    assert.match(html, /<p id="a">날씨<\/p>/);
    assert.match(html, /<title>EUC-KR<\/title>/);
  });

  test("pages share nothing: no cookie and no storage of one is seen by another", async () => {
    await htmlOf("<script>document.cookie = 'a=1; path=/'; localStorage.setItem('b', '2')</script>");
    const html = await htmlOf(
      "<script>document.title = document.cookie + '|' + localStorage.getItem('b')</script>",
    );
    assert.match(html, /<title>\|null<\/title>/);
  });

  test("frames are painted though nobody looks: what waits for one, or to come into sight, happens", async () => {
    const html = await htmlOf(
      `<p id="frames">0</p><p id="sight">no</p><script>
      let frames = 0;
      const painted = () => { document.getElementById("frames").textContent = ++frames; if (frames < 3) requestAnimationFrame(painted); };
      requestAnimationFrame(painted);
      new IntersectionObserver(([entry]) => { if (entry.isIntersecting) entry.target.textContent = "yes"; }).observe(document.getElementById("sight"));
      </script>`,
    );
    assert.match(html, /<p id="frames">3<\/p><p id="sight">yes<\/p>/);
  });

  test("who asks says so", async () => {
    const html = await htmlOf("<script>document.title = navigator.userAgent</script>");
    assert.match(html, /<title>Mozilla\/5\.0 .*Chrome.* millrace\/test<\/title>/);
  });

  test("where the page leads by itself is told and not gone to", async () => {
    const rendered = await shown("<script>location.href = '/elsewhere'</script>");
    assert.ok(rendered.ok, JSON.stringify(rendered));
    assert.equal(rendered.value.leadsTo, `${origin}/elsewhere`);
    assert.deepEqual(
      server.asked.filter((path) => path === "/elsewhere"),
      [],
    );
  });

  test("a page that leads to itself for ever is read as it is", async () => {
    const rendered = await shown(
      '<meta http-equiv="refresh" content="0"><p>here</p><script>setInterval(() => location.reload(), 5)</script>',
    );
    assert.ok(rendered.ok, JSON.stringify(rendered));
    assert.match(rendered.value.html, /<p>here<\/p>/);
    assert.equal(rendered.value.leadsTo, `${origin}/page`);
    assert.deepEqual(
      server.asked.filter((path) => path === "/page"),
      [],
    );
  });

  test("what comes with a certificate of nobody is not loaded, and the page is shown without it", async () => {
    const html = await htmlOf(
      `<p>text</p><script src="https://shop.test:${server.port}/app.js" onerror="document.title = 'refused'"></script>`,
    );
    assert.match(html, /<title>refused<\/title>/);
  });

  test("a document of a host whose certificate nobody vouches for is shown as it was fetched, and loads nothing of it", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-certificate-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const { pem, keyPem } = makeCertificate(folder);
    let asked = 0;
    const secure = createServer({ cert: pem, key: keyPem }, (_, response) => {
      asked++;
      response.setHeader("content-type", "text/javascript").end("document.title = 'ran'");
    });
    secure.listen(0, "127.0.0.1");
    await once(secure, "listening");
    t.after(() => {
      secure.closeAllConnections();
      secure.close();
    });
    const { port } = secure.address() as AddressInfo;
    const own = rendererFor(t, [`*:${port}:127.0.0.1`]);
    const html = `<p>text</p><script src="/app.js" onerror="document.title = 'refused'"></script>`;
    const rendered = await own.render(fetched(`https://own.test:${port}/`, html), "utf-8", never);
    assert.ok(rendered.ok, JSON.stringify(rendered));
    assert.match(rendered.value.html, /<title>refused<\/title>/);
    assert.equal(asked, 0);
  });

  test("a subresource that never comes holds up the page for a while and no longer", async () => {
    assert.match(await htmlOf('<p>text</p><script async src="/hangs.js"></script>'), /<p>text<\/p>/);
  });

  test("dialogs and windows are refused, and the page goes on", async () => {
    const html = await htmlOf(
      `<script>for (let n = 0; n < 20; n++) { alert(n); window.open("/window" + n); }
      document.title = String(confirm("?"))</script><p>after</p>`,
    );
    assert.match(html, /<title>false<\/title>/);
    assert.match(html, /<p>after<\/p>/);
  });

  for (const [harm, script] of [
    ["an endless loop", "for (;;);"],
    ["alerts without end", "for (;;) alert(1)"],
    ["promises without end", "(function f() { Promise.resolve().then(f) })()"],
    ["a heap without end", "const all = []; for (;;) all.push(Array.from({ length: 1e5 }, Math.random))"],
    ["nodes without end", "for (;;) document.body.append(document.createElement('p'))"],
  ] as const)
    test(`${harm} ends in time with its code, and its neighbour is not disturbed`, async () => {
      const [bad, good] = await Promise.all([
        shown(`<body><script>${script}</script>`),
        shown('<body><script src="/app.js"></script>'),
      ]);
      assert.ok(good.ok && good.value.html.includes("from the server"), JSON.stringify(good));
      assert.ok(!bad.ok);
      assert.ok(["timeout", "render"].includes(bad.error.code), JSON.stringify(bad));
    });

  test("a browser that is killed in mid-work costs its pages a second try and nothing else", async () => {
    const pages = [1, 2].map((n) =>
      shown(`<body><script>setTimeout(() => document.body.append("late ${n}"), 700)</script>`),
    );
    await systemClock.sleep(400);
    killBelow(process.pid, "browsers");
    for (const [at, page] of (await Promise.all(pages)).entries()) {
      assert.ok(page.ok, JSON.stringify(page));
      assert.ok(page.value.html.includes(at === 0 ? "late 1" : "late 2") || page.value.html.length > 0);
    }
  });

  test("who no longer wants a page leaves it, and the next one is shown", async () => {
    const leaving = new AbortController();
    const left = renderer.render(
      fetched(`${origin}/page`, "<script>for(;;);</script>"),
      "utf-8",
      leaving.signal,
    );
    await systemClock.sleep(300);
    leaving.abort(new Error("no longer wanted"));
    await assert.rejects(left, /no longer wanted/);
    assert.match(await htmlOf("<p>next</p>"), /<p>next<\/p>/);
  });
});
