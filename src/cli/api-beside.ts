// The API and the console beside whatever a role runs: what each role lends of itself, put into the faces that the API takes.
import { fileURLToPath } from "node:url";
import { type ApiServer, openApi, type RecipeNames } from "../api/index.ts";
import type { Clock, Result } from "../base/index.ts";
import type { Config, Role } from "../config.ts";
import type { JobsService } from "../jobs/index.ts";
import type { Failure } from "../model/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import { Subjects } from "../recipes/index.ts";
import { recipeBook } from "../render/index.ts";
import type { Store } from "../store/index.ts";
import type { Graph } from "../topology/index.ts";
import type { Control, ControlAnswer } from "./control.ts";
import { version } from "./version.ts";

export interface ApiBesideParts {
  readonly jobs: JobsService;
  readonly store: Store;
  readonly control: Control;
  /** Null: nothing is crawled in this process. */
  readonly graph: Pick<Graph, "runtime" | "away"> | null;
  readonly metrics: Metrics;
  readonly clock: Clock;
  readonly log: Log;
  readonly stop: AbortSignal;
}

export function apiBeside(config: Config, parts: ApiBesideParts): Promise<Result<ApiServer, Failure>> {
  const { graph, stop, control, ...lent } = parts;
  const away = (): string[] => [...(graph?.away ?? [])].map(([name, why]) => `${name}: ${why}`);
  return openApi(config.api, {
    ...lent,
    subjects: new Subjects(parts.store.session, parts.store.objects),
    jobsOptions: config.jobs,
    engine: { ...control, actors: () => graph?.runtime.snapshot() ?? null },
    health: () => {
      const reasons = [...(stop.aborted ? ["stopping"] : []), ...away()];
      return { ready: reasons.length === 0, reasons };
    },
    allowPrivate: config.net.allowPrivate,
    limitMax: config.api.limitMax,
    recipes: recipesOf(config),
    consoleFolder: fileURLToPath(new URL("../console", import.meta.url)),
    version: version(),
  });
}

function recipesOf({ render }: Config): RecipeNames {
  const book = recipeBook(render);
  const names = render.when === "never" ? [] : render.recipes.map(({ name }) => name);
  return { names, fits: (name, url) => book.planOf(url, name).recipe === name };
}

/** How a process goes that has no frontier of its own. */
export function statusOf(role: Role, graph: Graph | null, startedAtMs: number): ControlAnswer<"status"> {
  const tally = graph?.tally;
  const away = [...(graph?.away ?? [])].map(([name, why]) => `${name}: ${why}`);
  return {
    pid: process.pid,
    role,
    startedAtMs,
    ready: away.length === 0,
    reasons: away,
    ended: { stored: 0, failed: 0, skipped: 0, ...tally?.ended },
    bytes: tally?.bytes ?? 0,
    lanes: { fast: 0, rich: 0, ...tally?.lanes },
    waitingForBrowser: graph?.waitingForBrowser ?? 0,
    open: graph?.runtime.channels.reduce((sum, { depth }) => sum + depth, 0) ?? 0,
    openIsAll: false,
    stages:
      graph?.runtime.load().map(({ name, busy, waiting, waitingMax }) => ({
        ...{ name, busy, depth: waiting, depthMax: waitingMax },
        ...graph.tally.work(name),
      })) ?? [],
    hosts: [],
  };
}
