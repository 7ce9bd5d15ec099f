// Lists in every form a user brings, with lines that are none, and sitemaps.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { gzipSync, zstdCompressSync } from "node:zlib";
import { jsonFile, run, scratch } from "./program.ts";
import { page, redirect, serve, status } from "./site.ts";

test("URLs, hosts and ranked domains, plain, packed and from stdin; what is no URL is told and passed over", async (t) => {
  const site = await serve(t, {
    "*": (request, response) =>
      request.headers.host?.startsWith("old.test") === true
        ? redirect(`http://new.test:${site.port}/`)(request, response, 1)
        : page(`at ${request.headers.host}`, ["/more"])(request, response, 1),
    "/robots.txt": status(404),
  });
  const folder = scratch(t);
  const text = `# a comment\n\nhttp://a.test:${site.port}/x\nb.test:${site.port}\r\n1,c.test:${site.port}\n2,old.test:${site.port}\nhttp://[bad\nmailto:x@y.test\n`;
  const files: Record<string, Buffer> = {
    "plain.txt": Buffer.from(text),
    "list.gz": gzipSync(text),
    "list.zst": zstdCompressSync(Buffer.from(text)),
  };
  for (const name of [...Object.keys(files), "-"]) {
    const file = `${folder}/${name}`;
    if (name !== "-") writeFileSync(file, files[name] ?? "");
    const out = `${folder}/${name}.jsonl`;
    const ended = await run(
      [
        ...["crawl", "--list", name === "-" ? "-" : file, "--resolve", "*:*:127.0.0.1", "--delay", "0"],
        ...["--no-store", "--out", out, "--fields", "url,final_url,outcome", "--data", `${folder}/d${name}`],
      ],
      name === "-" ? { stdin: text } : {},
    );
    assert.equal(ended.code, 0, ended.stderr);
    const lines = jsonFile(out).sort((a, b) => String(a["url"]).localeCompare(String(b["url"])));
    const at = (host: string, path = "/") => `http://${host}.test:${site.port}${path}`;
    assert.deepEqual(
      lines.map(({ url }) => url),
      [at("a", "/x"), at("b"), at("c"), at("new"), at("old")],
      name,
    );
    assert.equal(lines.at(-1)?.["final_url"], at("new"));
    assert.match(ended.stderr, /2 given lines were no URL/);
  }
});

test("a sitemap's pages are given ones", async (t) => {
  const site = await serve(t, {
    "/map.xml": (_, response) => {
      const entries = ["/a", "/b"].map((path) => `<url><loc>${site.origin}${path}</loc></url>`).join("");
      response
        .setHeader("content-type", "application/xml")
        .end(`<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">${entries}</urlset>`);
    },
    "/a": page("a"),
    "/b": page("b"),
    "/robots.txt": status(404),
  });
  const folder = scratch(t);
  const out = `${folder}/out.jsonl`;
  const ended = await run([
    ...["crawl", "--sitemap", `${site.origin}/map.xml`, "--depth", "0", "--allow-private", "--delay", "0"],
    ...["--no-store", "--out", out, "--data", `${folder}/data`],
  ]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual(
    jsonFile(out).map(({ outcome }) => outcome),
    ["stored", "stored"],
  );
});
