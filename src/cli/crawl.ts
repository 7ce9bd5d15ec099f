// `crawl`: the main job as a command that ends.
import { loadConfig } from "../config.ts";
import { defineCommand } from "./command.ts";
import { crawlFlags, crawlSpec } from "./crawl-flags.ts";

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
    const spec = crawlSpec(args, io.cwd);
    if (!spec.ok) return io.usage(`crawl: ${spec.error}`);
    const loaded = loadConfig({
      role: "standalone",
      files: args.shared.config,
      flags: spec.value.settings,
      cwd: io.cwd,
    });
    if (!loaded.ok) return io.usage(loaded.error);
    return io.failure({ code: "internal", message: "the topology is not built yet" });
  },
});
