// The package as another program uses it: lines of a crawl in a loop, a loop that is left, one page's extraction.
import assert from "node:assert/strict";
import { test } from "node:test";
import { crawl, extract, MillraceError } from "../../src/index.ts";
import { scratch } from "./program.ts";
import { html, page, serve, status } from "./site.ts";

test("a crawl is a loop over its lines, and leaving the loop stops it", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/a", "/b"]),
    "*": page("leaf"),
    "/robots.txt": status(404),
  });
  const folder = scratch(t);
  const flags = ["--allow-private", "--delay", "0"];
  const titles: (string | null)[] = [];
  const whole = crawl({ urls: [`${site.origin}/`], data: `${folder}/one`, store: false, flags });
  for await (const { title } of whole) titles.push(title);
  assert.deepEqual(titles.sort(), ["leaf", "leaf", "root"]);
  const left = crawl({ urls: [`${site.origin}/`], data: `${folder}/two`, store: false, flags });
  for await (const line of left) {
    assert.equal(line.outcome, "stored");
    break;
  }
  assert.equal(process.listenerCount("SIGINT"), 0);
});

test("options that are not allowed are thrown", async (t) => {
  const wrong = crawl({ urls: ["ftp://x.test/"], data: scratch(t) });
  await assert.rejects(wrong[Symbol.asyncIterator]().next(), (error) => {
    assert.ok(error instanceof MillraceError);
    assert.equal(error.code, "usage");
    return true;
  });
});

test("a page is extracted from text or bytes", () => {
  assert.equal(extract(html("숨은 문장"), { url: "http://x.test/" }).title, "숨은 문장");
  const bytes = Buffer.concat([
    Buffer.from("<title>"),
    Buffer.from([0xc7, 0xd1, 0xb1, 0xdb]),
    Buffer.from("</title>"),
  ]);
  assert.equal(extract(bytes, { contentType: "text/html; charset=euc-kr" }).title, "한글");
});
