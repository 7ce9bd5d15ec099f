// `crawl --schema`: declared fields in the lines, their fill rates at the end and as a metric, a warning when one falls.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { jsonFile, run, scratch, start } from "./program.ts";
import { crawl, page, serve } from "./site.ts";

const SCHEMA =
  "fields:\n  name: { css: h1, required: true }\n  price: { css: .price, type: price, currency: EUR }\n";

const priced = (name: string, price: string): string =>
  `<!doctype html><title>${name}</title><article><h1>${name}</h1><p>${"Words of this page. ".repeat(10)}</p>${price}</article>`;

test("each line has the declared fields, and the end tells how often each was filled", async (t) => {
  const site = await serve(t, {
    "/": page("root", ["/one", "/two", "/gone"]),
    "/one": (_, response) =>
      response.setHeader("content-type", "text/html").end(priced("One", '<b class="price">12,50 €</b>')),
    "/two": (_, response) => response.setHeader("content-type", "text/html").end(priced("Two", "")),
  });
  const schema = join(scratch(t), "shop.yaml");
  writeFileSync(schema, SCHEMA);
  const crawled = await crawl(t, ["--schema", schema, "--lane", "fast", "--no-robots", `${site.origin}/`]);
  assert.equal(crawled.code, 0, crawled.stderr);
  assert.deepEqual(crawled.line("/one").fields, { name: "One", price: { amount: 12.5, currency: "EUR" } });
  assert.deepEqual(crawled.line("/two").fields, { name: "Two", price: null });
  assert.deepEqual(crawled.line("/two").missing_fields, []);
  assert.equal(crawled.line("/gone").fields, null);
  const out = join(scratch(t), "chosen.jsonl");
  const args = ["crawl", "--allow-private", "--no-robots", "--delay", "0", "--no-store", "--schema", schema];
  const chosen = await run([
    ...args,
    "--fields",
    "url,fields",
    "--depth",
    "0",
    "--out",
    out,
    `${site.origin}/one`,
  ]);
  assert.equal(chosen.code, 0, chosen.stderr);
  assert.deepEqual(jsonFile(out), [
    { url: `${site.origin}/one`, fields: { name: "One", price: { amount: 12.5, currency: "EUR" } } },
  ]);
  assert.match(chosen.stderr, /^name +1 +1 +100\.0 %$/m);
  assert.match(chosen.stderr, /^price +1 +1 +100\.0 %$/m);
});

test("a schema that is none, or whose fields go nowhere, is said in one line", async (t) => {
  const folder = scratch(t);
  const wrong = join(folder, "wrong.yaml");
  writeFileSync(wrong, "fields:\n  name: { csss: h1 }\n");
  const cases: readonly (readonly [args: readonly string[], said: RegExp])[] = [
    [["--schema", wrong, "--out", "-"], /crawl: --schema .*csss/],
    [["--schema", wrong], /--schema fills keys of --out lines/],
    [["--schema", join(folder, "none.yaml"), "--out", "-"], /crawl: --schema .*none\.yaml/],
    [["--fields", "fields", "--out", "-"], /--fields fields is filled by --schema FILE alone/],
  ];
  for (const [args, said] of cases) {
    const ended = await run(["crawl", "--data", join(folder, "data"), ...args, "http://127.0.0.1:9/"]);
    assert.equal(ended.code, 2, `${args.join(" ")}: ${ended.stderr}`);
    assert.match(ended.stderr, said);
    assert.equal(ended.stderr.trimEnd().split("\n").length, 1, ended.stderr);
  }
});

test("a field that is filled less than before is a warning while the crawl runs, and its share a metric", async (t) => {
  const pages = 260;
  const held = Promise.withResolvers<void>();
  const site = await serve(t, {
    "*": (request, response) => {
      const number = Number((request.url ?? "").slice(1));
      const answer = (): void =>
        void response
          .setHeader("content-type", "text/html")
          .end(priced(`Page ${number}`, number < 200 ? `<b class="price">${number} €</b>` : ""));
      if (number === pages - 1) void held.promise.then(answer);
      else answer();
    },
  });
  const folder = scratch(t);
  const [schema, list] = [join(folder, "shop.yaml"), join(folder, "list.txt")];
  writeFileSync(schema, SCHEMA);
  writeFileSync(list, Array.from({ length: pages }, (_, number) => `${site.origin}/${number}`).join("\n"));
  const flags = [
    "--allow-private",
    "--no-robots",
    "--delay",
    "0",
    "--per-host",
    "1",
    "--lane",
    "fast",
    "--no-store",
  ];
  const out = join(folder, "out.jsonl");
  const place = ["--metrics-port", "0", "--schema", schema, "--out", out, "--list", list];
  const running = start(["crawl", ...flags, ...place]);
  t.after(() => running.child.kill("SIGKILL"));
  const metricsUrl = /metrics on (\S+)/;
  let text = "";
  for (let looks = 0; looks < 600 && !/field="price"\} 0\.[0-7]/.test(text); looks++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const url = metricsUrl.exec(running.stderr())?.[1];
    if (url !== undefined) text = await (await fetch(url)).text();
  }
  assert.match(text, /schema_field_fill_ratio\{schema="shop\.yaml",field="name"\} 1/);
  assert.match(text, /schema_field_fill_ratio\{schema="shop\.yaml",field="price"\} 0\.[0-7]/);
  held.resolve();
  const ended = await running.ended;
  assert.equal(ended.code, 0, ended.stderr);
  assert.match(ended.stderr, /field price is filled less than before: 100\.0 % before/);
  assert.match(ended.stderr, /^price +200 +260 .*fallen/m);
});
