// `route`: the router's verdict on one page, explained rule by rule. A file or stdin is read as it is.

import { loadConfig } from "../config.ts";
import { extract } from "../extract/index.ts";
import { explain, judge, routeMarkers } from "../route/index.ts";
import { defineCommand, httpUrl, onOff, text, value } from "./command.ts";
import { readLocalPage } from "./local-page.ts";

export const route = defineCommand({
  name: "route",
  summary: "the router's verdict on a page, explained rule by rule",
  usage: "route [FILE|-] [--url U] [--json]",
  examples: [
    { line: "millrace route page.html", does: "the score, what made it, and the lane" },
    { line: "curl -s https://example.com | millrace route --json", does: "the verdict as JSON" },
  ],
  flags: {
    url: value("U", "the page's URL", httpUrl.optional()),
    "content-type": value("S", "the Content-Type header it came with", text.optional()),
    json: onOff("one JSON object: score, lane, rules"),
  },
  positionals: { min: 0, max: 1, what: "FILE" },
  drains: false,
  async run({ flags, positionals, shared }, io) {
    const loaded = loadConfig({ role: "standalone", files: shared.config, flags: [], cwd: io.cwd });
    if (!loaded.ok) return io.usage(loaded.error);
    const { config } = loaded.value;
    const given = { url: flags.url, contentType: flags["content-type"] };
    const page = await readLocalPage(positionals[0] ?? "-", given, io);
    if (!page.ok) return io.failure(page.error);
    const document = extract(page.value, config.extract, routeMarkers(config.route));
    if (!document.ok) return io.failure(document.error);
    // Where the page belongs, whether or not this machine has a browser.
    const verdict = judge(document.value.evidence, config.route, "auto", true);
    const { score, lane, rules } = verdict;
    await io.print(
      flags.json ? `${JSON.stringify({ score, lane, rules })}\n` : explain(verdict, config.route),
    );
    return 0;
  },
});
