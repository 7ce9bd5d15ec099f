// `robots`: what a robots.txt says of one agent and one URL. The verdict is the output; both verdicts are success.
import { resolve } from "node:path";
import { defineCommand, text, value } from "./command.ts";
import { readLocalPage } from "./local-page.ts";

export const robots = defineCommand({
  name: "robots",
  summary: "whether a robots.txt allows an agent a URL: prints allowed or disallowed",
  usage: "robots FILE --agent A --url U",
  examples: [
    {
      line: "millrace robots robots.txt --agent millrace --url https://example.com/private/",
      does: "allowed or disallowed",
    },
  ],
  flags: {
    agent: value("A", "the crawler's product token, or its whole User-Agent", text),
    url: value("U", "the URL, or its path", text),
  },
  positionals: { min: 1, max: 1, what: "FILE" },
  drains: false,
  async run({ flags, positionals }, io) {
    const file = positionals[0] ?? "-";
    const page = await readLocalPage(
      file === "-" ? file : resolve(io.cwd, file),
      { url: undefined, contentType: undefined },
      io,
    );
    if (!page.ok) return io.failure(page.error);
    // Loaded only now: --help needs no database.
    const { isAllowed, parseRobots, productToken, robotsPath } = await import("../frontier/index.ts");
    const { allowed } = isAllowed(
      parseRobots(page.value.body),
      productToken(flags.agent),
      robotsPath(flags.url),
    );
    await io.print(allowed ? "allowed\n" : "disallowed\n");
    return 0;
  },
});
