// What pages do that no page should: each ends in time with its code or is read as it is, and a page shown beside it comes out whole.
import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import type { Renderer } from "../../src/render/index.ts";
import { whyNoBrowser } from "../services/index.ts";
import { fetched, rendererFor, site, suite, type TestSite } from "./rendering.ts";

const never = new AbortController().signal;

/** Read as it is, given up when its time is over, or lost with its process: what each page may come to. */
type End = "shown" | "timeout" | "render" | "too_large";

interface Harm {
  readonly what: string;
  readonly html: string;
  readonly ends: readonly End[];
  /** In the document that is read. */
  readonly shows?: RegExp;
  /** In the failure's message. */
  readonly says?: RegExp;
}

const script = (code: string): string => `<!doctype html><body><p>text</p><script>${code}</script>`;

const HARMS: readonly Harm[] = [
  {
    what: "questions before it is left",
    html: script(
      "for (let n = 0; n < 50; n++) prompt('?', n); onbeforeunload = (e) => { e.preventDefault(); return '?' }; location.href = '/other'",
    ),
    ends: ["shown"],
    shows: /<p>text<\/p>/,
  },
  {
    what: "windows without end",
    html: script("setInterval(() => { for (let n = 0; n < 20; n++) window.open('/window', '_blank') }, 10)"),
    ends: ["shown", "timeout"],
  },
  {
    what: "buffers beside the heap without end",
    html: script(
      "const all = []; setInterval(() => { for (let n = 0; n < 8; n++) all.push(new Uint8Array(16 << 20).fill(n)); document.body.append('more') }, 20)",
    ),
    ends: ["render"],
    says: /largest page: the browser held \d+ MiB of memory, and at most 768/,
  },
  {
    what: "a document that is written for ever",
    html: script("setInterval(() => document.write('<p>' + 'more '.repeat(1000)), 1)"),
    ends: ["shown", "too_large", "timeout", "render"],
  },
  {
    what: "a document as large as none should be",
    html: script("document.body.append('x'.repeat(3_000_000))"),
    ends: ["too_large"],
  },
  {
    what: "changes for ever",
    html: script("setInterval(() => document.body.append(document.createElement('i')), 5)"),
    ends: ["shown"],
    shows: /<p>text<\/p>/,
  },
  {
    what: "frames in themselves without end",
    html: script(
      "const go = (d) => { const f = d.createElement('iframe'); f.srcdoc = '<script>parent.go && parent.go(document)<\\/script>'; d.body.append(f); f.onload = () => { f.contentWindow.go = go; go(f.contentDocument) } }; go(document)",
    ),
    ends: ["shown", "timeout", "render"],
  },
  {
    what: "addresses without end",
    html: script(
      "let n = 0; setInterval(() => { for (let m = 0; m < 100; m++) history.pushState(null, '', '/state' + n++) }, 5)",
    ),
    ends: ["shown", "timeout"],
  },
  {
    what: "anchors without end",
    html: script("setInterval(() => { location.hash = Math.random() }, 1)"),
    ends: ["shown"],
    shows: /<p>text<\/p>/,
  },
  {
    what: "errors without end",
    html: script(
      "const text = 'x'.repeat(5_000); for (let n = 0; n < 50; n++) setInterval(() => { throw new Error(text) }, 1)",
    ),
    ends: ["shown"],
  },
  {
    what: "a console without end",
    html: script(
      "const line = 'x'.repeat(10_000); setInterval(() => { for (let n = 0; n < 200; n++) console.log(line, n) }, 5)",
    ),
    ends: ["shown", "timeout"],
  },
  {
    what: "printing, downloads and every permission asked for",
    html: script(`for (let n = 0; n < 3; n++) { try { print() } catch {} }
      const a = document.createElement("a"); a.href = "/file"; a.download = "x"; document.body.append(a); for (let n = 0; n < 20; n++) a.click();
      navigator.geolocation.getCurrentPosition(() => {}, () => {}); Notification.requestPermission?.();
      navigator.mediaDevices?.getUserMedia({ audio: true, video: true }).catch(() => {}); navigator.clipboard?.readText().catch(() => {});
      document.documentElement.requestFullscreen().catch(() => {}); navigator.serviceWorker?.register("/worker.js").catch(() => {});
      document.title = "asked"`),
    ends: ["shown"],
    shows: /<title>asked<\/title>/,
  },
  {
    what: "subresources that never come",
    html: `<!doctype html><body><p>text</p>${Array.from({ length: 30 }, (_, n) => `<script async src="/hangs/${n}.js"></script>`).join("")}`,
    ends: ["shown"],
    shows: /<p>text<\/p>/,
  },
  {
    what: "requests without end",
    html: script("let n = 0; setInterval(() => { fetch('/data' + n++).catch(() => {}) }, 1)"),
    ends: ["shown", "timeout"],
  },
  {
    what: "workers that never rest",
    html: script(
      "const code = URL.createObjectURL(new Blob(['for (;;);'])); for (let n = 0; n < 4; n++) new Worker(code)",
    ),
    ends: ["shown"],
    shows: /<p>text<\/p>/,
  },
  {
    what: "consoles of workers without end",
    html: script(
      "const code = URL.createObjectURL(new Blob([`const line = 'x'.repeat(10_000); setInterval(() => { for (let n = 0; n < 200; n++) console.log(line, n) }, 5)`])); for (let n = 0; n < 4; n++) new Worker(code)",
    ),
    ends: ["shown"],
    shows: /<p>text<\/p>/,
  },
  {
    what: "every address of the browser's own that ends a page",
    html: script(`const ends = ["chrome://crash", "chrome://kill", "chrome://hang", "chrome://gpucrash", "chrome://quit", "chrome://restart"];
      for (const end of ends) {
        try { window.open(end) } catch {}
        document.body.append(Object.assign(document.createElement("iframe"), { src: end }));
        const a = Object.assign(document.createElement("a"), { href: end }); document.body.append(a); a.click();
        try { location.href = end } catch {}
        fetch(end).catch(() => {});
      }`),
    ends: ["shown"],
    shows: /<p>text<\/p>/,
  },
  {
    what: "a way to an empty page",
    html: script("setTimeout(() => { location.href = 'about:crash' }, 100)"),
    ends: ["shown", "render"],
  },
];

describe("a page that does harm", { skip: whyNoBrowser() ?? false }, () => {
  const t = suite();
  let server: TestSite;
  let renderer: Renderer;
  let origin: string;

  before(async () => {
    server = await site(t, (request, response) => {
      if (request.url?.startsWith("/good.js"))
        response
          .setHeader("content-type", "text/javascript")
          .end("setTimeout(() => document.body.append('the neighbour is whole'), 300)");
      else if (request.url === "/file") response.setHeader("content-disposition", "attachment").end("bytes");
      else if (!request.url?.startsWith("/hangs")) response.end("{}");
    });
    origin = `http://harm.test:${server.port}`;
    renderer = rendererFor(t, [`*:${server.port}:127.0.0.1`], {
      pagesMax: 2,
      pageTimeMs: 15_000,
      settleMaxMs: 2_500,
      quietMs: 1_000,
      documentCharsMax: 2_000_000,
      memoryBytesMax: 768 * 1024 * 1024,
    });
  });
  for (const { what, html, ends, shows, says } of HARMS)
    test(`${what}: it ends in time, and its neighbour is whole`, async () => {
      const [bad, good] = await Promise.all([
        renderer.render(fetched(`${origin}/bad`, html), "utf-8", never),
        renderer.render(
          fetched(`http://neighbour.test:${server.port}/good`, '<body><script src="/good.js"></script>'),
          "utf-8",
          never,
        ),
      ]);
      assert.ok(good.ok && good.value.html.includes("the neighbour is whole"), JSON.stringify(good));
      const end: string = bad.ok ? "shown" : bad.error.code;
      assert.ok(
        ends.some((allowed) => allowed === end),
        JSON.stringify(bad).slice(0, 500),
      );
      if (says !== undefined) assert.match(bad.ok ? "" : bad.error.message, says);
      if (shows !== undefined) assert.match(bad.ok ? bad.value.html : "", shows);
    });

  test("a page that takes all the connections to its host leaves some to another page of the same host", async () => {
    const taken = Array.from(
      { length: 40 },
      (_, n) => `<script async src="/hangs/all/${n}.js"></script>`,
    ).join("");
    const flood = renderer.render(fetched(`${origin}/bad`, `<p>text</p>${taken}`), "utf-8", never);
    while (server.asked.filter((path) => path.startsWith("/hangs/all/")).length < 4)
      await systemClock.sleep(20);
    const late = fetched(`${origin}/good`, '<body><script src="/good.js?late"></script>');
    const [good, bad] = await Promise.all([renderer.render(late, "utf-8", never), flood]);
    assert.ok(good.ok && good.value.html.includes("the neighbour is whole"), JSON.stringify(good));
    assert.ok(bad.ok, JSON.stringify(bad));
    assert.equal(server.asked.filter((path) => path.startsWith("/hangs/all/")).length, 4);
  });

  test("nothing that was refused was asked of the site", () => {
    const refused = server.asked.filter((path) => /^\/(other|window|file|state)/.test(path));
    assert.deepEqual(refused, []);
  });
});
