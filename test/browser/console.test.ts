// The console's main paths in a real Chromium, against the program as it is built.
import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import type { Page } from "playwright-core";
import type { Site } from "../scenario/site.ts";
import { whyNoBrowser } from "../services/index.ts";
import { type Eyes, open, type Served, serveConsole, siteToScrape } from "./console-run.ts";

const PLACES = ["scrape", "schedules", "live", "pages", "letters", "jobs"];
const PHONE = { viewport: { width: 360, height: 740 } };

suite("the console", { skip: whyNoBrowser() ?? false }, () => {
  const cleanups: (() => void)[] = [];
  const atEnd = { after: (fn: () => void) => void cleanups.push(fn) };
  let site: Site;
  let served: Served;
  let eyes: Eyes;

  before(async () => {
    site = await siteToScrape(atEnd);
    served = await serveConsole(atEnd);
    eyes = await open(served.url);
  });
  after(async () => {
    await eyes?.close();
    for (const cleanup of cleanups.reverse()) cleanup();
  });

  const go = async (page: Page, fragment: string): Promise<void> => {
    await page.goto(`${served.url}/#/${fragment}`);
    await page.locator("h1").first().waitFor();
  };
  const scrape = async (page: Page, ...paths: string[]): Promise<void> => {
    await page.getByLabel("Addresses").fill(paths.map((path) => site.origin + path).join("\n"));
    await page.getByRole("button", { name: "Scrape" }).click();
  };

  test("a pasted URL is scraped, and its text, facts, links, HTML and JSON are shown", async () => {
    const page = await eyes.page();
    await scrape(page, "/mill");
    const row = page.getByLabel("Just now").getByRole("link");
    await row.getByText("Done").waitFor();
    await row.click();
    await page.getByRole("heading", { level: 1, name: "The water mill" }).first().waitFor();
    await page.locator(".prose").getByText("has this sentence of its own").waitFor();
    await eyes.shoot(page, "result");
    await page.getByRole("tab", { name: "Details" }).click();
    await page.getByText("HTTP status").waitFor();
    await page.getByRole("tab", { name: /^Links/ }).click();
    await page.getByRole("link", { name: "to /race" }).waitFor();
    await page.getByRole("tab", { name: "JSON" }).click();
    await page.locator("pre", { hasText: '"outcome": "stored"' }).waitFor();
    await page.reload();
    await page.getByRole("tab", { name: "HTML" }).click();
    await page.locator("pre", { hasText: "<!doctype html>" }).waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("tab", { name: "Text" }).click();
    await page.getByRole("button", { name: "Download", exact: true }).click();
    assert.match((await download).suggestedFilename(), /mill\.md$/);
  });

  test("while one types, the addresses are counted and what is none is told by its line", async () => {
    const page = await eyes.page();
    await page.getByLabel("Addresses").fill("https://a.test/\nb.test\nftp://c.test\nhttps://a.test/");
    await page.getByText("2 addresses").waitFor();
    await page.getByText("1 repeated").waitFor();
    await page.getByText("only http and https").waitFor();
    await page.getByLabel("Addresses").fill("nothing here");
    assert.ok(await page.getByRole("button", { name: "Scrape" }).isDisabled());
  });

  test("many are watched until all are over; one that fails says why and what to do; the history filters", async () => {
    const page = await eyes.page();
    await scrape(page, "/race", "/wheel", "/broken");
    await page.getByText("3 of 3 finished").waitFor();
    await eyes.shoot(page, "many");
    const history = page.getByLabel("History");
    for (const title of ["The mill race", "The wheel"])
      await history.locator(".row", { hasText: title }).getByText("127.0.0.1").first().waitFor();
    await page.reload();
    await history.locator(".row-title", { hasText: "The mill race" }).first().waitFor();
    await history.getByLabel("Status").selectOption("failed");
    await history.getByRole("link").filter({ hasText: "/broken" }).first().click();
    await page.getByRole("alert").getByText("decode").waitFor();
    await page.getByText("What to do").waitFor();
    await page.getByRole("button", { name: "Try again" }).waitFor();
    await eyes.shoot(page, "failed");
  });

  test("a hostile page's words stay words: nothing of it runs, and nothing is loaded from anywhere", async () => {
    const page = await eyes.page();
    await scrape(page, "/hostile");
    await page.getByLabel("Just now").getByText("Done").waitFor();
    await page.getByLabel("Just now").getByRole("link").click();
    const prose = page.locator(".prose");
    await prose.getByText("press this").waitFor();
    await prose.getByText("a picture").click({ trial: true });
    assert.equal(await prose.locator("img, script, iframe, [onerror], [href^='javascript:']").count(), 0);
    await prose.getByText("press this").click();
    assert.equal(await page.evaluate("window.hit"), undefined);
  });

  test("a schedule is made, switched off and deleted", async () => {
    const page = await eyes.page();
    await go(page, "schedules");
    await page.getByRole("button", { name: "New schedule" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Create schedule" }).click();
    await dialog.getByText("An http or https address is needed").waitFor();
    await dialog.getByLabel("Address").fill(`${site.origin}/mill`);
    await dialog.getByRole("radio", { name: "Cron" }).check();
    await dialog.getByRole("button", { name: "Mondays at 09:00" }).click();
    await eyes.shoot(page, "new-schedule");
    await dialog.getByRole("button", { name: "Create schedule" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.getByText("0 9 * * 1").waitFor();
    await page.getByText("Asia/Seoul").waitFor();
    await eyes.shoot(page, "schedules");
    const enabled = page.getByRole("switch");
    await enabled.uncheck();
    await page.getByText("Off", { exact: true }).waitFor();
    await page.reload();
    assert.equal(await enabled.isChecked(), false);
    await page.getByRole("button", { name: /^Delete/ }).click();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await page.getByText("No schedules yet").waitFor();
  });

  test("a dead letter is shown with its reason and advice, and replayed", async () => {
    const page = await eyes.page();
    await go(page, "letters");
    const row = page.locator(".row", { hasText: "/broken" });
    await row.getByRole("button", { name: "Show" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("raw.page.dlq").first().waitFor();
    await eyes.shoot(page, "letter");
    const asked = site.count("/broken");
    await dialog.getByRole("button", { name: "Replay" }).click();
    await page.getByText("Queued again").waitFor();
    for (let looks = 0; looks < 200 && site.count("/broken") === asked; looks++)
      await page.waitForTimeout(50);
    assert.equal(site.count("/broken"), asked + 1, "the replayed URL was fetched again");
    // How a URL ended is the frontier's to remember: it is tried again, not dropped.
    await page.reload();
    await row.getByRole("button", { name: "Show" }).click();
    await dialog.getByRole("button", { name: "Replay" }).waitFor();
    assert.equal(await dialog.getByRole("button", { name: "Drop" }).count(), 0);
  });

  test("the live view draws the actors and counts what went through them", async () => {
    const page = await eyes.page();
    await go(page, "live");
    for (const name of ["frontier", "fetch", "process", "content", "metadata", "out"])
      await page.locator(".actor .name", { hasText: new RegExp(`^${name}$`) }).waitFor();
    await page.getByText("Ready").waitFor();
    await page.getByText("The same as a table").click();
    await page.getByRole("row", { name: /^fetch / }).waitFor();
    const channels = page.getByRole("table").filter({ hasText: "Channel" });
    assert.deepEqual(await channels.getByRole("columnheader").allTextContents(), [
      "Channel",
      "Waiting",
      "Room",
      "Taken",
    ]);
    const cells = await channels.getByRole("row").nth(1).getByRole("cell").allTextContents();
    assert.match(cells.join(" "), /^[\d,]+ [\d,]+ [\d.]+\/s$/);
    assert.match(
      (await page.locator(".channel title").first().textContent()) ?? "",
      /^\S.*: [\d,]+ of [\d,]+ waiting, [\d.]+\/s$/,
    );
    const stored = page.locator(".figures > div", { hasText: "Stored" }).locator("dd");
    assert.ok(Number(await stored.textContent()) >= 3);
    await scrape(await eyes.page(), "/mill");
    await page.locator(".connection.live").waitFor();
    await eyes.shoot(page, "live");
  });

  test("stored pages are found by a word and read", async () => {
    const page = await eyes.page();
    await go(page, "pages");
    await page.getByLabel("Search").fill("wheel");
    await page.getByRole("button", { name: "Search" }).click();
    await page.getByRole("link", { name: /^The wheel/ }).click();
    await page.locator(".prose").getByText("has this sentence of its own").waitFor();
    await page.getByRole("tab", { name: "HTML" }).click();
    await page.locator("pre", { hasText: "<article>" }).waitFor();
    await eyes.shoot(page, "page");
    await go(page, "pages?q=nowheretobefound");
    await page.getByText("Nothing found").waitFor();
  });

  test("a job is run now and its run is shown with its steps", async () => {
    const page = await eyes.page();
    await go(page, "jobs");
    await page.getByRole("button", { name: "Run now: retention" }).click();
    await page.getByRole("link", { name: "retention" }).click();
    await page.locator(".run").first().getByText("Done").first().waitFor();
    await page.locator(".steps li").first().waitFor();
    await eyes.shoot(page, "jobs");
  });

  test("the language is switched, kept, and told to the browser; dates follow", async () => {
    const page = await eyes.page();
    await page.getByLabel("Language").selectOption("ko");
    await page.getByRole("heading", { name: "페이지를 깔끔한 글로" }).waitFor();
    await page.reload();
    await page.getByRole("heading", { name: "페이지를 깔끔한 글로" }).waitFor();
    assert.equal(await page.locator("html").getAttribute("lang"), "ko");
    assert.match((await page.locator("time").first().textContent()) ?? "", /전|지금/);
    await eyes.shoot(page, "korean");
    const korean = await eyes.page({ locale: "ko-KR" });
    await korean.getByRole("heading", { name: "페이지를 깔끔한 글로" }).waitFor();
  });

  test("dark follows the system until one chooses, and the choice is kept", async () => {
    const ground = (page: Page): Promise<string> =>
      page.evaluate("getComputedStyle(document.body).backgroundColor");
    const page = await eyes.page({ colorScheme: "dark" });
    const dark = await ground(page);
    await eyes.shoot(page, "dark");
    await page.getByLabel("Appearance").selectOption("light");
    const light = await ground(page);
    assert.notEqual(light, dark);
    await page.reload();
    assert.equal(await ground(page), light);
    const other = await eyes.page({ colorScheme: "light" });
    assert.equal(await ground(other), light);
    await other.getByLabel("Appearance").selectOption("dark");
    assert.equal(await ground(other), dark);
  });

  test("on a phone every place fits its width, in both languages", async () => {
    for (const locale of ["en-GB", "ko-KR"]) {
      const page = await eyes.page({ ...PHONE, locale });
      for (const place of PLACES) {
        await go(page, place);
        await page.locator(".waiting").waitFor({ state: "detached" });
        const over = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
        assert.equal(over, 0, `${place} in ${locale} is ${over} pixels too wide`);
        await eyes.shoot(page, `phone-${place}-${locale.slice(0, 2)}`);
      }
    }
  });

  test("all of it works by keyboard: skip link, field, sending, places, dialog and back", async () => {
    const page = await eyes.page();
    const { keyboard } = page;
    const focused = (): Promise<string> =>
      page.evaluate("document.activeElement.id || document.activeElement.textContent");
    await page.getByRole("heading", { level: 1 }).waitFor();
    await keyboard.press("Tab");
    assert.equal(await focused(), "Skip to content");
    await keyboard.press("Enter");
    assert.equal(await focused(), "content");
    await keyboard.press("/");
    assert.equal(await focused(), "addresses");
    await keyboard.type(`${site.origin}/mill`);
    await keyboard.press("Control+Enter");
    await page.getByLabel("Just now").getByText("Done").waitFor();
    await page.evaluate("document.activeElement.blur()");
    await keyboard.press("g");
    await keyboard.press("c");
    await page.getByRole("heading", { level: 1, name: "Schedules" }).waitFor();
    // It is shown first and has the focus a frame later.
    await page.waitForFunction("document.activeElement.textContent === 'Schedules'");
    await keyboard.press("/");
    await keyboard.press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.waitFor();
    for (let presses = 0; presses < 15; presses++) {
      await keyboard.press("Tab");
      const isInside =
        "document.activeElement === document.body || document.activeElement.closest('dialog') !== null";
      assert.ok(await page.evaluate(isInside), "the focus stays in the dialog");
    }
    await keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    assert.match(await focused(), /New schedule/);
    await keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.getByLabel("Single-key shortcuts").press("Space");
    await keyboard.press("Escape");
    await keyboard.press("?");
    assert.equal(await dialog.count(), 0, "single keys are off");
  });

  test("what has the focus shows it", async () => {
    const page = await eyes.page();
    for (let presses = 0; presses < 12; presses++) {
      await page.keyboard.press("Tab");
      const outlined = await page.evaluate(`(() => {
        const at = document.activeElement;
        const marks = [at, at.nextElementSibling, at.closest(".composer")].filter(Boolean);
        return marks.some((mark) => getComputedStyle(mark).outlineStyle === "solid");
      })()`);
      assert.ok(outlined, await page.evaluate("document.activeElement.outerHTML.slice(0, 200)"));
    }
  });

  test("no page asked another host for anything, and none threw", () => {
    assert.deepEqual(eyes.faults, []);
  });
});
