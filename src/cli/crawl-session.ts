// One crawl from its spec to its exit code: owns the folder, opens the rooms, builds the graph, feeds it, shows how it
// goes, answers questions through the folder's socket, and closes everything in order. Knows no flag and no arrow.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, systemRandom } from "../base/index.ts";
import type { Config } from "../config.ts";
import type { ParsePool, Schema } from "../extract/index.ts";
import type { OutLine } from "../model/index.ts";
import { createMetrics, type Metrics } from "../observe/index.ts";
import { type Graph, type Recovered, recover, standalone } from "../topology/index.ts";
import type { ExitCode } from "./command.ts";
import { serveControl } from "./control-socket.ts";
import type { CrawlSpec } from "./crawl-flags.ts";
import { type CrawlRooms, openRooms } from "./crawl-rooms.ts";
import { type CrawlView, crawlView } from "./crawl-view.ts";
import { ownFolder } from "./data-folder.ts";
import { fillWatch } from "./fill-watch.ts";
import { viewOf } from "./frontier-view.ts";
import type { Io } from "./io.ts";
import { lineWriter } from "./line-of.ts";
import { answersOf, lazyPool } from "./open-folder.ts";
import { needsExtraction } from "./out-fields.ts";
import { outWriter } from "./out-writer.ts";
import { type CrawlSummary, summaryText } from "./progress-line.ts";
import { mendRows } from "./record-again.ts";
import { refusals } from "./refusals.ts";
import { browserUse, rendererOf } from "./renderer-of.ts";
import { roleProbe } from "./role-probe.ts";
import { readSchema } from "./schema-file.ts";
import { feed, selectionOf } from "./seeding.ts";
import { type SessionCourse, sessionCourse } from "./session-course.ts";
import { version } from "./version.ts";

export async function crawlSession(spec: CrawlSpec, config: Config, io: Io): Promise<ExitCode> {
  const schema = spec.schema === null ? null : await readSchema(spec.schema, io);
  if (schema !== null && !schema.ok) return io.usage(`crawl: ${schema.error}`);
  const lock = await ownFolder({ folder: spec.data, create: true, clock: io.clock, signal: io.stop });
  if (!lock.ok) return io.failure(lock.error);
  try {
    const known = existsSync(join(spec.data, "segments"));
    const rooms = await openRooms(spec.data, config, spec.store, io.clock);
    try {
      // A fresh database opens beside the first fetches; a known one is looked at first.
      if (known && rooms.store !== null) await mendRows(rooms.store, config, io);
      return await crawlIn(rooms, schema?.value ?? null, spec, config, io);
    } finally {
      await rooms.close();
    }
  } finally {
    lock.value.release();
  }
}

async function crawlIn(
  rooms: CrawlRooms,
  schema: Schema | null,
  spec: CrawlSpec,
  config: Config,
  io: Io,
): Promise<ExitCode> {
  const { frontier, store } = rooms;
  const { clock } = io;
  const begun = await frontier.beginCrawl(await selectionOf(spec));
  const course = sessionCourse(spec, config, io);
  const { log } = course;
  const metrics = createMetrics();
  const stopWatchingFrontier = metrics.watchFrontier(() => frontier.counts());
  const recovered: Recovered = await recover(frontier, store, clock, io.stop);
  if (recovered.captures.length + recovered.reclaimed > 0) {
    const { captures, reclaimed } = recovered;
    io.say(
      `going on where a run broke off: ${captures.length} pages found whole on disk, ${reclaimed} to be fetched again`,
    );
  } else if (begun.state === "resumed") io.say("going on with the unfinished crawl of these seeds");

  const fills = schema === null ? null : fillWatch(basename(spec.schema ?? ""), { log, metrics });
  const pool = lazyPool(config, io, schema);
  const graph = standalone({
    options: { ...config, topology: { ...config.topology, policy: config.policy } },
    frontier,
    store,
    tasks: null,
    out: outStage(spec, rooms, () => pool.get(), io, course),
    extracting: needsExtraction(spec),
    declared: schema === null || fills === null ? null : { schema, found: (found) => fills.found(found) },
    recovered,
    dialer: rooms.dialer,
    renderer: rendererOf(config, rooms.dialer, { clock, log }),
    clock,
    random: systemRandom,
    log,
    metrics,
    version: version(),
  });
  const refused = refusals(io, spec.quiet);
  const seeding = feed({ frontier, spec, begun, course, io, refused: refused.tell });
  const view = crawlView({
    role: "standalone",
    frontier,
    graph,
    clock,
    openIsAll: () => seeding.isDone && spec.depth === 0,
  });
  const outside = await openToOthers(spec, config, rooms, { view, graph, metrics, io, course });
  const progress = course.progress(() => view.figures());
  await course.run((abort) => graph.run(io.stop, abort));
  await seeding.ended;
  progress.stop();
  const isStopped = io.stop.aborted;
  if (spec.stays && course.failure === null && !isStopped) await staying(io);
  await outside.close();
  await pool.close();
  stopWatchingFrontier();
  fills?.stop();
  refused.tellCount();
  if (course.failure !== null) return io.failure(course.failure);
  const how = begun.state === "finished" ? "already" : isStopped ? "stopped" : "finished";
  if (!spec.quiet) for (const line of fills?.table() ?? []) io.say(line);
  if (!spec.quiet) io.stderr.write(summaryText(summaryOf(spec, config, view, how)));
  return 0;
}

function outStage(
  spec: CrawlSpec,
  { frontier, store }: CrawlRooms,
  pool: () => ParsePool,
  io: Io,
  course: SessionCourse,
): ReturnType<typeof outWriter> | null {
  if (spec.out === null) return null;
  const lineOf = lineWriter({ store, pool, signal: io.stop });
  return outWriter({
    path: spec.out,
    fields: spec.fields,
    batch: { itemsMax: 512, bytesMax: 32 * 1024 * 1024, lingerMs: 50, inFlightMax: 1 },
    deadlineMs: 120_000,
    lineOf: spec.schema === null ? lineOf : async (ended) => withFields(await lineOf(ended)),
    followersOf: (url) => frontier.followersOf(url),
    print: (text) => io.print(text),
    failed: (thrown) =>
      course.fail({
        code: "store",
        message: `--out ${spec.out} takes no more lines: ${describe(thrown)}; mend that and run again`,
        cause: thrown,
      }),
  });
}

/** Of a crawl with a schema every line has the key. */
const withFields = (line: OutLine): OutLine => (line.fields === undefined ? { ...line, fields: null } : line);

/** The socket in the folder, and the port for metrics where one was asked for. */
async function openToOthers(
  spec: CrawlSpec,
  config: Config,
  { frontier, store }: CrawlRooms,
  parts: {
    readonly view: CrawlView;
    readonly graph: Graph;
    readonly metrics: Metrics;
    readonly io: Io;
    readonly course: SessionCourse;
  },
): Promise<{ close(): Promise<void> }> {
  const { view, graph, metrics, io, course } = parts;
  const answers =
    store === null
      ? null
      : answersOf({
          folder: spec.data,
          store,
          frontier: viewOf(frontier, false),
          config,
          clock: io.clock,
          signal: io.stop,
          status: async () => ({ ok: true, value: view.status() }),
          metrics: () => metrics.text(),
        });
  const server = answers === null ? null : await serveControl(spec.data, answers.control);
  const probe = await roleProbe(config, spec.metricsPort, { graph, metrics, io });
  if (!probe.ok) course.fail(probe.error);
  return {
    async close() {
      if (probe.ok) await probe.value.close();
      await server?.close();
      await answers?.close();
    },
  };
}

const STAY_LOOK_MS = 3_600_000;

/** Nothing is left to fetch; questions, metrics and health are answered until someone stops the process. */
async function staying(io: Io): Promise<void> {
  io.say("the frontier is empty; up until stopped");
  try {
    // The timer holds the process, which an open port alone would not.
    for (;;) await io.clock.sleep(STAY_LOOK_MS, io.stop);
  } catch (thrown) {
    if (!io.stop.aborted) throw thrown;
  }
}

function summaryOf(spec: CrawlSpec, config: Config, view: CrawlView, end: CrawlSummary["end"]): CrawlSummary {
  return {
    ...view.summary(end),
    browser: browserUse(config),
    data: spec.store ? spec.data : null,
    out: spec.out,
  };
}
