// The console as a person has it: the built program serving it, a small site to scrape, a Chromium that looks. Every page of
// the browser is watched: what it asks another host for, what it throws, what its content policy stops.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { root, scratch, start } from "../scenario/program.ts";
import { html, page, type Site, serve } from "../scenario/site.ts";
import { testBrowser } from "../services/index.ts";

type Cleanup = { after(fn: () => void): void };

/** What a run of the tests leaves to look at. */
const SCREENSHOTS = join(root, ".cache", "screenshots");

export interface Served {
  /** Without a slash at its end. */
  readonly url: string;
  close(): Promise<void>;
}

/** `millrace serve` on a free port and a folder of its own. */
export async function serveConsole(t: Cleanup, env: Record<string, string> = {}): Promise<Served> {
  const flags = ["--port", "0", "--allow-private", "--delay", "0"];
  const running = start(["serve", "--data", join(scratch(t), "data"), ...flags], { env });
  t.after(() => running.child.kill("SIGKILL"));
  for (;;) {
    const url = /API and console on (\S+)/.exec(running.stderr())?.[1];
    if (url !== undefined) {
      const close = async (): Promise<void> => {
        running.child.kill("SIGTERM");
        await running.ended;
      };
      return { url: url.replace(/\/$/, ""), close };
    }
    assert.equal(running.child.exitCode, null, running.stderr());
    await sleep(50);
  }
}

/** A head as gzip has it, and then nothing that inflates. */
const NO_GZIP = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), Buffer.alloc(200, 0xff)]);

/** Pages of every kind that the console must show well. */
export const siteToScrape = (t: Cleanup): Promise<Site> =>
  serve(t, {
    "/mill": page("The water mill", ["/race", "/wheel"]),
    "/race": page("The mill race"),
    "/wheel": page("The wheel"),
    "/hostile": (_, response) =>
      response
        .setHeader("content-type", "text/html; charset=utf-8")
        .end(
          html("Hostile &lt;img src=x onerror=alert(1)>").replace(
            "</article>",
            '<p>Told &lt;script>window.hit=1&lt;/script> <a href="javascript:window.hit=2">press this</a> and <img src="http://127.0.0.9:9/p.png" alt="a picture"></p></article>',
          ),
        ),
    "/broken": (_, response) =>
      response.writeHead(200, { "content-type": "text/html", "content-encoding": "gzip" }).end(NO_GZIP),
  });

export interface Eyes {
  page(options?: BrowserContextOptions): Promise<Page>;
  /** Kept as an artefact of the run. */
  shoot(page: Page, name: string): Promise<void>;
  /** What no page of the console may do; empty when all is well. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

export async function open(origin: string): Promise<Eyes> {
  const found = testBrowser();
  assert.ok(found !== null);
  const browser: Browser = await chromium.launch({ executablePath: found.executable });
  const faults: string[] = [];
  mkdirSync(SCREENSHOTS, { recursive: true });
  return {
    faults,
    async page(options = {}) {
      const context = await browser.newContext({ locale: "en-GB", timezoneId: "Asia/Seoul", ...options });
      const opened = await context.newPage();
      opened.setDefaultTimeout(20_000);
      opened.on("request", (request) => {
        if (!/^(?:data|blob):/.test(request.url()) && !request.url().startsWith(`${origin}/`))
          faults.push(`asked for ${request.url()}`);
      });
      opened.on("pageerror", (error) => faults.push(`threw ${error.message}`));
      await opened.goto(`${origin}/`);
      return opened;
    },
    async shoot(shown, name) {
      await shown.screenshot({ path: join(SCREENSHOTS, `console-${name}.png`) });
    },
    close: () => browser.close(),
  };
}
