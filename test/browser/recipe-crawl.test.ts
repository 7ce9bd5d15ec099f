// The recipe that docs/rendering.md shows, in a whole crawl: what it brings is stored and its picture is found again, by its
// row and in an export that a reader of somebody else's opens.
import assert from "node:assert/strict";
import { createReadStream, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { test } from "node:test";
import { WARCParser } from "warcio";
import { systemClock } from "../../src/base/index.ts";
import { embeddedStore, storeOptions } from "../../src/store/index.ts";
import { jsonFile, root, run, scratch } from "../scenario/program.ts";
import { whyNoBrowser } from "../services/index.ts";
import { site } from "./rendering.ts";

const [, example = ""] =
  /```yaml\n(.*?)```/s.exec(readFileSync(join(root, "docs", "rendering.md"), "utf8")) ?? [];

const LIST = `<!doctype html><title>List</title><body style="margin:0">
<div id="wall" style="position:fixed;inset:0"><button onclick="this.parentElement.remove()">Accept all</button></div>
<main><ul id="list"></ul><button id="more">Load more</button></main><script>
let items = 0;
const add = () => {
  for (let end = items + 20; items < end; items++) {
    const li = document.createElement("li");
    li.textContent = "Article number " + items + " is for sale.";
    document.getElementById("list").append(li);
  }
  if (items === 60) document.getElementById("more").remove();
};
document.getElementById("more").onclick = () => setTimeout(add, 100);
add();
</script>`;

test("the recipe of the documentation brings a list whole, and a picture of it", {
  skip: whyNoBrowser() ?? false,
}, async (t) => {
  const served = await site(t, (request, response) => {
    response.setHeader("content-type", "text/html");
    if (request.url === "/robots.txt") response.writeHead(404).end();
    else if (request.url === "/list/shoes") response.end(LIST);
    else response.end('<title>Shop</title><a href="/list/shoes">Shoes</a><p>All that we have.</p>');
  });
  const folder = scratch(t);
  const [config, data, out] = [join(folder, "shop.yaml"), join(folder, "data"), join(folder, "out.jsonl")];
  writeFileSync(config, example);
  const reach = ["--resolve", `shop.example:${served.port}:127.0.0.1`, "--delay", "0"];
  const home = `http://shop.example:${served.port}/`;
  const crawl = ["crawl", home, "--depth", "1", "--config", config, "--data", data, "--out", out, ...reach];
  const ended = await run(crawl);
  assert.equal(ended.code, 0, ended.stderr);
  const lines = new Map(jsonFile(out).map((line) => [line.url, line]));
  assert.equal(lines.size, 2);
  assert.equal(lines.get(home)?.lane, "rich");
  const list = lines.get(`${home}list/shoes`);
  assert.equal(list?.outcome, "stored", JSON.stringify(list));
  assert.equal(String(list.markdown).match(/Article number \d+ is for sale/g)?.length, 60);

  const exported = async (): Promise<Map<string, Buffer>> => {
    const warc = join(folder, "all.warc.gz");
    const { code, stderr } = await run(["export", "--format", "warc", "--data", data, "--out", warc]);
    assert.equal(code, 0, stderr);
    const pictures = new Map<string, Buffer>();
    for await (const record of new WARCParser(Readable.toWeb(createReadStream(warc)) as ReadableStream)) {
      const bytes = Buffer.from(await record.readFully(false));
      if (record.warcType === "resource") pictures.set(record.warcTargetURI ?? "", bytes);
    }
    return pictures;
  };
  const pictures = await exported();
  assert.deepEqual([...pictures.keys()], [`urn:view:${home}list/shoes`]);
  const [png = Buffer.alloc(0)] = pictures.values();
  assert.equal(png.toString("latin1", 1, 4), "PNG");
  assert.equal(png.readUInt32BE(16), 1280);

  const store = embeddedStore(data, storeOptions.parse({}), "millrace/test", systemClock);
  const { signal } = new AbortController();
  await store.metadata.connect(signal);
  await store.content.connect(signal);
  const { items } = await store.metadata.pages();
  for (const page of items) {
    if (page.screenshot === null) assert.equal(page.url, home);
    else {
      const { mediaType, bytes, width, height } = await store.content.readScreenshot(page.screenshot);
      assert.deepEqual([mediaType, width, height], ["image/png", 1280, png.readUInt32BE(20)]);
      assert.deepEqual(Buffer.from(bytes), png);
    }
  }
  await store.close();

  const rebuilt = await run(["reprocess", "--rebuild", "--data", data]);
  assert.equal(rebuilt.code, 0, rebuilt.stderr);
  assert.deepEqual(await exported(), pictures);
});
