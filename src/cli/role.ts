// `--role`: one machine's actors until they are stopped. In this build a process has the role standalone, which is a crawl of
// its seeds that stays up when its frontier is empty, with metrics and health on their port.
import { loadConfig, ROLES } from "../config.ts";
import { checkNetOptions } from "../net/index.ts";
import { defineCommand, oneOf, onOff, value } from "./command.ts";
import { crawlFlags, crawlSpec } from "./crawl-flags.ts";
import { crawlSession } from "./crawl-session.ts";

const { demo: _ownCommand, resume: _always, ...selectionFlags } = crawlFlags;

export const role = defineCommand({
  name: "--role",
  summary: "run one machine's actors until stopped",
  usage: "--role standalone [URL…] [flags of crawl]",
  examples: [
    {
      line: "millrace --role standalone --config site.yaml",
      does: "crawl the configuration's seeds, then stay up",
    },
    {
      line: "millrace --role standalone https://example.com --exit-when-done",
      does: "end when nothing is left to fetch",
    },
  ],
  flags: {
    role: value("standalone|ingestor|processor|api", "which actors run here", oneOf(ROLES)),
    "exit-when-done": onOff("end when the frontier is empty instead of staying up"),
    ...selectionFlags,
  },
  positionals: { min: 0, max: 10_000, what: "URL" },
  drains: true,
  async run(args, io) {
    const { role: name } = args.flags;
    if (name !== "standalone")
      return io.usage(`--role ${name}: this build has no such role yet; allowed is standalone`);
    const request = { role: name, files: args.shared.config, cwd: io.cwd };
    const before = loadConfig({ ...request, flags: [] });
    if (!before.ok) return io.usage(before.error);
    const { list, sitemap } = args.flags;
    const hasOwn = args.positionals.length + list.length + sitemap.length > 0;
    const parsed = crawlSpec(
      {
        ...args,
        flags: { ...args.flags, demo: false, resume: false },
        positionals: hasOwn ? args.positionals : before.value.config.seeds,
      },
      io.cwd,
    );
    if (!parsed.ok) return io.usage(`--role ${name}: ${parsed.error}`);
    const loaded = loadConfig({ ...request, flags: parsed.value.settings });
    if (!loaded.ok) return io.usage(loaded.error);
    const { config } = loaded.value;
    const wrong = checkNetOptions(config.net)[0];
    if (wrong !== undefined) return io.usage(`--role ${name}: ${wrong}`);
    const { enabled, port } = config.observe.metrics;
    return crawlSession(
      {
        ...parsed.value,
        stays: !args.flags["exit-when-done"],
        metricsPort: parsed.value.metricsPort ?? (enabled ? port : null),
      },
      config,
      io,
    );
  },
});
