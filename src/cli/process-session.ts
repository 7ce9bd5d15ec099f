// `--role processor` from its configuration to its exit code: opens the stores and the way to Kafka, runs the graph, and
// closes everything in order. Knows no flag and no arrow.
import { describe, systemRandom } from "../base/index.ts";
import type { Config } from "../config.ts";
import { JobsService } from "../jobs/index.ts";
import { createDialer } from "../net/index.ts";
import { createMetrics } from "../observe/index.ts";
import { imagesJob, type PageSchemas, pageSchemas } from "../recipes/index.ts";
import { type ClaimStore, claimStore, removeSpentSegments, type Store, serverStore } from "../store/index.ts";
import { processor } from "../topology/index.ts";
import { apiBeside, statusOf } from "./api-beside.ts";
import type { ExitCode } from "./command.ts";
import { serveControl } from "./control-socket.ts";
import { queuesOf } from "./crawl-view.ts";
import { ownFolder } from "./data-folder.ts";
import { failureOf } from "./failure-of.ts";
import { fillWatch } from "./fill-watch.ts";
import { imagesRun } from "./images-run.ts";
import type { Io } from "./io.ts";
import { lineWriter } from "./line-of.ts";
import { answersOf, lazyPool, software } from "./open-folder.ts";
import { replayer } from "./open-servers.ts";
import { orderedTasks } from "./ordered-tasks.ts";
import { processorWire } from "./processor-wire.ts";
import { rendererOf } from "./renderer-of.ts";
import { roleProbe } from "./role-probe.ts";
import { checkServices } from "./role-services.ts";
import { type SessionCourse, sessionCourse } from "./session-course.ts";

export interface ProcessorSpec {
  /** Absolute; only for segments that lie in a folder. */
  readonly data: string;
  readonly quiet: boolean;
  readonly metricsPort: number | null;
  /** Ends when nothing was left to read for so long; null: stays up. */
  readonly idleMs: number | null;
}

export async function processSession(spec: ProcessorSpec, config: Config, io: Io): Promise<ExitCode> {
  if (config.store.content.kind === "s3") return processWith(spec, config, io);
  const lock = await ownFolder({ folder: spec.data, create: true, clock: io.clock, signal: io.stop });
  if (!lock.ok) return io.failure(lock.error);
  try {
    return await processWith(spec, config, io);
  } finally {
    lock.value.release();
  }
}

async function processWith(spec: ProcessorSpec, config: Config, io: Io): Promise<ExitCode> {
  const course = sessionCourse(spec, config, io);
  const { log } = course;
  const schemas = pageSchemas(config.recipes.images);
  if (!schemas.ok) return io.usage(schemas.error);
  let store: Store;
  let claims: ClaimStore;
  try {
    store = serverStore(spec.data, config.store, software(), io.clock, {
      ready(follower, error) {
        if (error === null) log.info({ part: follower }, "is back");
        else log.warn({ part: follower, cause: describe(error) }, "is away; the crawl goes on without it");
      },
      refused: (follower, url, why) => log.error({ part: follower, url, cause: why }, "a page was refused"),
    });
    claims = claimStore(config.store.s3, io.clock);
  } catch (thrown) {
    return io.usage(failureOf(thrown).message);
  }
  try {
    const services = await checkServices(
      config.wire,
      [
        { name: "object store", connect: (signal) => claims.connect(signal) },
        { name: "database", connect: (signal) => store.metadata.connect(signal) },
        { name: "segments", connect: (signal) => store.content.connect(signal) },
      ],
      io.stop,
    );
    if (!services.ok) return io.usage(services.error);
    return await processIn({ store, claims, course, schemas: schemas.value }, spec, config, io);
  } finally {
    await store.close();
    await claims.close();
  }
}

async function processIn(
  {
    store,
    claims,
    course,
    schemas,
  }: {
    readonly store: Store;
    readonly claims: ClaimStore;
    readonly course: SessionCourse;
    readonly schemas: PageSchemas;
  },
  spec: ProcessorSpec,
  config: Config,
  io: Io,
): Promise<ExitCode> {
  const { clock } = io;
  const { log } = course;
  const startedAtMs = clock.nowMs();
  const metrics = createMetrics();
  const dialer = createDialer(config.net, clock);
  const wire = processorWire({ config, store, claims, clock, log });
  const stopWatching = metrics.watchKafka(() => wire.figures());
  const pool = lazyPool(config, io);
  const jobs = new JobsService({
    session: store.session,
    isEmbedded: false,
    isAlone: false,
    bossSchema: `${config.store.database.schema}_jobs`,
    options: config.jobs,
    removeSpentSegments: (beforeMs, signal) => removeSpentSegments(store, beforeMs, signal),
    work: {
      fetcher: orderedTasks(wire.orders, io.stop),
      dialer,
      lineOf: lineWriter({ store, pool: () => pool.get(), signal: io.stop }),
    },
    ...{ clock, log, metrics },
  });
  const fills = fillWatch("images", { log, metrics });
  jobs.register(
    imagesJob(config.recipes.images, config.environment, (signal) =>
      imagesRun(
        {
          ...{ config, store, dialer, clock, log, metrics, schemas },
          found: (fields) => fills.found(fields),
          turns: null,
          isTold: false,
          limit: null,
        },
        signal,
      ),
    ),
  );
  const graph = processor({
    options: { ...config, topology: { ...config.topology, policy: config.policy } },
    store,
    wire,
    tasks: jobs.worker,
    deadLetters: wire.deadLetters,
    renderer: rendererOf(config, dialer, { clock, log }),
    idleMs: spec.idleMs,
    clock,
    random: systemRandom,
    log,
    metrics,
  });
  const probe = await roleProbe(config, spec.metricsPort, { graph, metrics, io });
  if (!probe.ok) course.fail(probe.error);
  const replays = replayer(config, io.stop);
  const answers = answersOf({
    folder: spec.data,
    store,
    frontier: null,
    replayRecord: (letter) => replays.replay(letter),
    config,
    clock,
    signal: io.stop,
    status: async () => ({ ok: true, value: statusOf("processor", graph, startedAtMs) }),
    metrics: () => metrics.text(),
  });
  await jobs.announce();
  const api = await apiBeside(config, {
    ...{ jobs, store, control: answers.control, graph, metrics, clock, log, stop: io.stop },
  });
  // Who keeps segments in a folder holds it alone; on a bucket several processors may have the same one.
  const control =
    config.store.content.kind === "folder" ? await serveControl(spec.data, answers.control) : null;
  // Another processor of this machine may have the port; pages matter more.
  if (!api.ok) log.warn({ cause: api.error.message }, "there is no API here");
  else io.say(`API and console on ${api.value.url}`);
  const over = new AbortController();
  const beside = jobs
    .run(AbortSignal.any([io.stop, course.signal, over.signal]))
    .catch((thrown: unknown) => course.fail(failureOf(thrown)));
  const { tally, runtime } = graph;
  const progress = course.progress(() => ({
    ended: tally.ended,
    bytes: tally.bytes,
    lanes: tally.lanes,
    queues: queuesOf(graph),
    open: runtime.channels.reduce((sum, { depth }) => sum + depth, 0),
    openIsAll: false,
  }));
  await course.run((abort) => graph.run(io.stop, abort));
  progress.stop();
  over.abort();
  await beside;
  if (api.ok) await api.value.close();
  await control?.close();
  await answers.close();
  await replays.close();
  await pool.close();
  if (probe.ok) await probe.value.close();
  stopWatching();
  dialer.close();
  await wire.close();
  if (course.failure !== null) return io.failure(course.failure);
  const { stored, failed, skipped } = tally.ended;
  if (!spec.quiet)
    io.say(
      `${io.stop.aborted ? "stopped" : "finished"}: ${stored} pages stored, ${failed} failed, ${skipped} skipped`,
    );
  return 0;
}
