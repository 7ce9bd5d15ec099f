import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import fastify from "fastify";
import { validatorCompiler, type ZodTypeProvider } from "fastify-type-provider-zod";
import type { ApiApp } from "./app.ts";
import { serveConsole } from "./console.ts";

const PAGE = `<!doctype html><title>console</title>${"<p>words</p>".repeat(100)}`;

function served(t: { after(fn: () => void): void }): ApiApp {
  const folder = mkdtempSync(join(tmpdir(), "millrace-console-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, "page"));
  writeFileSync(join(folder, "index.html"), PAGE);
  writeFileSync(join(folder, "page", "main.js"), "export {};\n");
  const app: ApiApp = fastify().withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  serveConsole(app, folder);
  return app;
}

test("the page is at the root, its modules by their names, and nothing else", async (t) => {
  const app = served(t);
  const page = await app.inject("/");
  assert.equal(page.body, PAGE);
  assert.match(String(page.headers["content-type"]), /^text\/html/);
  const module = await app.inject("/page/main.js");
  assert.match(String(module.headers["content-type"]), /^text\/javascript/);
  for (const path of ["/page/../../package.json", "/page", "/page/"])
    assert.equal((await app.inject(path)).statusCode, 404, path);
});

test("who takes gzip gets it, who refuses it does not, and what would grow goes as it is", async (t) => {
  const app = served(t);
  const get = (url: string, encoding: string) =>
    app.inject({ url, headers: { "accept-encoding": encoding } });
  const zipped = await get("/", "br, gzip");
  assert.equal(zipped.headers["content-encoding"], "gzip");
  assert.equal(gunzipSync(zipped.rawPayload).toString(), PAGE);
  assert.equal((await get("/", "gzip;q=0, br")).headers["content-encoding"], undefined);
  assert.equal((await get("/page/main.js", "gzip")).headers["content-encoding"], undefined);
});

test("what has not changed is answered by 304", async (t) => {
  const app = served(t);
  const { etag = "" } = (await app.inject("/")).headers;
  const again = await app.inject({ url: "/", headers: { "if-none-match": String(etag) } });
  assert.equal(again.statusCode, 304);
  assert.equal(again.body, "");
  assert.equal((await app.inject({ url: "/", headers: { "if-none-match": '"other"' } })).statusCode, 200);
});
