// `crawl`: the main job as a command that ends.
import { loadConfig } from "../config.ts";
import { checkNetOptions } from "../net/index.ts";
import { armFrom } from "./arm-failpoint.ts";
import { defineCommand } from "./command.ts";
import { demoCrawl } from "./crawl-demo.ts";
import { crawlFlags, crawlSpec } from "./crawl-flags.ts";
import { crawlSession } from "./crawl-session.ts";

export const crawl = defineCommand({
  name: "crawl",
  summary: "fetch, route, extract and store pages; ends when nothing is left to fetch, with a summary",
  usage: "crawl [URL…] [--list FILE] [--sitemap URL] [flags]",
  examples: [
    { line: "millrace crawl --demo", does: "crawl the demonstration web that comes with the program" },
    {
      line: "millrace crawl https://example.com --depth 2",
      does: "one site, two links deep, into ./millrace-data",
    },
    {
      line: "millrace crawl --list urls.txt --no-store --out pages.jsonl",
      does: "a list, each page as a JSON line",
    },
  ],
  flags: crawlFlags,
  positionals: { min: 0, max: 10_000, what: "URL" },
  drains: true,
  async run(args, io) {
    const parsed = crawlSpec(args, io.cwd);
    if (!parsed.ok) return io.usage(`crawl: ${parsed.error}`);
    const demo = parsed.value.demo ? await demoCrawl(parsed.value, args.given.has("data")) : null;
    try {
      const spec = demo?.spec ?? parsed.value;
      const loaded = loadConfig({
        role: "standalone",
        files: args.shared.config,
        flags: spec.settings,
        cwd: io.cwd,
      });
      if (!loaded.ok) return io.usage(loaded.error);
      const { config } = loaded.value;
      const wrong = checkNetOptions(config.net)[0];
      if (wrong !== undefined) return io.usage(`crawl: ${wrong}`);
      armFrom(config.failpoint);
      return await crawlSession(spec, config, io);
    } finally {
      await demo?.close();
    }
  },
});
