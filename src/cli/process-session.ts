// `--role processor` from its configuration to its exit code: opens the stores and the way to Kafka, runs the graph, and
// closes everything in order. Knows no flag and no arrow.
import { describe, systemRandom } from "../base/index.ts";
import type { Config } from "../config.ts";
import { createDialer } from "../net/index.ts";
import { createMetrics } from "../observe/index.ts";
import { type ClaimStore, claimStore, type Store, serverStore } from "../store/index.ts";
import { processor } from "../topology/index.ts";
import type { ExitCode } from "./command.ts";
import { queuesOf } from "./crawl-view.ts";
import { ownFolder } from "./data-folder.ts";
import { failureOf } from "./failure-of.ts";
import type { Io } from "./io.ts";
import { software } from "./open-folder.ts";
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
    return await processIn({ store, claims, course }, spec, config, io);
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
  }: { readonly store: Store; readonly claims: ClaimStore; readonly course: SessionCourse },
  spec: ProcessorSpec,
  config: Config,
  io: Io,
): Promise<ExitCode> {
  const { clock } = io;
  const { log } = course;
  const metrics = createMetrics();
  const dialer = createDialer(config.net, clock);
  const wire = processorWire({ config, store, claims, clock, log });
  const stopWatching = metrics.watchKafka(() => wire.figures());
  const graph = processor({
    options: { ...config, topology: { ...config.topology, policy: config.policy } },
    store,
    wire,
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
