// A task's result does not wait for its page's row; whoever goes on with `search` or `read` finds the page there all the same,
// because the tools that fetch answer only then. Knows nothing of the protocol.
import { hash } from "node:crypto";
import { z } from "zod";
import { type Clock, systemClock } from "../../base/index.ts";
import type { ApiCall } from "./call.ts";
import type { ScrapeTask } from "./tasks.ts";

const keptSchema = z.looseObject({ last_fetched: z.iso.datetime() });

/** A row is late by a fraction of a second, as a rule; after this long the answer comes without it. */
const WAIT_MS = 5_000;
const LOOK_MS = 50;

/** Resolves once the pages of what was completed are stored, or after a while all the same. */
export async function pagesKept(
  call: ApiCall,
  tasks: readonly ScrapeTask[],
  signal: AbortSignal,
  clock: Clock = systemClock,
): Promise<void> {
  const untilMs = clock.monotonicMs() + WAIT_MS;
  for (const { status, result, url } of tasks) {
    if (status !== "completed" || result === null) continue;
    const id = hash("sha256", result.final_url ?? url, "hex");
    while (!(await isKept(call, id, result.fetched_at ?? null, signal))) {
      if (clock.monotonicMs() >= untilMs) return;
      await clock.sleep(LOOK_MS, signal);
    }
  }
}

/** As it was fetched now, and not as it was before. */
async function isKept(
  call: ApiCall,
  id: string,
  fetchedAt: string | null,
  signal: AbortSignal,
): Promise<boolean> {
  const answer = await call("GET", `/pages/${id}`, undefined, signal);
  const page = keptSchema.safeParse(answer.body);
  if (answer.status !== 200 || !page.success) return false;
  return fetchedAt === null || Date.parse(page.data.last_fetched) >= Date.parse(fetchedAt);
}
