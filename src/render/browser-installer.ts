// Where Playwright's own installer lies, which downloads the browser that its version was made for. Does not run it.
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

/** A script for Node: `install chromium-headless-shell`. */
export const playwrightInstaller = (): string =>
  join(dirname(createRequire(import.meta.url).resolve("playwright-core/package.json")), "cli.js");
