// What the console understands of the API's answers (contract, section 4): one reader a record, tolerant of fields that a newer or
// older server has or lacks. Fetches nothing.
import { type Fields, fields, flag, instant, list, number, numbers, text, texts } from "./reading.ts";

export interface PageOf<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

export function readPage<T>(answer: unknown, read: (item: Fields) => T): PageOf<T> {
  const all = Array.isArray(answer) ? { items: answer } : fields(answer);
  return { items: list(all, "items").map(read), nextCursor: text(all, "next_cursor") };
}

export const TASK_STATES = ["pending", "running", "completed", "failed"] as const;
export type TaskState = (typeof TASK_STATES)[number];

export interface Task {
  readonly id: string;
  readonly url: string;
  readonly status: TaskState;
  readonly lane: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly attempts: number;
  readonly createdAt: number | null;
  readonly updatedAt: number | null;
  readonly result: Fields | null;
}

export function readTask(of: Fields): Task {
  const result = of.result === null || of.result === undefined ? null : fields(of.result);
  const message = text(of, "error_message");
  // The message of a failure begins with its code where the task has no field for it.
  const led = /^([a-z_]+): (.*)$/s.exec(message ?? "");
  return {
    id: String(of.id ?? ""),
    url: text(of, "url") ?? "",
    status: TASK_STATES.find((known) => known === of.status) ?? "pending",
    lane: text(result ?? {}, "lane") ?? text(of, "lane"),
    errorCode: text(of, "error_code") ?? text(fields(result?.error), "code") ?? led?.[1] ?? null,
    errorMessage: led?.[2] ?? message,
    attempts: number(of, "attempts") ?? 0,
    createdAt: instant(of, "created_at"),
    updatedAt: instant(of, "updated_at"),
    result,
  };
}

export const isOver = ({ status }: Task): boolean => status === "completed" || status === "failed";

/** The task or tasks of `POST /api/scrape/`. */
export function readSubmitted(answer: unknown): Task[] {
  const of = fields(answer);
  for (const name of ["items", "tasks"]) if (Array.isArray(of[name])) return list(of, name).map(readTask);
  return [readTask(of)];
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
  readonly all: Fields;
}

export const readStoredPage = (of: Fields): StoredPage => ({
  id: String(of.id ?? of.url_sha256 ?? ""),
  url: text(of, "url") ?? "",
  domain: text(of, "domain"),
  title: text(of, "title"),
  description: text(of, "snippet") ?? text(of, "description"),
  lang: text(of, "lang"),
  lane: text(of, "lane"),
  status: number(of, "status"),
  textLength: number(of, "text_length"),
  fetchedAt: instant(of, "last_fetched_at") ?? instant(of, "last_fetched") ?? instant(of, "fetched_at"),
  all: of,
});

export interface Letter {
  readonly id: string;
  readonly topic: string;
  readonly code: string | null;
  readonly message: string | null;
  readonly url: string | null;
  readonly at: number | null;
  readonly all: Fields;
}

export const readLetter = (of: Fields): Letter => ({
  id: String(of.id ?? ""),
  topic: text(of, "topic") ?? text(of, "kind") ?? "",
  code: text(of, "code"),
  message: text(of, "message") ?? text(of, "detail") ?? text(of, "reason"),
  url: text(of, "url"),
  at: instant(of, "at") ?? instant(of, "created_at") ?? instant(of, "failed_at"),
  all: of,
});

export interface Job {
  readonly name: string;
  readonly about: string | null;
  readonly when: string | null;
  readonly timeZone: string | null;
  readonly nextRun: number | null;
  readonly last: Run | null;
}

export interface Run {
  readonly id: string;
  readonly status: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly error: string | null;
  readonly steps: readonly Step[];
  readonly log: readonly string[];
}

export interface Step {
  readonly name: string;
  readonly status: string;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly detail: string | null;
}

const readStep = (of: Fields): Step => ({
  name: text(of, "name") ?? text(of, "step") ?? "",
  status: text(of, "status") ?? "",
  startedAt: instant(of, "started_at"),
  endedAt: instant(of, "ended_at") ?? instant(of, "finished_at"),
  detail: text(of, "error_message") ?? text(of, "error") ?? text(of, "detail") ?? text(of, "log"),
});

export function readRun(of: Fields): Run {
  const log = texts(of, "logs").concat(texts(of, "log"));
  return {
    id: String(of.id ?? ""),
    status: text(of, "status") ?? "",
    startedAt: instant(of, "started_at") ?? instant(of, "created_at"),
    endedAt: instant(of, "ended_at") ?? instant(of, "finished_at"),
    error: text(of, "error_message") ?? text(of, "error"),
    steps: list(of, "steps").map(readStep),
    log: log.length > 0 ? log : (text(of, "log")?.split("\n") ?? []),
  };
}

export function readJob(of: Fields): Job {
  const last = of.last_run;
  const every = number(of, "every_seconds");
  return {
    name: text(of, "name") ?? "",
    about: text(of, "description") ?? text(of, "summary"),
    when: text(of, "cron") ?? text(of, "schedule") ?? (every === null ? null : `${every} s`),
    timeZone: text(of, "time_zone"),
    nextRun: instant(of, "next_run"),
    last:
      typeof last === "object" && last !== null
        ? readRun(fields(last))
        : typeof last === "string"
          ? readRun({ id: "", status: text(of, "last_status") ?? "", started_at: last })
          : null,
  };
}

export interface Engine {
  readonly actors: readonly EngineActor[];
  readonly channels: readonly EngineChannel[];
  /** URLs by state: queued, waiting, leased, handed. */
  readonly frontier: ReadonlyMap<string, number>;
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
  readonly from: readonly string[];
  readonly to: readonly string[];
}

export interface EngineHost {
  readonly host: string;
  readonly inFlight: number;
  readonly fetched: number;
  readonly failed: number;
  readonly latencyMs: number | null;
}

/** `GET /api/actors`: the supervision tree flattened, and the channels between its leaves. */
export function readEngine(answer: unknown): Engine {
  const of = fields(answer);
  const actors = new Map<string, EngineActor>();
  const take = (all: readonly Fields[]): void => {
    for (const each of all) {
      const inner = list(each, "children").concat(list(each, "actors"));
      take(inner);
      const name = text(each, "name") ?? "";
      if (inner.length > 0 || name === "") continue;
      const before = actors.get(name);
      actors.set(name, {
        name,
        state: text(each, "state") ?? before?.state ?? null,
        restarts: number(each, "restarts") ?? before?.restarts ?? 0,
        busy: number(each, "busy") ?? before?.busy ?? null,
        done: number(each, "done") ?? before?.done ?? null,
        failed: number(each, "failed") ?? before?.failed ?? null,
      });
    }
  };
  take([...list(of, "actors"), ...list(of, "stages"), ...list(fields(of.tree), "children")]);
  const startedAt = instant(of, "started_at");
  return {
    actors: [...actors.values()],
    channels: list(of, "channels").map((each) => ({
      name: text(each, "name") ?? "",
      depth: number(each, "depth") ?? 0,
      depthMax: number(each, "depth_max") ?? number(each, "items_max"),
      from: texts(each, "from"),
      to: texts(each, "to"),
    })),
    frontier: numbers(of, "frontier"),
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
    startedAt,
  };
}
