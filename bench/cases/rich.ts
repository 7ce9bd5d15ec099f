// Pages that need a browser, by a crawl in the rich lane and by scripts on bare Playwright, each on every kind of Chromium that is
// here: CPU of the whole process tree, the browser's processes with it. The site is another process and not counted.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { FoundBrowser } from "../../src/render/browser-found.ts";
import { testBrowsers, whyNoBrowser } from "../../test/services/index.ts";
import type { Case, Figure } from "../case.ts";
import { costOf } from "../process-tree.ts";
import { runProgram } from "../program.ts";
import { type RichSite, startRichSite } from "../rich-site.ts";

const PAGES = 200;
/** CPU seconds a page, at most, in the browser that the lane takes first. */
const GOAL = 0.33;
const KINDS: Readonly<Record<FoundBrowser["kind"], string>> = {
  shell: "headless shell",
  whole: "whole browser",
};
const LANE = "--lane rich";
const CONTEXTS = "Playwright, a context a page";
const rival = fileURLToPath(new URL("../rich-rival.ts", import.meta.url));

type Cost = { readonly cpuS: number; readonly wallS: number; readonly peakMiB: number };

export const richCase: Case = {
  name: "rich",
  summary: "pages that a script fills, by --lane rich and by bare Playwright (needs Chromium)",
  async run({ runs, count, program }) {
    const browsers = testBrowsers();
    if (browsers.length === 0) process.stderr.write(`rich: left out, ${whyNoBrowser()}\n`);
    const pages = count ?? PAGES;
    const figures: Figure[] = [];
    for (const browser of browsers) {
      const samples = new Map<string, Cost[]>();
      const note = (name: string, cost: Cost): void =>
        void samples.set(name, [...(samples.get(name) ?? []), cost]);
      const site = await startRichSite(pages);
      try {
        for (let run = 0; run < runs; run++) {
          note(LANE, await crawl(site, pages, program, browser));
          for (const how of ["context", "page"]) {
            const args = [rival, browser.executable, String(site.port), String(pages), how];
            note(
              how === "page" ? "Playwright, one page for all" : CONTEXTS,
              await costOf(process.execPath, args),
            );
          }
        }
      } finally {
        site.close();
      }
      const named = (name: string): string => `${name} (${KINDS[browser.kind]})`;
      for (const [name, costs] of samples) {
        const goal = browser === browsers[0] ? { goal: GOAL } : {};
        const against = name === LANE ? { against: named(CONTEXTS), ...goal } : {};
        figures.push(
          {
            name: named(name),
            unit: "CPU s a page",
            samples: costs.map(({ cpuS }) => cpuS / pages),
            ...against,
          },
          {
            name: named(`${name}, rate`),
            unit: "pages/s",
            samples: costs.map(({ wallS }) => pages / wallS),
          },
          { name: named(`${name}, memory`), unit: "MiB", samples: costs.map(({ peakMiB }) => peakMiB) },
        );
      }
    }
    return figures;
  },
};

async function crawl(site: RichSite, pages: number, program: string, browser: FoundBrowser): Promise<Cost> {
  const args = ["crawl", site.seed, "--lane", "rich", "--depth", "100", "--delay", "0", "--no-robots"];
  process.env.MILLRACE_RENDER_BROWSER = browser.executable;
  try {
    const ended = await runProgram(
      program,
      [...args, "--resolve", site.resolve, "--quiet", "--no-store", "--data", "data", "--out", "OUT"],
      (file) => readFileSync(file, "utf8").split("\n").filter(Boolean),
    );
    const shown = ended.lines.filter((line) => line.includes("Paragraph 11 of page")).length;
    if (shown !== pages) throw new Error(`${shown} pages shown of ${pages}`);
    return ended;
  } finally {
    delete process.env.MILLRACE_RENDER_BROWSER;
  }
}
