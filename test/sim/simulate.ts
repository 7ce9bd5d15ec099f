// One seed, from the first lease to the last: process lives over one world, with kills, absences, drains and aborts drawn
// from the seed for a while, and then left in peace to finish.
import { describe, type Random, seededRandom } from "../../src/base/index.ts";
import { type Life, live, type Parts } from "./graph.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { World } from "./world.ts";

export interface Report {
  readonly seed: number;
  /** Empty: the run was clean. */
  readonly wrongs: readonly string[];
  readonly lives: number;
  readonly kills: number;
  /** Every channel was full at one moment. */
  readonly allFull: boolean;
  readonly urls: number;
}

/** Disturbances end here, so that every run can finish. */
const TROUBLE_MS = 40_000;
/** Long beyond what the slowest peaceful run takes. */
const HORIZON_MS = 1_200_000;
const LIVES_MAX = 60;

export async function simulate(seed: number, parts: Parts = {}): Promise<Report> {
  const random = seededRandom(seed);
  const clock = new VirtualClock();
  const world = new World(clock, random);
  const trouble = new Trouble(clock, random, world);
  let allFull = false;
  let lives = 0;
  try {
    for (; !world.finished && lives < LIVES_MAX && world.wrongs.length === 0; lives++) {
      const life = live(world, random, parts);
      clock.onRest = () => {
        allFull ||= life.channels.every(isFull);
        for (const each of life.channels) checkLimits(each, world);
      };
      trouble.haunt(life);
      // A root that gave up is a process that exits with 1 and is started again.
      await clock.until(
        life.ended.catch(() => "failed"),
        HORIZON_MS,
      );
      trouble.leave();
      if (world.openLeases > 0) world.wrongs.push(`${world.openLeases} leases open after the process ended`);
      for (const each of life.channels)
        if (each.depth > 0) world.wrongs.push(`${each.name} is not empty at the end`);
      await clock.until(clock.sleep(1_000), 2_000);
    }
    world.verify();
  } catch (error) {
    world.wrongs.push(describe(error));
  }
  return { seed, wrongs: world.wrongs, lives, kills: trouble.kills, allFull, urls: world.urls.length };
}

/** By items, or by bytes as far as a sender that waits can show. */
function isFull(channel: Life["channels"][number]): boolean {
  return channel.depth >= channel.limits.itemsMax || channel.blocked > 0;
}

/** A restart hands back at most what a batcher held, which the limits cannot know; nothing else may pass them. */
const HANDED_BACK_MAX = 14;

function checkLimits(channel: Life["channels"][number], world: World): void {
  if (channel.depth > channel.limits.itemsMax + HANDED_BACK_MAX) {
    world.wrongs.push(`${channel.name}: ${channel.depth} records, ${channel.limits.itemsMax} allowed`);
  }
}

class Trouble {
  kills = 0;
  readonly #clock: VirtualClock;
  readonly #random: Random;
  readonly #world: World;
  readonly #intensity: number;
  #cancels: (() => void)[] = [];

  constructor(clock: VirtualClock, random: Random, world: World) {
    this.#clock = clock;
    this.#random = random;
    this.#world = world;
    this.#intensity = random.next() < 0.15 ? 0 : random.next();
  }

  haunt(life: Life): void {
    const random = this.#random;
    if (this.#intensity === 0) return;
    this.#repeat(20 + 4_000 * (1 - this.#intensity), () => {
      const name = life.names[random.below(life.names.length)] ?? "fetch";
      if (life.restart(name, new Error("killed by the simulation"))) this.kills++;
    });
    for (const service of Object.values(this.#world.services)) {
      this.#repeat(15_000, () => {
        const mute = random.next() < 0.3;
        service.mute ||= mute;
        service.up &&= mute;
        this.#clock.schedule(random.below(mute ? 12_000 : 6_000), () => {
          service.up = true;
          service.mute = false;
        });
      });
    }
    if (random.next() < 0.4) this.#at(random.below(8_000), () => life.drain.abort());
    if (random.next() < 0.2) this.#at(random.below(8_000), () => life.abort.abort());
  }

  leave(): void {
    for (const cancel of this.#cancels) cancel();
    this.#cancels = [];
  }

  #at(delayMs: number, act: () => void): void {
    if (this.#clock.monotonicMs() + delayMs < TROUBLE_MS)
      this.#cancels.push(this.#clock.schedule(delayMs, act));
  }

  #repeat(everyMs: number, act: () => void): void {
    this.#at(2 * everyMs * this.#random.next(), () => {
      act();
      this.#repeat(everyMs, act);
    });
  }
}
