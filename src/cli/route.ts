// `route`: the router's verdict on one page, explained rule by rule. A file or stdin is read as it is, a URL is fetched.

import { err, type Result } from "../base/index.ts";
import { type Config, loadConfig } from "../config.ts";
import { extract } from "../extract/index.ts";
import type { Failure } from "../model/index.ts";
import { explain, judge, routeMarkers } from "../route/index.ts";
import { defineCommand, httpUrl, onOff, text, value } from "./command.ts";
import type { Io } from "./io.ts";
import { type LocalPage, readLocalPage } from "./local-page.ts";
import { seedUrl } from "./seed.ts";

export const route = defineCommand({
  name: "route",
  summary: "the router's verdict on a page, explained rule by rule",
  usage: "route [FILE|URL|-] [--url U] [--json]",
  examples: [
    { line: "millrace route page.html", does: "the score, what made it, and the lane" },
    { line: "curl -s https://example.com | millrace route --json", does: "the verdict as JSON" },
  ],
  flags: {
    url: value("U", "the page's URL", httpUrl.optional()),
    "content-type": value("S", "the Content-Type header it came with", text.optional()),
    "allow-private": onOff("with a URL: permit loopback and private addresses"),
    "no-robots": onOff("with a URL: do not ask for robots.txt"),
    json: onOff("one JSON object: score, lane, rules"),
  },
  positionals: { min: 0, max: 1, what: "FILE" },
  drains: false,
  async run({ flags, positionals, shared }, io) {
    const settings = [
      ...(flags["allow-private"] ? [{ path: "net.allowPrivate", value: true, flag: "--allow-private" }] : []),
      ...(flags["no-robots"] ? [{ path: "frontier.robots", value: false, flag: "--no-robots" }] : []),
    ];
    const loaded = loadConfig({ role: "standalone", files: shared.config, flags: settings, cwd: io.cwd });
    if (!loaded.ok) return io.usage(loaded.error);
    const { config } = loaded.value;
    const given = { url: flags.url, contentType: flags["content-type"] };
    const name = positionals[0] ?? "-";
    const isUrl = /^https?:\/\//i.test(name);
    const page = isUrl ? await fetched(name, config, io) : await readLocalPage(name, given, io);
    if (!page.ok) return io.failure(page.error);
    const document = extract(page.value, config.extract, routeMarkers(config.route));
    if (!document.ok) return io.failure(document.error);
    // Where the page belongs, whether or not this machine has a browser.
    const { evidence } = document.value;
    const judged = { url: page.value.url, evidence, choice: "auto", browserAvailable: true } as const;
    const verdict = judge(judged, config.route);
    const { score, lane, rules } = verdict;
    await io.print(
      flags.json ? `${JSON.stringify({ score, lane, rules })}\n` : explain(verdict, config.route),
    );
    return 0;
  },
});

async function fetched(written: string, config: Config, io: Io): Promise<Result<LocalPage, Failure>> {
  const url = seedUrl(written);
  if (!url.ok) return err({ code: "internal", message: `${JSON.stringify(written)} ${url.error}` });
  // Loaded only now: a local file needs no HTTP client.
  const { fetchPage } = await import("./fetch-page.ts");
  return fetchPage(url.value, config, io);
}
