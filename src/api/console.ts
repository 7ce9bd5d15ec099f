// The web console at `/`: the built files of a folder, read once at the start. Knows nothing of what they do.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
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
    const type = TYPES[extname(file)] ?? "application/octet-stream";
    const isPage = path === "/index.html";
    for (const url of isPage ? ["/", path] : [path])
      app.get(url, { config: { role: "open" }, schema: { hide: true } }, async (_request, reply) => {
        reply.header("content-type", type);
        // Whoever updates the program gets the new page at once.
        reply.header("cache-control", isPage ? "no-cache" : "public, max-age=3600");
        return reply.send(body);
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
