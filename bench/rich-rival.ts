// What people write by hand with Playwright, for the rich lane to be held against: `node bench/rich-rival.ts BROWSER PORT PAGES
// HOW`, HOW being a new context for each page or one page for all. Two at a time, as the lane.
import { chromium, type Page } from "playwright-core";

const [executablePath = "", port = "", pages = "", how = ""] = process.argv.slice(2);
const AT_ONCE = 2;

const browser = await chromium.launch({
  executablePath,
  args: [`--host-resolver-rules=MAP app.test 127.0.0.1`],
});
let next = 0;
let characters = 0;

async function read(page: Page, number: number): Promise<void> {
  await page.goto(`http://app.test:${port}/page/${number}`);
  await page.waitForSelector("main a, main p");
  characters += (await page.content()).length;
}

await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    const own = how === "page" ? await browser.newPage() : null;
    for (let number = next++; number < Number(pages); number = next++) {
      const context = own === null ? await browser.newContext() : null;
      const page = own ?? (await context?.newPage());
      if (page !== undefined) await read(page, number);
      await context?.close();
    }
  }),
);
await browser.close();
console.log(characters);
