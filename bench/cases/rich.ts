// Pages that need a browser, by a crawl in the rich lane and by scripts on bare Playwright: CPU of the whole process tree, the
// browser's processes with it. The site is another process and not counted.
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { testBrowser, whyNoBrowser } from "../../test/services/index.ts";
import type { Case, Figure } from "../case.ts";
import { costOf } from "../process-tree.ts";
import { runProgram } from "../program.ts";
import { startRichSite } from "../rich-site.ts";

const PAGES = 200;
/** CPU seconds a page, at most. */
const GOAL = 0.33;
const rival = fileURLToPath(new URL("../rich-rival.ts", import.meta.url));

export const richCase: Case = {
  name: "rich",
  summary: "pages that a script fills, by --lane rich and by bare Playwright (needs Chromium)",
  async run({ runs, count, program }) {
    const browser = testBrowser();
    if (browser === null) {
      process.stderr.write(`rich: left out, ${whyNoBrowser()}\n`);
      return [];
    }
    const pages = count ?? PAGES;
    const site = await startRichSite(pages);
    const samples = new Map<string, { cpu: number[]; rate: number[]; peak: number[] }>();
    const note = (name: string, cost: { cpuS: number; wallS: number; peakMiB: number }): void => {
      const taken = samples.get(name) ?? { cpu: [], rate: [], peak: [] };
      taken.cpu.push(cost.cpuS / pages);
      taken.rate.push(pages / cost.wallS);
      taken.peak.push(cost.peakMiB);
      samples.set(name, taken);
    };
    try {
      const args = ["crawl", site.seed, "--lane", "rich", "--depth", "100", "--delay", "0", "--no-robots"];
      for (let run = 0; run < runs; run++) {
        const ended = await runProgram(
          program,
          [...args, "--resolve", site.resolve, "--quiet", "--no-store", "--data", "data", "--out", "OUT"],
          (file) => readFileSync(file, "utf8").split("\n").filter(Boolean),
        );
        const shown = ended.lines.filter((line) => line.includes("Paragraph 11 of page")).length;
        if (shown !== pages) throw new Error(`${shown} pages shown of ${pages}`);
        note("--lane rich", ended);
        for (const how of ["context", "page"]) {
          const rivalArgs = [rival, browser.executable, String(site.port), String(pages), how];
          note(
            how === "page" ? "Playwright, one page for all" : "Playwright, a context a page",
            await costOf(process.execPath, rivalArgs),
          );
        }
      }
    } finally {
      site.close();
    }
    return [...samples].flatMap(([name, { cpu, rate, peak }]): Figure[] => {
      const against = name === "--lane rich" ? { against: "Playwright, a context a page", goal: GOAL } : {};
      return [
        { name, unit: "CPU s a page", samples: cpu, ...against },
        { name: `${name}, rate`, unit: "pages/s", samples: rate },
        { name: `${name}, memory`, unit: "MiB", samples: peak },
      ];
    });
  },
};
