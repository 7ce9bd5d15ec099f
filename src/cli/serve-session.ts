// `serve` from its configuration to its exit code: owns the folder, opens the rooms, runs the standalone graph on a crawl of its
// own that has no seeds and no end, and beside it the tasks and the API. Knows no flag, no arrow and no route.
import { portTaken } from "../api/index.ts";
import { systemRandom } from "../base/index.ts";
import type { Config } from "../config.ts";
import type { Frontier } from "../frontier/index.ts";
import { JobsService } from "../jobs/index.ts";
import { createMetrics } from "../observe/index.ts";
import { imagesJob, pageSchemas, SubjectTable } from "../recipes/index.ts";
import { removeSpentSegments, serverStore } from "../store/index.ts";
import { recover, standalone } from "../topology/index.ts";
import { noteApiAddress } from "./api-address.ts";
import { apiBeside } from "./api-beside.ts";
import type { ExitCode } from "./command.ts";
import { serveControl } from "./control-socket.ts";
import { type CrawlRooms, openRooms } from "./crawl-rooms.ts";
import { crawlView } from "./crawl-view.ts";
import { ownFolder } from "./data-folder.ts";
import { failureOf } from "./failure-of.ts";
import { fillWatch } from "./fill-watch.ts";
import { viewOf } from "./frontier-view.ts";
import { imagesRun } from "./images-run.ts";
import type { Io } from "./io.ts";
import { lineWriter } from "./line-of.ts";
import { answersOf, lazyPool, software } from "./open-folder.ts";
import { recipeDesk } from "./recipe-desk.ts";
import { mendRows } from "./record-again.ts";
import { rendererOf } from "./renderer-of.ts";
import { roleProbe } from "./role-probe.ts";
import { sessionCourse } from "./session-course.ts";
import { version } from "./version.ts";

/** Rows on a server when one is named, else in the folder. */
const isServer = ({ store }: Config): boolean => store.database.url !== null;

export interface ServeSpec {
  /** Absolute. */
  readonly data: string;
  readonly quiet: boolean;
  /** null: no port for metrics beside the API's own. */
  readonly metricsPort: number | null;
  /** Told where the API listens once it does. */
  readonly opened?: (url: string) => void;
}

/** The crawl that tasks are fetched in: whatever their host, and none of their links. */
const TASKS_CRAWL: Parameters<Frontier["beginCrawl"]>[0] = {
  seedsHash: "tasks",
  depthMax: 0,
  scope: "any",
  include: null,
  exclude: null,
  pagesMax: null,
  lane: "auto",
  refresh: false,
  fresh: false,
};

export async function serveSession(spec: ServeSpec, config: Config, io: Io): Promise<ExitCode> {
  const lock = await ownFolder({ folder: spec.data, create: true, clock: io.clock, signal: io.stop });
  if (!lock.ok) return io.failure(lock.error);
  try {
    const taken = await portTaken(config.api);
    if (taken !== null) return io.failure(taken);
    const make = isServer(config)
      ? () => serverStore(spec.data, config.store, software(), io.clock)
      : undefined;
    const rooms = await openRooms(spec.data, config, true, io.clock, make);
    try {
      return await serveIn(rooms, spec, config, io);
    } finally {
      await rooms.close();
    }
  } finally {
    lock.value.release();
  }
}

async function serveIn(rooms: CrawlRooms, spec: ServeSpec, config: Config, io: Io): Promise<ExitCode> {
  const { frontier, store, dialer } = rooms;
  const { clock } = io;
  if (store === null) return io.usage("serve: keeps what it fetches");
  const schemas = pageSchemas(config.recipes.images);
  if (!schemas.ok) return io.usage(`serve: ${schemas.error}`);
  const course = sessionCourse(spec, config, io);
  const { log } = course;
  const metrics = createMetrics();
  await mendRows(store, config, io);
  await store.metadata.connect(io.stop);
  const stopWatchingFrontier = metrics.watchFrontier(() => frontier.counts());
  await frontier.beginCrawl(TASKS_CRAWL);
  const recovered = await recover(frontier, store, clock, io.stop);

  if (!isServer(config)) await new SubjectTable(store.session).orphan();
  const pool = lazyPool(config, io);
  const jobs = new JobsService({
    session: store.session,
    isEmbedded: !isServer(config),
    isAlone: true,
    bossSchema: `${config.store.database.schema}_jobs`,
    options: config.jobs,
    removeSpentSegments: (beforeMs, signal) => removeSpentSegments(store, beforeMs, signal),
    work: {
      fetcher: { admit: async (tasks) => frontier.admitTasks(tasks) },
      dialer,
      lineOf: lineWriter({ store, pool: () => pool.get(), signal: io.stop }),
    },
    clock,
    log,
    metrics,
  });
  const fills = fillWatch("images", { log, metrics });
  jobs.register(
    imagesJob(config.recipes.images, config.environment, (signal) =>
      imagesRun(
        {
          ...{ config, store, dialer, clock, log, metrics, schemas: schemas.value },
          found: (fields) => fills.found(fields),
          turns: frontier.turns,
          isTold: false,
          limit: null,
        },
        signal,
      ),
    ),
  );
  const graph = standalone({
    options: { ...config, topology: { ...config.topology, policy: config.policy } },
    frontier,
    store,
    tasks: jobs.worker,
    out: null,
    extracting: true,
    declared: null,
    recovered,
    dialer,
    renderer: rendererOf(config, dialer, { clock, log }),
    clock,
    random: systemRandom,
    log,
    metrics,
    version: version(),
  });
  const view = crawlView({ role: "standalone", frontier, graph, clock, openIsAll: () => true });
  const answers = answersOf({
    folder: spec.data,
    store,
    frontier: viewOf(frontier, false),
    recipes: recipeDesk(jobs, store),
    config,
    clock,
    signal: io.stop,
    status: async () => ({ ok: true, value: view.status() }),
    metrics: () => metrics.text(),
  });
  const control = await serveControl(spec.data, answers.control);
  const probe = await roleProbe(config, spec.metricsPort, { graph, metrics, io });
  if (!probe.ok) course.fail(probe.error);
  await jobs.announce();
  const api = await apiBeside(config, {
    ...{ jobs, store, control: answers.control, graph, metrics, clock, log, stop: io.stop },
  });
  const note = api.ok ? noteApiAddress(spec.data, api.value.url) : null;
  if (api.ok) {
    io.say(`API and console on ${api.value.url}`);
    spec.opened?.(api.value.url);
  } else course.fail(api.error);
  const beside = jobs
    .run(AbortSignal.any([io.stop, course.signal]))
    .catch((thrown: unknown) => course.fail(failureOf(thrown)));
  await course.run((abort) => graph.run(io.stop, abort));
  await beside;
  note?.remove();
  if (api.ok) await api.value.close();
  if (probe.ok) await probe.value.close();
  await control?.close();
  await answers.close();
  await pool.close();
  stopWatchingFrontier();
  return course.failure === null ? 0 : io.failure(course.failure);
}
