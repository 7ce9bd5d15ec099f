// The recipe as a batch job: when it runs by itself, and that it can be run by hand. What it runs is lent.
import type { Job, JobContext } from "../../jobs/index.ts";
import type { ImagesOptions } from "./options.ts";
import type { ImagesSummary } from "./run.ts";

/** A run of 100 subjects, two requests a second to one host at most, is done well before. */
const SLA_MS = 3_600_000;
const DEADLINE_MS = 6 * 3_600_000;

export function imagesJob(
  { schedule }: ImagesOptions,
  environment: "development" | "production",
  run: (signal: AbortSignal) => Promise<ImagesSummary>,
): Job {
  const cron = environment === "development" ? schedule.developmentCron : schedule.cron;
  return {
    name: "images",
    cron: schedule.enabled ? cron : null,
    timeZone: schedule.timeZone,
    slaMs: SLA_MS,
    deadlineMs: DEADLINE_MS,
    runsOnStart: schedule.runOnStartup,
    run: ({ signal, step, log }: JobContext) =>
      step("collect pictures", async () => {
        const summary = await run(signal);
        log(JSON.stringify(summary));
        return summary;
      }),
  };
}
