// The browser of a role, where there is one: found, not yet started. Knows no page.
import { homedir } from "node:os";
import type { Clock } from "../base/index.ts";
import { type Config, searchPath } from "../config.ts";
import type { Dialer } from "../net/index.ts";
import type { Log } from "../observe/index.ts";
import { createRenderer, type FoundBrowser, findBrowser, type Renderer } from "../render/index.ts";
import { software } from "./open-folder.ts";

/** `wanted`: the configuration's path of one. */
export const browserHere = (wanted: string | null): FoundBrowser | null =>
  findBrowser({ wanted, path: searchPath(), home: homedir(), platform: process.platform });

/** What keeps pages from a browser: that there is none, or what the configuration says of it. */
export const browserUse = ({ render }: Config): "missing" | Config["render"]["when"] =>
  browserHere(render.browser) === null ? "missing" : render.when;

/** Null where none is to be used or none is to be had; it starts with the first page that goes there. */
export function rendererOf(
  config: Config,
  dialer: Dialer,
  { clock, log }: { clock: Clock; log: Log },
): Renderer | null {
  const { render, fetch, extract, net } = config;
  if (render.when === "never") return null;
  const found = browserHere(render.browser);
  if (found === null) return null;
  return createRenderer({
    options: render,
    executable: found.executable,
    dialer,
    clock,
    userAgent: fetch.userAgent,
    product: software(),
    acceptLanguage: fetch.acceptLanguage,
    insecure: net.insecure,
    inflatedBytesMax: extract.inflatedBytesMax,
    encodingsMax: extract.encodingsMax,
    onTrouble: (message) => log.error({ part: "browser", executable: found.executable }, message),
  });
}
