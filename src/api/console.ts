// The web console at `/`: the built files of a folder, read and compressed once at the start. Knows nothing of what they do.
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import { gzipSync } from "node:zlib";
import type { ApiApp } from "./app.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".json": "application/json",
  ".map": "application/json",
  ".woff2": "font/woff2",
  ".webmanifest": "application/manifest+json",
};
const FILES_MAX = 500;
const FILE_BYTES_MAX = 16 * 1024 * 1024;

/** Only what was there at the start is served, by its exact name: there is no path to play tricks with. */
export function serveConsole(app: ApiApp, folder: string | null): void {
  if (folder === null) return;
  for (const file of filesOf(folder)) {
    const path = `/${relative(folder, file).split(sep).join("/")}`;
    const body = readFileSync(file);
    const zipped = gzipSync(body);
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const tag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    for (const url of path === "/index.html" ? ["/", path] : [path])
      app.get(url, { config: { role: "open" }, schema: { hide: true } }, async ({ headers }, reply) => {
        reply.header("content-type", type);
        // Asked again each time and answered by 304: modules of two versions never meet in one page.
        reply.header("cache-control", "no-cache");
        reply.header("etag", tag);
        reply.header("vary", "accept-encoding");
        if (headers["if-none-match"]?.includes(tag) === true) return reply.code(304).send();
        if (
          zipped.length >= body.length ||
          !/\bgzip\b(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))/.test(headers["accept-encoding"] ?? "")
        )
          return reply.send(body);
        return reply.header("content-encoding", "gzip").send(zipped);
      });
  }
}

function filesOf(folder: string): string[] {
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => statSync(file).size <= FILE_BYTES_MAX)
    .slice(0, FILES_MAX);
}
