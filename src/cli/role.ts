// `--role`: one machine's actors until they are stopped. Standalone is a crawl of its seeds that stays up when its frontier
// is empty; ingestor and processor are its two halves with Kafka between them. Metrics and health are on their port.
import { resolve } from "node:path";
import { type Config, type LoadedConfig, loadConfig, ROLES, type Role } from "../config.ts";
import { checkNetOptions } from "../net/index.ts";
import { apiSession } from "./api-session.ts";
import { armFrom } from "./arm-failpoint.ts";
import { type Args, defineCommand, type ExitCode, oneOf, onOff, seconds, text, value } from "./command.ts";
import { type CrawlSpec, crawlFlags, crawlSpec } from "./crawl-flags.ts";
import { crawlSession } from "./crawl-session.ts";
import { ingestSession } from "./ingest-session.ts";
import type { Io } from "./io.ts";
import { processSession } from "./process-session.ts";

const { demo: _ownCommand, resume: _always, ...selectionFlags } = crawlFlags;

const flags = {
  role: value("standalone|ingestor|processor|api", "which actors run here", oneOf(ROLES)),
  "exit-when-done": onOff(
    "end when the frontier is empty and no page is with a processor, instead of staying up",
  ),
  "exit-when-idle": value(
    "S",
    "processor: end when nothing was left to read for S seconds",
    seconds(86_400).optional(),
  ),
  shard: value("I/N", "ingestor: one of N, which owns its part of the hosts; I from 0", text.optional()),
  ...selectionFlags,
};

type RoleArgs = Args<typeof flags>;

/** What a page leaves behind is the processor's to keep. */
const NOT_OF_INGESTOR = ["out", "schema", "fields", "no-store"] as const;
const OF_PROCESSOR: readonly string[] = [
  "role",
  "exit-when-idle",
  "data",
  "metrics-port",
  "quiet",
  "config",
  "verbose",
];

export const role = defineCommand({
  name: "--role",
  summary: "run one machine's actors until stopped",
  usage: "--role standalone|ingestor|processor|api [URL…] [flags of crawl]",
  examples: [
    {
      line: "millrace --role standalone --config site.yaml",
      does: "crawl the configuration's seeds, then stay up",
    },
    {
      line: "millrace --role ingestor --list hosts.txt --exit-when-done",
      does: "fetch and hand pages to Kafka; end when each is processed",
    },
    { line: "millrace --role processor", does: "take pages from Kafka, extract and store them" },
  ],
  flags,
  positionals: { min: 0, max: 10_000, what: "URL" },
  drains: true,
  async run(args, io) {
    switch (args.flags.role) {
      case "standalone":
        return withCrawl("standalone", args, io, (spec, config) => crawlSession(spec, config, io));
      case "ingestor":
        return withCrawl("ingestor", args, io, (spec, config) => ingestSession(spec, config, io));
      case "processor":
        return runProcessor("processor", args, io);
      case "api":
        return runProcessor("api", args, io);
    }
  },
});

async function withCrawl(
  name: "standalone" | "ingestor",
  args: RoleArgs,
  io: Io,
  work: (spec: CrawlSpec, config: Config) => Promise<ExitCode>,
): Promise<ExitCode> {
  const isIngestor = name === "ingestor";
  const foreign = isIngestor
    ? [...NOT_OF_INGESTOR, "exit-when-idle"].find((flag) => args.given.has(flag))
    : ["exit-when-idle", "shard"].find((flag) => args.given.has(flag));
  if (foreign !== undefined) return io.usage(`--role ${name}: --${foreign} is not for this role`);
  const before = loaded(name, args, io, []);
  if (!before.ok) return io.usage(before.error);
  const { list, sitemap, shard } = args.flags;
  const hasOwn = args.positionals.length + list.length + sitemap.length > 0;
  const seeds = hasOwn ? args.positionals : before.value.config.seeds;
  // An ingestor without seeds waits for what other machines send.
  const resume = isIngestor && !hasOwn && seeds.length === 0;
  const parsed = crawlSpec(
    { ...args, flags: { ...args.flags, demo: false, resume }, positionals: seeds },
    io.cwd,
  );
  if (!parsed.ok) return io.usage(`--role ${name}: ${parsed.error}`);
  const settings =
    shard === undefined
      ? parsed.value.settings
      : [...parsed.value.settings, { path: "frontier.shard", value: shard, flag: "--shard" }];
  const full = loaded(name, args, io, settings);
  if (!full.ok) return io.usage(full.error);
  const { config } = full.value;
  const wrong = checkNetOptions(config.net)[0];
  if (wrong !== undefined) return io.usage(`--role ${name}: ${wrong}`);
  armFrom(config.failpoint);
  const stays = !args.flags["exit-when-done"];
  return work({ ...parsed.value, stays, metricsPort: portOf(args, config) }, config);
}

/** Of both: the stores are on servers, and there is nothing to select. */
async function runProcessor(name: "processor" | "api", args: RoleArgs, io: Io): Promise<ExitCode> {
  const foreign = [...args.given].find((flag) => !OF_PROCESSOR.includes(flag));
  if (foreign !== undefined) return io.usage(`--role ${name}: --${foreign} is not for this role`);
  if (args.positionals.length > 0)
    return io.usage(`--role ${name}: takes no URL (${JSON.stringify(args.positionals[0])})`);
  const full = loaded(name, args, io, []);
  if (!full.ok) return io.usage(full.error);
  const { config } = full.value;
  armFrom(full.value.config.failpoint);
  const idleS = args.flags["exit-when-idle"];
  const spec = {
    data: resolve(io.cwd, args.flags.data),
    quiet: args.flags.quiet,
    metricsPort: portOf(args, config),
    idleMs: idleS === undefined ? null : idleS * 1000,
  };
  return name === "api" ? apiSession(spec, config, io) : processSession(spec, config, io);
}

function loaded(role: Role, { shared }: RoleArgs, io: Io, settings: CrawlSpec["settings"]) {
  return loadConfig({ role, files: shared.config, cwd: io.cwd, flags: settings });
}

function portOf({ flags }: RoleArgs, { observe }: LoadedConfig["config"]): number | null {
  const { enabled, port } = observe.metrics;
  return flags["metrics-port"] ?? (enabled ? port : null);
}
