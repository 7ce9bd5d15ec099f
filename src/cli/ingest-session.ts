// `--role ingestor` from its spec to its exit code: owns the folder with the frontier, opens the way to Kafka, feeds the
// crawl its seeds, and closes everything in order. Knows no flag and no arrow.
import { systemRandom } from "../base/index.ts";
import type { Config } from "../config.ts";
import { Frontier } from "../frontier/index.ts";
import { createDialer } from "../net/index.ts";
import { createMetrics } from "../observe/index.ts";
import { claimStore } from "../store/index.ts";
import { ingestor } from "../topology/index.ts";
import type { ExitCode } from "./command.ts";
import { serveControl } from "./control-socket.ts";
import type { CrawlSpec } from "./crawl-flags.ts";
import { frontierFolder, frontierOptionsOf } from "./crawl-rooms.ts";
import { crawlView } from "./crawl-view.ts";
import { ownFolder } from "./data-folder.ts";
import { frontierControl } from "./frontier-control.ts";
import { ingestorWire } from "./ingestor-wire.ts";
import type { Io } from "./io.ts";
import { summaryText } from "./progress-line.ts";
import { refusals } from "./refusals.ts";
import { roleProbe } from "./role-probe.ts";
import { checkServices } from "./role-services.ts";
import { feed, selectionOf } from "./seeding.ts";
import { sessionCourse } from "./session-course.ts";
import { version } from "./version.ts";

export async function ingestSession(spec: CrawlSpec, config: Config, io: Io): Promise<ExitCode> {
  if (config.store.s3.endpoint === null) {
    return io.usage(
      "store.s3.endpoint (MINIO_ENDPOINT) must be set: pages larger than a message go through the object store",
    );
  }
  const claims = claimStore(config.store.s3, io.clock);
  try {
    const services = await checkServices(
      config.wire,
      [{ name: "object store", connect: (signal) => claims.connect(signal) }],
      io.stop,
    );
    if (!services.ok) return io.usage(services.error);
    const lock = await ownFolder({ folder: spec.data, create: true, clock: io.clock, signal: io.stop });
    if (!lock.ok) return io.failure(lock.error);
    try {
      return await ingestIn(claims, spec, config, io);
    } finally {
      lock.value.release();
    }
  } finally {
    await claims.close();
  }
}

async function ingestIn(
  claims: IngestRooms["claims"],
  spec: CrawlSpec,
  config: Config,
  io: Io,
): Promise<ExitCode> {
  const dialer = createDialer(config.net, io.clock);
  try {
    const options = frontierOptionsOf(config);
    const frontier = new Frontier({ folder: frontierFolder(spec.data), options, clock: io.clock });
    try {
      return await ingestWith({ frontier, claims, dialer }, spec, config, io);
    } finally {
      await frontier.close();
    }
  } finally {
    dialer.close();
  }
}

interface IngestRooms {
  readonly frontier: Frontier;
  readonly claims: ReturnType<typeof claimStore>;
  readonly dialer: ReturnType<typeof createDialer>;
}

async function ingestWith(rooms: IngestRooms, spec: CrawlSpec, config: Config, io: Io): Promise<ExitCode> {
  const { frontier, claims, dialer } = rooms;
  const { clock } = io;
  const begun = await frontier.beginCrawl(await selectionOf(spec));
  const open = frontier.openLeases();
  // Their pages may be at the broker already: fetched again under the same ids, the processor stores them once.
  frontier.reclaim(
    open.map(({ captureId }) => captureId),
    { keepCaptureIds: true },
  );
  if (open.length > 0) io.say(`going on where a run broke off: ${open.length} pages to be fetched again`);
  else if (begun.state === "resumed") io.say("going on with the unfinished crawl of these seeds");

  const course = sessionCourse(spec, config, io);
  const { log } = course;
  const metrics = createMetrics();
  const wire = ingestorWire({ config, frontier, claims, clock, log });
  const stopWatching = [
    metrics.watchFrontier(() => frontier.counts()),
    metrics.watchKafka(() => wire.figures()),
  ];
  const graph = ingestor({
    options: { ...config, topology: { ...config.topology, policy: config.policy } },
    frontier,
    wire,
    deadLetters: wire.deadLetters,
    endsWhenDone: !spec.stays,
    dialer,
    clock,
    random: systemRandom,
    log,
    metrics,
    version: version(),
  });
  const refused = refusals(io, spec.quiet);
  const seeding = feed({ frontier, spec, begun, course, io, refused: refused.tell });
  const view = crawlView({
    role: "ingestor",
    frontier,
    graph,
    clock,
    openIsAll: () => seeding.isDone && spec.depth === 0,
  });
  const answers = frontierControl(spec.data, frontier, {
    io,
    status: async () => ({ ok: true, value: view.status() }),
    metrics: () => metrics.text(),
  });
  const control = await serveControl(spec.data, answers);
  const probe = await roleProbe(config, spec.metricsPort, { graph, metrics, io });
  if (!probe.ok) course.fail(probe.error);
  const progress = course.progress(() => view.figures());
  await course.run((abort) => graph.run(io.stop, abort));
  await seeding.ended;
  progress.stop();
  if (probe.ok) await probe.value.close();
  await control.close();
  await wire.close();
  for (const stop of stopWatching) stop();
  refused.tellCount();
  if (course.failure !== null) return io.failure(course.failure);
  if (!spec.quiet) {
    const summary = view.summary(io.stop.aborted ? "stopped" : "finished");
    io.stderr.write(summaryText({ ...summary, browser: "never", data: null, out: null }));
  }
  return 0;
}
