// `run`: one run of a recipe, then exit: for a cron job, a timer or a job of the cloud. On the database of DATABASE_URL where there
// is one, else in a data folder.
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { describe } from "../base/index.ts";
import { type Config, loadConfig } from "../config.ts";
import { NotConnected } from "../engine/index.ts";
import type { DeclaredFields } from "../model/index.ts";
import { checkNetOptions, createDialer } from "../net/index.ts";
import { createLog, createMetrics, type Log } from "../observe/index.ts";
import {
  type ImagesSummary,
  type PageSchemas,
  pageSchemas,
  QueryRefused,
  SubjectTable,
  subjectsFromCsv,
  WrongHeader,
} from "../recipes/index.ts";
import { embeddedStore, type Store, StoreRefused, serverStore } from "../store/index.ts";
import { type Args, defineCommand, type ExitCode, onOff, text, value, wholeNumber } from "./command.ts";
import { crawlFlags, settingsOf } from "./crawl-flags.ts";
import { ownFolder, runningOwner } from "./data-folder.ts";
import { failureOf } from "./failure-of.ts";
import { fillWatch } from "./fill-watch.ts";
import { imagesRun } from "./images-run.ts";
import type { Io } from "./io.ts";
import { oneLine } from "./io.ts";
import { software } from "./open-folder.ts";
import { imagesElsewhere, subjectsElsewhere } from "./run-elsewhere.ts";

const flags = {
  subjects: value(
    "FILE",
    "enter subjects from a CSV first: id, name and, as one likes, url and others (- stdin)",
    text.optional(),
  ),
  limit: value(
    "N",
    "subjects at most (default 100; 0: only enter subjects)",
    wholeNumber(0, 100_000).optional(),
  ),
  data: crawlFlags.data,
  servers: onOff(
    "on the servers of the configuration, not in a data folder (default where DATABASE_URL is set and --data is not given)",
  ),
  "allow-private": crawlFlags["allow-private"],
  insecure: crawlFlags.insecure,
  resolve: crawlFlags.resolve,
  proxy: crawlFlags.proxy,
  header: crawlFlags.header,
  "user-agent": crawlFlags["user-agent"],
  "no-robots": crawlFlags["no-robots"],
  "per-host": crawlFlags["per-host"],
  delay: crawlFlags.delay,
  timeout: crawlFlags.timeout,
  quiet: crawlFlags.quiet,
};

type RunArgs = Args<typeof flags>;

/** Bad lines told one by one; the rest are only counted. */
const BAD_SHOWN_MAX = 20;

export const run = defineCommand({
  name: "run",
  summary: "one run of a recipe, then exit",
  usage: "run images [--subjects FILE.csv] [--limit N] [--data DIR | --servers] [flags]",
  examples: [
    {
      line: "millrace run images --subjects artists.csv",
      does: "enters the subjects, then looks for 100 pictures",
    },
    {
      line: "DATABASE_URL=postgres://… millrace run images",
      does: "on the servers: from cron, or as a job of the cloud",
    },
  ],
  flags,
  positionals: { min: 1, max: 1, what: "RECIPE" },
  drains: true,
  async run(args, io) {
    const [recipe] = args.positionals;
    if (recipe !== "images") return io.usage(`run ${JSON.stringify(recipe)}: the recipe must be images`);
    const loaded = configOf(args, io);
    if ("error" in loaded) return io.usage(loaded.error);
    const { config, onServers } = loaded;
    const wrong = checkNetOptions(config.net)[0];
    if (wrong !== undefined) return io.usage(`run: ${wrong}`);
    const schemas = pageSchemas(config.recipes.images);
    if (!schemas.ok) return io.usage(schemas.error);
    const task = { args, config, schemas: schemas.value, isAlone: !onServers };
    const data = resolve(io.cwd, args.flags.data);
    if (onServers) return opened(() => serverStore(data, config.store, software(), io.clock), task, io);
    const running = await runningOwner(data, io.clock);
    if (running !== null) return elsewhere(running, task, io);
    const lock = await ownFolder({ folder: data, create: true, clock: io.clock, signal: io.stop });
    if (!lock.ok) return io.failure(lock.error);
    try {
      return await opened(() => embeddedStore(data, config.store, software(), io.clock), task, io);
    } finally {
      lock.value.release();
    }
  },
});

function configOf(args: RunArgs, io: Io): { config: Config; onServers: boolean } | { error: string } {
  const settings = settingsOf(args.flags, args.given);
  const load = (role: "standalone" | "processor") =>
    loadConfig({ role, files: args.shared.config, flags: settings, cwd: io.cwd });
  if (args.flags.servers && args.given.has("data"))
    return { error: "run: give --data or --servers, not both" };
  const alone = load("standalone");
  if (!alone.ok) return { error: alone.error };
  const onServers =
    args.flags.servers || (alone.value.config.store.database.url !== null && !args.given.has("data"));
  if (!onServers) return { config: alone.value.config, onServers };
  const shared = load("processor");
  return shared.ok ? { config: shared.value.config, onServers } : { error: shared.error };
}

interface Task {
  readonly args: RunArgs;
  readonly config: Config;
  readonly schemas: PageSchemas;
  /** Who has the folder is the only one to collect there. */
  readonly isAlone: boolean;
}

async function opened(open: () => Store, task: Task, io: Io): Promise<ExitCode> {
  const { args, config } = task;
  const level = args.flags.quiet ? ({ level: "error" } as const) : {};
  // For people, as what `crawl` says; the result is the line on stdout.
  const { format } = config.observe.log;
  const plain = { ...config.observe.log, format: format === "auto" ? ("pretty" as const) : format };
  const log = createLog({ ...plain, ...level }, io.stderr);
  let store: Store | null = null;
  try {
    store = open();
    await store.metadata.connect(io.stop);
    if (task.isAlone) await new SubjectTable(store.session).orphan();
    return await imagesIn(store, task, io, log);
  } catch (thrown) {
    if (thrown instanceof StoreRefused || thrown instanceof QueryRefused) return io.usage(describe(thrown));
    const away = thrown instanceof NotConnected;
    return io.failure(away ? { code: "store", message: describe(thrown), cause: thrown } : failureOf(thrown));
  } finally {
    await store?.close();
  }
}

async function imagesIn(store: Store, { args, config, schemas }: Task, io: Io, log: Log): Promise<ExitCode> {
  const { subjects, limit } = args.flags;
  if (subjects !== undefined) {
    const entered = await enter(new SubjectTable(store.session), subjects, config, io);
    if (entered !== 0) return entered;
  }
  if (limit === 0) return 0;
  const dialer = createDialer(config.net, io.clock);
  const metrics = createMetrics();
  const fills = fillWatch("images", { log, metrics });
  try {
    const parts = {
      schemas,
      config,
      store,
      dialer,
      clock: io.clock,
      log,
      metrics,
      turns: null,
      found: (fields: DeclaredFields) => fills.found(fields),
      isTold: true,
      limit: limit ?? null,
    };
    const summary = await imagesRun(parts, io.stop);
    await tell(summary, io);
    return 0;
  } finally {
    dialer.close();
  }
}

/** Flags that say something here, whoever runs the recipe. */
const HERE: ReadonlySet<string> = new Set(["subjects", "data", "servers", "quiet"]);

async function elsewhere(
  running: Parameters<typeof imagesElsewhere>[0],
  { args, config }: Task,
  io: Io,
): Promise<ExitCode> {
  const { subjects, limit, quiet } = args.flags;
  const idle = [...args.given].filter((name) => !HERE.has(name) && !(name === "limit" && limit === 0));
  const { pid } = running;
  if (idle.length > 0)
    io.say(`process ${pid} has the folder and its own settings: --${idle.join(", --")} change nothing`);
  else if (!quiet) io.say(`process ${pid} has the folder: it runs the recipe`);
  try {
    if (subjects !== undefined) {
      const entered = await enter(subjectsElsewhere(running.control), subjects, config, io);
      if (entered !== 0) return entered;
    }
    if (limit === 0) return 0;
    return await imagesElsewhere(running, (summary) => tell(summary, io), io);
  } catch (thrown) {
    return io.failure(failureOf(thrown));
  }
}

async function tell(summary: ImagesSummary, io: Io): Promise<void> {
  await io.print(`${JSON.stringify(summary)}\n`);
  io.say(shown(summary));
}

async function enter(
  table: Pick<SubjectTable, "add">,
  file: string,
  config: Config,
  io: Io,
): Promise<ExitCode> {
  let told = 0;
  const onBad = (line: number, why: string): void => {
    if (told++ < BAD_SHOWN_MAX) io.say(`millrace: ${oneLine(`${file} line ${line} ${why}`)}: left out`);
  };
  try {
    const bytes = file === "-" ? io.stdin : createReadStream(resolve(io.cwd, file));
    const { subjectsMax } = config.recipes.images;
    const counts = await subjectsFromCsv(bytes, { table, subjectsMax, onBad, signal: io.stop });
    const bad = counts.bad === 0 ? "" : `, ${counts.bad} lines left out`;
    io.say(`subjects: ${counts.added} added, ${counts.changed} changed${bad}`);
    return 0;
  } catch (thrown) {
    if (thrown instanceof WrongHeader) return io.usage(`--subjects ${file}: ${thrown.message}`);
    if (
      thrown instanceof Error &&
      "code" in thrown &&
      ["ENOENT", "EISDIR", "EACCES"].includes(String(thrown.code))
    )
      return io.usage(`--subjects ${file}: cannot be read (${describe(thrown)})`);
    throw thrown;
  }
}

function shown({ taken, stored, unchanged, failed, skipped, codes, due }: ImagesSummary): string {
  const why = Object.entries(codes).map(([code, count]) => `${count} ${code}`);
  const reasons = why.length === 0 ? "" : ` (${why.join(", ")})`;
  return `images: ${taken} subjects, ${stored} stored, ${unchanged} unchanged, ${failed} failed, ${skipped} skipped${reasons}; ${due} more are due`;
}
