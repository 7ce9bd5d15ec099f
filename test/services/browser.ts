// The browser that tests of the rich lane start: the system's or Playwright's, found as the product finds it.
import { homedir } from "node:os";
// Not through the room's door: suites of servers, which load this too, need no browser's driver.
import { type FoundBrowser, findBrowser, findBrowsers } from "../../src/render/browser-found.ts";

/** The one to start, or null. */
export function testBrowser(): FoundBrowser | null {
  return findBrowser({
    wanted: null,
    path: process.env.PATH ?? "",
    home: homedir(),
    platform: process.platform,
  });
}

/** One of each kind that is here, the one the lane takes first. */
export const testBrowsers = (): FoundBrowser[] =>
  findBrowsers({ path: process.env.PATH ?? "", home: homedir(), platform: process.platform });

/** Null where there is a browser; else why tests that need one are skipped, for `{ skip: … }`. */
export function whyNoBrowser(): string | null {
  return testBrowser() === null ? "Chromium is not here: `node test/set-up.mjs` installs it" : null;
}
