// What the API is lent by who starts it: each a small face, so that a role serves what it has and nothing it has not.
import type { Clock, Result } from "../base/index.ts";
import type { JobsOptions, JobsService } from "../jobs/index.ts";
import type { Failure } from "../model/index.ts";
import type { Log, Metrics } from "../observe/index.ts";
import type { Subjects } from "../recipes/index.ts";
import type { Store } from "../store/index.ts";

export interface Health {
  readonly ready: boolean;
  /** Why not, one short line each. */
  readonly reasons: readonly string[];
}

/** A running process in numbers. Times in ms since 1970. */
export interface EngineStatus {
  readonly pid: number;
  readonly role: string;
  readonly startedAtMs: number;
  readonly ready: boolean;
  readonly reasons: readonly string[];
  readonly ended: { readonly stored: number; readonly failed: number; readonly skipped: number };
  readonly bytes: number;
  readonly lanes: { readonly fast: number; readonly rich: number };
  readonly waitingForBrowser: number;
  readonly open: number;
  readonly stages: readonly {
    readonly name: string;
    readonly busy: number;
    readonly depth: number;
    readonly depthMax: number;
    readonly done: number;
    readonly failed: number;
  }[];
  readonly hosts: readonly {
    readonly host: string;
    readonly inFlight: number;
    readonly fetched: number;
    readonly failed: number;
    readonly latencyMs: number;
    readonly nextAtMs: number;
  }[];
}

export interface Letter {
  readonly id: string;
  readonly kind: "record" | "url";
  readonly stage: string;
  readonly topic: string;
  readonly captureId: string | null;
  readonly url: string | null;
  readonly code: string;
  readonly message: string;
  readonly diedAtMs: number;
  readonly replayedAtMs: number | null;
}

type Answered<T> = Promise<Result<T, Failure>>;

/** The running process: how it goes, and what it could not do. */
export interface EngineFace {
  /** The supervision tree. */
  actors(): unknown;
  status(request: Record<string, never>): Answered<EngineStatus>;
  dlqList(request: {
    topic?: string;
    limit: number;
    cursor?: string;
  }): Answered<{ readonly items: readonly Letter[]; readonly cursor: string | null }>;
  dlqReplay(request: { ids: string[] }): Answered<{ readonly count: number }>;
  dlqDrop(request: { ids: string[] }): Answered<{ readonly count: number }>;
}

export interface RecipeNames {
  readonly names: readonly string[];
  /** Whether the recipe of that name is for this page, be it the first that is or not. */
  fits(name: string, url: string): boolean;
}

export interface ApiFaces {
  readonly jobs: JobsService;
  readonly jobsOptions: JobsOptions;
  readonly store: Store;
  /** Of the image recipe; null: there is none here. */
  readonly subjects: Subjects | null;
  /** Null where no engine runs in this process. */
  readonly engine: EngineFace | null;
  readonly metrics: Metrics;
  health(): Health;
  /** Private and loopback addresses may be scraped. */
  readonly allowPrivate: boolean;
  /** Items of a page of any list. */
  readonly limitMax: number;
  /** How pages are shown by name, of `render.recipes`. */
  readonly recipes: RecipeNames;
  /** The console's built files; null: none are served. */
  readonly consoleFolder: string | null;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}
