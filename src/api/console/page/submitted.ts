// What is being typed and what was sent from this tab, kept while the reader looks at other places of the console.
import { signal } from "@preact/signals";
import { isOver, readTask, type Task } from "../answers.ts";
import { fields } from "../reading.ts";
import { dataOf, listen } from "./live.ts";
import { askJson } from "./server.ts";

export type Lane = "auto" | "fast" | "rich";

export const drafts = { typed: signal(""), lane: signal<Lane>("auto") };

/** As many of the last ones as stay in view. */
const FOLLOWED_MAX = 1_000;
/** So many are asked for at once where there is no stream. */
const ASKED_AT_ONCE = 10;

/** The engine tells of itself once a second; every so often what is open is asked for too: a busy stream drops its oldest events. */
const BEATS_A_LOOK = 5;
let beats = 0;

const tasks = signal<readonly Task[]>([]);
/** Ended ones whose result is being fetched, which the stream does not carry. */
const fetching = new Set<string>();
/** Of those the ones that changed meanwhile. */
const again = new Set<string>();

function update(changed: Task): void {
  tasks.value = tasks.value.map((task) => {
    if (task.id !== changed.id) return task;
    const known = { url: changed.url || task.url, result: changed.result ?? task.result };
    // An answer may have been on its way since before the event that ended the task.
    return isOver(task) && !isOver(changed) ? { ...task, ...known } : { ...changed, ...known };
  });
}

async function refresh(id: string): Promise<void> {
  if (fetching.has(id)) {
    again.add(id);
    return;
  }
  fetching.add(id);
  try {
    update(readTask(fields(await askJson(`/api/scrape/${encodeURIComponent(id)}/`))));
  } catch {
    // It stays as it is shown; the next event or tick asks again.
  } finally {
    fetching.delete(id);
    if (again.delete(id)) void refresh(id);
  }
}

export const following = {
  tasks,
  add(sent: readonly Task[]): void {
    tasks.value = [...sent, ...tasks.value].slice(0, FOLLOWED_MAX);
    // What ended before this tab knew of it had its event already.
    for (const { id } of sent.slice(0, ASKED_AT_ONCE)) void refresh(id);
  },
  clear(): void {
    tasks.value = [];
  },
  watch: (): (() => void) =>
    listen((event) => {
      if (event.name === "task") {
        const changed = readTask(fields(dataOf(event)));
        if (!tasks.value.some(({ id }) => id === changed.id)) return;
        update(changed);
        if (isOver(changed) && changed.result === null) void refresh(changed.id);
      } else if (event.name === "poll" || (event.name === "engine" && ++beats % BEATS_A_LOOK === 0)) {
        for (const task of tasks.value.filter((each) => !isOver(each)).slice(0, ASKED_AT_ONCE))
          void refresh(task.id);
      }
    }),
};
