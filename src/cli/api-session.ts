// `--role api`: HTTP, console and scheduling on the shared stores, until stopped. Fetches nothing, extracts nothing: tasks are
// worked on where a processor runs, so that scraping never slows an answer.
import { portTaken } from "../api/index.ts";
import { describe } from "../base/index.ts";
import type { Config } from "../config.ts";
import { JobsService } from "../jobs/index.ts";
import { createMetrics } from "../observe/index.ts";
import { removeSpentSegments, type Store, serverStore } from "../store/index.ts";
import { apiBeside, statusOf } from "./api-beside.ts";
import type { ExitCode } from "./command.ts";
import { failureOf } from "./failure-of.ts";
import type { Io } from "./io.ts";
import { answersOf, software } from "./open-folder.ts";
import { replayer } from "./open-servers.ts";
import type { ProcessorSpec } from "./process-session.ts";
import { roleProbe } from "./role-probe.ts";
import { sessionCourse } from "./session-course.ts";

export async function apiSession(spec: ProcessorSpec, config: Config, io: Io): Promise<ExitCode> {
  const { clock } = io;
  const course = sessionCourse(spec, config, io);
  const { log } = course;
  const metrics = createMetrics();
  const startedAtMs = clock.nowMs();
  let store: Store;
  try {
    store = serverStore(spec.data, config.store, software(), clock);
  } catch (thrown) {
    return io.usage(failureOf(thrown).message);
  }
  const replays = replayer(config, io.stop);
  const answers = answersOf({
    folder: spec.data,
    store,
    frontier: null,
    replayRecord: (letter) => replays.replay(letter),
    config,
    clock,
    signal: io.stop,
    status: async () => ({ ok: true, value: statusOf("api", null, startedAtMs) }),
    metrics: () => metrics.text(),
  });
  try {
    const taken = await portTaken(config.api);
    if (taken !== null) return io.failure(taken);
    await store.metadata.connect(io.stop);
    const jobs = new JobsService({
      session: store.session,
      isEmbedded: false,
      isAlone: false,
      bossSchema: `${config.store.database.schema}_jobs`,
      options: config.jobs,
      // Segments in a folder belong to the processor's machine.
      removeSpentSegments:
        config.store.content.kind === "s3"
          ? (beforeMs, signal) => removeSpentSegments(store, beforeMs, signal)
          : null,
      work: null,
      ...{ clock, log, metrics },
    });
    await jobs.announce();
    const api = await apiBeside(config, {
      ...{ jobs, store, control: answers.control, graph: null, metrics, clock, log, stop: io.stop },
    });
    if (!api.ok) return io.failure(api.error);
    const probe = await roleProbe(config, spec.metricsPort, { graph: { away: new Map() }, metrics, io });
    if (!probe.ok) log.warn({ cause: describe(probe.error.message) }, "there is no port for metrics alone");
    io.say(`API and console on ${api.value.url}`);
    await course.run(() => jobs.run(io.stop));
    await api.value.close();
    if (probe.ok) await probe.value.close();
    return course.failure === null ? 0 : io.failure(course.failure);
  } catch (thrown) {
    return io.failure(failureOf(thrown));
  } finally {
    await answers.close();
    await replays.close();
    await store.close();
  }
}
