// What the API is lent by who starts it: each a small face, so that a role serves what it has and nothing it has not.
import type { Clock } from "../base/index.ts";
import type { Happenings, JobsOptions, Tasks } from "../jobs/index.ts";
import type { Log, Metrics } from "../observe/index.ts";

export interface Health {
  readonly ready: boolean;
  /** Why not, one short line each. */
  readonly reasons: readonly string[];
}

export interface ApiFaces {
  readonly tasks: Tasks;
  readonly happenings: Happenings;
  readonly jobsOptions: JobsOptions;
  readonly metrics: Metrics;
  health(): Health;
  /** Private and loopback addresses may be scraped. */
  readonly allowPrivate: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly version: string;
}
