// What is killed on the way costs the pages in it one more try, and nothing else: a page's process, the browser, the way out; and
// a browser that never starts is told of once and tried seldom.
import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import { testBrowser, testBrowsers, whyNoBrowser } from "../services/index.ts";
import { killBelow } from "./browser-processes.ts";
import { fetched, rendererFor, site } from "./rendering.ts";

const never = new AbortController().signal;
const LATE = `<p>text</p><script>setTimeout(() => document.body.append("late"), 1200)</script>`;
const page = (html: string) => fetched("http://page.test/", html);
const SLOW = { settleMs: 1_500, quietMs: 3_000 };

describe("what is killed", { skip: whyNoBrowser() ?? false }, () => {
  for (const what of ["renderers", "browsers"] as const)
    test(`${what} that are killed in mid-work cost their pages a second try, and each comes out whole`, async (t) => {
      const server = await site(t, (_, response) => void response.end());
      const renderer = rendererFor(t, [`page.test:${server.port}:127.0.0.1`], { ...SLOW, pagesMax: 3 });
      const first = fetched(`http://page.test:${server.port}/`, "<p>first</p>");
      assert.ok((await renderer.render(first, "utf-8", never)).ok);
      const pages = [1, 2, 3].map((n) => {
        const html = `<script src="/at-work-${n}.js"></script>${LATE}`;
        return renderer.render(fetched(`http://page.test:${server.port}/${n}`, html), "utf-8", never);
      });
      while (new Set(server.asked).size < pages.length) await systemClock.sleep(20);
      assert.ok(killBelow(process.pid, what) > 0);
      for (const rendered of await Promise.all(pages)) {
        assert.ok(rendered.ok, JSON.stringify(rendered));
        assert.match(rendered.value.html, /late/);
      }
    });

  test("a page whose process is killed while it is being opened is tried again and comes out whole", async (t) => {
    const renderer = rendererFor(t, [], SLOW);
    assert.ok((await renderer.render(page("<p>first</p>"), "utf-8", never)).ok);
    // The browser keeps an empty page of its own: its process is none of those that are waited for.
    killBelow(process.pid, "renderers");
    const second = renderer.render(page(LATE), "utf-8", never);
    while (killBelow(process.pid, "renderers") === 0) await systemClock.sleep(1);
    const rendered = await second;
    assert.ok(rendered.ok, JSON.stringify(rendered));
    assert.match(rendered.value.html, /late/);
  });

  test("a page that kills its process whenever it is shown is given up, and the next one is shown", async (t) => {
    const renderer = rendererFor(t, [], { ...SLOW, pageTimeMs: 8_000 });
    let isOver = false;
    const lost = renderer.render(page(LATE), "utf-8", never).finally(() => {
      isOver = true;
    });
    while (!isOver) {
      await systemClock.sleep(200);
      killBelow(process.pid, "renderers");
    }
    const rendered = await lost;
    assert.ok(!rendered.ok);
    assert.equal(rendered.error.code, "render", JSON.stringify(rendered));
    assert.ok((await renderer.render(page("<p>next</p>"), "utf-8", never)).ok);
  });

  test("a way out that cannot be had is asked for again", async (t) => {
    const told: string[] = [];
    const renderer = rendererFor(t, [], {}, {}, { onTrouble: (message) => void told.push(message) });
    const failing = t.mock.method(Server.prototype, "listen", function (this: Server) {
      queueMicrotask(() => this.emit("error", new Error("listen EMFILE: too many open files")));
      return this;
    });
    const rendered = renderer.render(page("<p>shown</p>"), "utf-8", never);
    while (told.length === 0) await systemClock.sleep(10);
    failing.mock.restore();
    const shown = await rendered;
    assert.ok(shown.ok, JSON.stringify(shown));
    assert.deepEqual(told, ["the browser does not start: listen EMFILE: too many open files"]);
  });

  test("a browser that does not start tells what it printed, once, and is not started for every page", async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "millrace-browser-"));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const broken = join(folder, "chromium");
    const tried = join(folder, "tried");
    writeFileSync(
      broken,
      `#!/bin/sh\necho x >> ${tried}\necho "chromium: libnss3.so: not found" >&2\nexit 127\n`,
    );
    chmodSync(broken, 0o755);
    writeFileSync(tried, "");
    const told: string[] = [];
    const onTrouble = (message: string): void => void told.push(message);
    const renderer = rendererFor(t, [], {}, {}, { executable: broken, onTrouble });
    for (let n = 0; n < 5; n++) {
      const rendered = await renderer.render(page("<p>text</p>"), "utf-8", never);
      assert.ok(!rendered.ok);
      assert.deepEqual(rendered.error, {
        code: "render",
        message: "the browser does not start: chromium: libnss3.so: not found",
      });
    }
    assert.equal(told.length, 1, told.join());
    assert.ok(
      readFileSync(tried, "utf8").length <= 4 * "x\n".length,
      "three times, and again when a while was over",
    );
  });
});

for (const browser of testBrowsers().filter(({ executable }) => executable !== testBrowser()?.executable))
  test(`${browser.executable} shows a page as well`, async (t) => {
    const renderer = rendererFor(t, [], {}, {}, { executable: browser.executable });
    const rendered = await renderer.render(
      page("<body><script>document.body.append('from the script')</script>"),
      "utf-8",
      never,
    );
    assert.ok(rendered.ok, JSON.stringify(rendered));
    assert.match(rendered.value.html, /from the script/);
  });
