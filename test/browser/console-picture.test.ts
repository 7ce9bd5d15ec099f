// The picture that a browser took of a page, looked at in the console: of a task and of the stored page.
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Page } from "playwright-core";
import type { Site } from "../scenario/site.ts";
import { whyNoBrowser } from "../services/index.ts";
import { type Eyes, open, type Served, serveConsole, siteToScrape } from "./console-run.ts";

suite("the console's pictures", { skip: whyNoBrowser() ?? false }, () => {
  const cleanups: (() => void)[] = [];
  const atEnd = { after: (fn: () => void) => void cleanups.push(fn) };
  let site: Site;
  let served: Served;
  let eyes: Eyes;

  before(async () => {
    site = await siteToScrape(atEnd);
    served = await serveConsole(atEnd, { MILLRACE_RENDER_SCREENSHOT: "true" });
    eyes = await open(served.url);
  });
  after(async () => {
    await eyes?.close();
    for (const cleanup of cleanups.reverse()) cleanup();
  });

  /** Loaded, and of a page's size. */
  const pictured = async (page: Page): Promise<void> => {
    await page.getByRole("tab", { name: "Picture" }).click();
    const picture = page.locator("[role=tabpanel] img, .picture img, section.card img").first();
    await picture.waitFor();
    await page.waitForFunction(
      "[...document.images].some(({ complete, naturalWidth, naturalHeight }) => complete && naturalWidth > 300 && naturalHeight > 100)",
    );
  };

  test("a task that a browser did has its picture in a tab, and so has the stored page", async () => {
    const page = await eyes.page();
    await page.getByRole("radio", { name: /^Browser/ }).check({ force: true });
    await page.getByLabel("Addresses").fill(`${site.origin}/mill`);
    await page.getByRole("button", { name: "Scrape" }).click();
    const row = page.getByLabel("Just now").getByRole("link");
    await row.getByText("Done").waitFor({ timeout: 60_000 });
    await row.click();
    await page.getByRole("heading", { level: 1, name: "The water mill" }).first().waitFor();
    await pictured(page);
    await eyes.shoot(page, "picture");
    await page.goto(`${served.url}/#/pages`);
    await page.getByRole("link", { name: /^The water mill/ }).click();
    await pictured(page);
  });

  test("no page asked another host for anything, and none threw", () => {
    assert.deepEqual(eyes.faults, []);
  });
});
