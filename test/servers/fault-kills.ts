// Roles killed with SIGKILL again and again, at random moments and at every failpoint, each started again at once. Knows no
// crawl and no server.
import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { Random } from "../../src/base/index.ts";
import type { Running } from "../scenario/program.ts";
import { said } from "./fault-crawl.ts";

/** A place where the program ends, and the most hits it waits for. */
export interface Failpoint {
  readonly name: string;
  readonly hitsMax: number;
}

export const INGESTOR_FAILPOINTS: readonly Failpoint[] = [
  { name: "after-lease", hitsMax: 80 },
  { name: "after-fetch", hitsMax: 80 },
  { name: "after-publish", hitsMax: 20 },
  { name: "before-close", hitsMax: 20 },
];
export const PROCESSOR_FAILPOINTS: readonly Failpoint[] = [
  { name: "after-read", hitsMax: 80 },
  { name: "after-segment", hitsMax: 4 },
  { name: "after-row", hitsMax: 4 },
  { name: "before-report", hitsMax: 4 },
];
/** Each failpoint once, then as many random moments. */
const RANDOM_ROUNDS = 2;
const MOMENT_MS = { min: 1_500, spread: 6_000 };

export interface Kills {
  /** Where each kill hit: `name:hits` or `after N ms`. */
  readonly places: string[];
  /** Records not committed at each kill. */
  readonly inFlight: number[];
}

/**
 * Starts the role `times` times and sees each run killed; a run that ends by itself with 0 does not count, and `over` is told.
 * `round`: which failpoint comes next.
 */
export async function killAgainAndAgain(parts: {
  readonly times: number;
  readonly failpoints: readonly Failpoint[];
  readonly random: Random;
  start(env: Readonly<Record<string, string>>): Running;
  over(): Promise<void>;
  lag(): Promise<number>;
  readonly signal: AbortSignal;
}): Promise<Kills> {
  const { times, failpoints, random } = parts;
  const kills: Kills = { places: [], inFlight: [] };
  for (let round = 0; kills.places.length < times; round++) {
    parts.signal.throwIfAborted();
    const point = failpoints[round % (failpoints.length + RANDOM_ROUNDS)];
    const moment = MOMENT_MS.min + random.below(MOMENT_MS.spread);
    const place =
      point === undefined ? `after ${moment} ms` : `${point.name}:${1 + random.below(point.hitsMax)}`;
    const running = parts.start(point === undefined ? {} : { MILLRACE_FAILPOINT: place });
    if (point === undefined) {
      await Promise.race([sleep(moment), running.ended]);
      running.child.kill("SIGKILL");
    }
    const ended = await running.ended;
    if (ended.signal === null) {
      assert.equal(ended.code, 0, said(ended));
      await parts.over();
      continue;
    }
    assert.equal(ended.signal, "SIGKILL");
    kills.places.push(place);
    kills.inFlight.push(await parts.lag());
  }
  return kills;
}
