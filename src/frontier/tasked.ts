// Which URLs somebody waits for: the tasks of each, kept from their admission until the end that answers them was reported, so
// that a crash forgets none. Knows no state of a URL and nothing of what a task is beyond its id.
import { z } from "zod";
import type { LaneChoice } from "../model/index.ts";
import type { Trees } from "./trees.ts";

/** Tasks of one URL that are answered by one fetch. */
export const TASKS_PER_URL_MAX = 100;

export interface Tasks {
  readonly ids: readonly string[];
  readonly lane: LaneChoice;
  /** Somebody stands waiting. Not kept over a restart, which whoever waits does not outlive either. */
  readonly isUrgent: boolean;
  /** How a browser is to show it, by name; absent: as the page's own recipe says. */
  readonly recipe?: string | undefined;
}

const row = z.object({
  ids: z.array(z.string()),
  lane: z.enum(["auto", "fast", "rich"]),
  recipe: z.string().exactOptional(),
});

export class Tasked {
  readonly #trees: Trees;
  /** Of all URLs with tasks; as many as there are open tasks at most. */
  readonly #byUrl = new Map<number, Tasks>();
  /** URLs with urgent tasks. */
  readonly #urgent = new Set<number>();
  #count = 0;

  constructor(trees: Trees) {
    this.#trees = trees;
    for (const { key, value } of trees.tasks.getRange()) {
      const tasks = row.parse(JSON.parse(value.toString()));
      this.#byUrl.set(key, { ...tasks, isUrgent: false });
      this.#count += tasks.ids.length;
    }
  }

  /** Tasks of all URLs. */
  get count(): number {
    return this.#count;
  }

  get urgent(): ReadonlySet<number> {
    return this.#urgent;
  }

  has(id: number): boolean {
    return this.#byUrl.has(id);
  }

  of(id: number): Tasks | null {
    return this.#byUrl.get(id) ?? null;
  }

  /** False: the URL has as many as one fetch answers, or is to be shown otherwise. Taken already: nothing changes. */
  add(id: number, { ids, lane, isUrgent, recipe }: Tasks): boolean {
    const before = this.#byUrl.get(id);
    const named = before?.recipe ?? recipe;
    if (recipe !== undefined && named !== recipe) return false;
    const all = [...new Set([...(before?.ids ?? []), ...ids])];
    if (all.length > TASKS_PER_URL_MAX) return false;
    this.#put(id, {
      ids: all,
      lane: before === undefined ? lane : wider(before.lane, lane),
      isUrgent: isUrgent || before?.isUrgent === true,
      ...(named === undefined ? {} : { recipe: named }),
    });
    return true;
  }

  /** A redirect was met: who waits for the one waits for the other. False: there are too many for one fetch. */
  move(fromId: number, toId: number): boolean {
    const tasks = this.#byUrl.get(fromId);
    if (tasks === undefined) return true;
    // What was named for the one says nothing against what is under way of the other.
    const other = this.#byUrl.get(toId)?.recipe;
    if (!this.add(toId, { ...tasks, recipe: other ?? tasks.recipe })) return false;
    this.#put(fromId, { ...tasks, ids: [] });
    return true;
  }

  /** These were answered. */
  settle(id: number, answered: readonly string[] | undefined): void {
    const tasks = this.#byUrl.get(id);
    if (tasks === undefined || answered === undefined) return;
    const done = new Set(answered);
    this.#put(id, { ...tasks, ids: tasks.ids.filter((task) => !done.has(task)) });
  }

  #put(id: number, tasks: Tasks): void {
    this.#count += tasks.ids.length - (this.#byUrl.get(id)?.ids.length ?? 0);
    if (tasks.ids.length === 0) {
      this.#byUrl.delete(id);
      this.#urgent.delete(id);
      this.#trees.tasks.removeSync(id);
      return;
    }
    this.#byUrl.set(id, tasks);
    if (tasks.isUrgent) this.#urgent.add(id);
    const { isUrgent: _ofThisRun, ...kept } = tasks;
    this.#trees.tasks.putSync(id, Buffer.from(JSON.stringify(kept)));
  }
}

/** A page that a browser showed answers whoever did not ask for one. */
function wider(one: LaneChoice, other: LaneChoice): LaneChoice {
  if (one === "rich" || other === "rich") return "rich";
  return one === "auto" || other === "auto" ? "auto" : "fast";
}
