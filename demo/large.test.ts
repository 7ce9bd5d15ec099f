// The large site: everything is reached from its first page, every title and sentence is its page's own, and any name is answered.
import assert from "node:assert/strict";
import { get } from "node:http";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { serveLarge } from "./large.ts";

function read(url: string, encodings = ""): Promise<{ status: number; text: string }> {
  const { host, port, pathname } = new URL(url);
  const headers = { host, "accept-encoding": encodings };
  return new Promise((resolve, reject) => {
    get({ host: "127.0.0.1", port, path: pathname, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.once("error", reject);
      answer.once("end", () => {
        const body = Buffer.concat(chunks);
        const text = (answer.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString();
        resolve({ status: answer.statusCode ?? 0, text });
      });
    }).once("error", reject);
  });
}

test("all pages are reached from the first, over all hosts, and each says its own title and sentence", async () => {
  const site = await serveLarge({ pages: 300, hosts: 3, bytes: 3000, links: 6 });
  try {
    const seen = new Set<string>([site.url(0)]);
    for (const url of seen) {
      const { status, text } = await read(url);
      assert.equal(status, 200, url);
      assert.ok(text.length > 2500 && text.length < 4500, `${url}: ${text.length}`);
      for (const [, href = ""] of text.matchAll(/<a href="([^"]*)"/g)) seen.add(new URL(href, url).href);
    }
    assert.equal(seen.size, 300);
    assert.equal(site.served(), 300);
    const sentences = new Set<string>();
    for (let page = 0; page < 300; page++) {
      assert.ok(seen.has(site.url(page)));
      const { text } = await read(site.url(page));
      assert.ok(text.includes(`<title>${site.title(page)}</title>`) && text.includes(site.sentence(page)));
      assert.equal((await read(site.url(page), "gzip")).text, text);
      sentences.add(site.sentence(page));
    }
    assert.equal(sentences.size, 300);
  } finally {
    await site.close();
  }
});

test("any other name is a site of one page; what is not there is 404", async () => {
  const site = await serveLarge({ pages: 10 });
  try {
    for (const encodings of ["", "gzip"]) {
      assert.match((await read(`http://h123.list.test:${site.port}/`, encodings)).text, /A site of one page/);
    }
    for (const path of ["/page/10", "/page/x", "/page/0", "/robots.txt"]) {
      assert.equal((await read(`http://h0.large.test:${site.port}${path}`)).status, 404, path);
    }
    assert.equal((await read(`http://h1.large.test:${site.port}/`)).status, 404);
    assert.equal((await read(`http://h123.list.test:${site.port}/other`)).status, 404);
  } finally {
    await site.close();
  }
});
