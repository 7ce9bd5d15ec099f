// What the console understands of the API's answers (contract, section 4): one reader a record, tolerant of fields that a newer or
// older server has or lacks. Fetches nothing.
import { type Fields, fields, flag, instant, list, number, numbers, text, texts } from "./reading.ts";

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export function readPage<T>(answer: unknown, read: (item: Fields) => T): PageOf<T> {
  const all = Array.isArray(answer) ? { items: answer } : fields(answer);
  return { items: list(all, "items").map(read), nextCursor: text(all, "cursor") };
}

export const TASK_STATES = ["pending", "running", "completed", "failed"] as const;
export type TaskState = (typeof TASK_STATES)[number];

export interface Task {
  readonly id: string;
  readonly url: string;
  readonly status: TaskState;
  readonly lane: string | null;
  readonly title: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly attempts: number;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly result: Fields | null;
}

export function readTask(of: Fields): Task {
  const result = of.result === null || of.result === undefined ? null : fields(of.result);
  return {
    id: String(of.id ?? ""),
    url: text(of, "url") ?? "",
    status: TASK_STATES.find((known) => known === of.status) ?? "pending",
    lane: text(result ?? {}, "lane") ?? text(of, "lane"),
    title: text(of, "title") ?? text(result ?? {}, "title"),
    errorCode: text(of, "error_code") ?? text(fields(result?.error), "code"),
    errorMessage: text(of, "error_message"),
    attempts: number(of, "attempts") ?? 0,
    createdAt: instant(of, "created_at"),
    updatedAt: instant(of, "updated_at") ?? instant(of, "at"),
    result,
  };
}

export const isOver = ({ status }: Task): boolean => status === "completed" || status === "failed";

/** The task or tasks of `POST /api/scrape/`. */
export function readSubmitted(answer: unknown): Task[] {
  const of = fields(answer);
  return Array.isArray(of.items) ? list(of, "items").map(readTask) : [readTask(of)];
}

export interface Schedule {
  readonly id: string;
  readonly what: string;
  readonly isRecipe: boolean;
  readonly cron: string | null;
  readonly everySeconds: number | null;
  readonly timeZone: string | null;
  readonly isEnabled: boolean;
  readonly lastRun: number | null;
  readonly nextRun: number | null;
}

export const readSchedule = (of: Fields): Schedule => ({
  id: String(of.id ?? ""),
  what: text(of, "url") ?? text(of, "recipe") ?? "",
  isRecipe: text(of, "url") === null,
  cron: text(of, "cron"),
  everySeconds: number(of, "every_seconds"),
  timeZone: text(of, "time_zone"),
  isEnabled: flag(of, "enabled"),
  lastRun: instant(of, "last_run"),
  nextRun: instant(of, "next_run"),
});

export interface StoredPage {
  readonly id: string;
  readonly url: string;
  readonly domain: string | null;
  readonly title: string | null;
  readonly description: string | null;
  readonly lang: string | null;
  readonly lane: string | null;
  readonly status: number | null;
  readonly textLength: number | null;
  readonly fetchedAt: number | null;
  readonly hasPicture: boolean;
  readonly all: Fields;
}

export const readStoredPage = (of: Fields): StoredPage => ({
  id: String(of.id ?? ""),
  url: text(of, "url") ?? "",
  domain: text(of, "domain"),
  title: text(of, "title"),
  description: text(of, "description"),
  lang: text(of, "lang"),
  lane: text(of, "lane"),
  status: number(of, "status"),
  textLength: number(of, "text_length"),
  fetchedAt: instant(of, "last_fetched"),
  hasPicture: flag(of, "has_screenshot"),
  all: of,
});

export interface Letter {
  readonly id: string;
  /** A URL is the frontier's, which remembers how it ended: it can be tried again, not dropped. */
  readonly isUrl: boolean;
  readonly topic: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly url: string | null;
  readonly at: number | null;
  readonly all: Fields;
}

export const readLetter = (of: Fields): Letter => ({
  id: String(of.id ?? ""),
  isUrl: of.kind === "url",
  topic: text(of, "topic") ?? "",
  code: text(of, "code"),
  message: text(of, "message"),
  url: text(of, "url"),
  at: instant(of, "died_at"),
  all: of,
});

export interface Job {
  readonly name: string;
  readonly cron: string | null;
  readonly timeZone: string | null;
  readonly isEnabled: boolean;
  readonly nextRun: number | null;
  readonly lastRun: number | null;
}

export const readJob = (of: Fields): Job => ({
  name: text(of, "name") ?? "",
  cron: text(of, "cron"),
  timeZone: text(of, "time_zone"),
  isEnabled: of.enabled !== false,
  nextRun: instant(of, "next_run"),
  lastRun: instant(of, "last_run"),
});

export interface Step {
  readonly name: string;
  readonly status: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly log: string;
}

export interface Run {
  readonly id: string;
  readonly status: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly error: string | null;
  readonly isLate: boolean;
  /** What the job says of itself, as JSON. */
  readonly summary: string | null;
  readonly steps: readonly Step[];
}

export const readRun = (of: Fields): Run => ({
  id: String(of.id ?? ""),
  status: text(of, "status") ?? "",
  startedAt: instant(of, "started_at"),
  endedAt: instant(of, "finished_at"),
  error: text(of, "error_message"),
  isLate: flag(of, "sla_missed"),
  summary: of.summary === null || of.summary === undefined ? null : JSON.stringify(of.summary, null, 2),
  steps: list(of, "steps").map((step) => ({
    name: text(step, "name") ?? "",
    status: text(step, "status") ?? "",
    startedAt: instant(step, "started_at"),
    endedAt: instant(step, "finished_at"),
    log: text(step, "log") ?? "",
  })),
});

export interface Engine {
  readonly actors: readonly EngineActor[];
  readonly channels: readonly EngineChannel[];
  /** URLs whose end is not there yet, and pages that wait for a browser. */
  readonly open: number;
  readonly waitingForBrowser: number;
  readonly ended: ReadonlyMap<string, number>;
  readonly lanes: ReadonlyMap<string, number>;
  readonly bytes: number | null;
  readonly hosts: readonly EngineHost[];
  readonly isReady: boolean;
  readonly reasons: readonly string[];
  readonly startedAt: number | null;
}

export interface EngineActor {
  readonly name: string;
  readonly state: string | null;
  readonly restarts: number;
  readonly busy: number | null;
  readonly done: number | null;
  readonly failed: number | null;
}

export interface EngineChannel {
  readonly name: string;
  readonly depth: number;
  readonly depthMax: number | null;
  /** The stage that reads it. */
  readonly to: string;
}

export interface EngineHost {
  readonly host: string;
  readonly inFlight: number;
  readonly fetched: number;
  readonly failed: number;
  readonly latencyMs: number | null;
}

/** The channel each stage reads, by the names the topologies give them. */
const CHANNEL_BEFORE: Readonly<Record<string, string>> = {
  fetch: "frontier.requests",
  process: "raw.page",
  content: "processed.final",
  metadata: "processed.rows",
  out: "ended",
  "frontier.reports": "frontier.links",
  "content.rich": "process.rich",
};

/** `GET /api/actors` and the event `engine`: the supervision tree flattened, and the channel before each stage. */
export function readEngine(answer: unknown): Engine {
  const of = fields(answer);
  const actors = new Map<string, EngineActor>();
  const takeTree = (each: Fields): void => {
    const children = list(each, "children");
    for (const child of children) takeTree(child);
    const name = text(each, "name");
    if (children.length > 0 || name === null) return;
    const state = text(each, "state");
    actors.set(name, { ...IDLE, name, state, restarts: number(each, "restarts") ?? 0 });
  };
  takeTree(fields(of.actors));
  const stages = list(of, "stages").filter((stage) => text(stage, "name") !== null);
  for (const stage of stages) {
    const name = text(stage, "name") ?? "";
    actors.set(name, {
      ...(actors.get(name) ?? { ...IDLE, name }),
      busy: number(stage, "busy"),
      done: number(stage, "done"),
      failed: number(stage, "failed"),
    });
  }
  const waitingForBrowser = number(of, "waiting_for_browser") ?? 0;
  // The one queue that is a table, before the actor that claims from it.
  const queue = actors.has("render_queue")
    ? [{ name: "render_queue", depth: waitingForBrowser, depthMax: null, to: "render_queue" }]
    : [];
  const channels = stages.map((stage) => ({
    name: CHANNEL_BEFORE[text(stage, "name") ?? ""] ?? `→ ${text(stage, "name")}`,
    depth: number(stage, "depth") ?? 0,
    depthMax: number(stage, "depth_max"),
    to: text(stage, "name") ?? "",
  }));
  return {
    actors: [...actors.values()],
    channels: [...channels, ...queue],
    open: number(of, "open") ?? 0,
    waitingForBrowser,
    ended: numbers(of, "ended"),
    lanes: numbers(of, "lanes"),
    bytes: number(of, "bytes"),
    hosts: list(of, "hosts").map((each) => ({
      host: text(each, "host") ?? "",
      inFlight: number(each, "in_flight") ?? 0,
      fetched: number(each, "fetched") ?? 0,
      failed: number(each, "failed") ?? 0,
      latencyMs: number(each, "latency_ms"),
    })),
    isReady: of.ready !== false,
    reasons: texts(of, "reasons"),
    startedAt: instant(of, "started_at"),
  };
}

const IDLE = { state: null, restarts: 0, busy: null, done: null, failed: null };
