// What the tasks, schedules and batch jobs can be told: limits, times and how long finished ones are kept.
import { z } from "zod";

const dayS = 86_400;

/** `days`: the default. */
const keptS = (days: number) =>
  z
    .int()
    .min(0)
    .max(3_650 * dayS)
    .default(days * dayS);

export const jobsOptions = z.strictObject({
  tasks: z
    .strictObject({
      /** Under way at once, in this process. */
      runningMax: z.int().min(1).max(10_000).default(1_000),
      /** Waiting ones; beyond that none is taken. */
      pendingMax: z.int().min(1).max(10_000_000).default(1_000_000),
      /** URLs of one request. */
      urlsMax: z.int().min(1).max(10_000).default(1_000),
      /** Before each further attempt of one whose failure may pass; their count is the retries. */
      retryDelaysMs: z
        .array(z.int().min(0).max(3_600_000))
        .max(20)
        .readonly()
        .default([5_000, 10_000, 20_000]),
      /** Between two looks for due ones that nobody told of. */
      pollMs: z.int().min(10).max(60_000).default(1_000),
      /** One that is under way for longer with a process that no longer says so is begun again. */
      leaseMs: z.int().min(1_000).max(86_400_000).default(900_000),
      /** Characters of a result; the Markdown and the lists of a longer one are left out. */
      resultCharsMax: z.int().min(1_000).max(100_000_000).default(8_000_000),
      /** Longest `?wait=`, seconds. */
      waitMaxS: z.int().min(0).max(600).default(60),
    })
    .prefault({}),
  webhooks: z
    .strictObject({
      /** Signs every delivery; without it they are not signed. */
      secret: z.string().min(16, "must have at least 16 characters").nullable().default(null),
      /** Before each further attempt; their count is the retries. */
      retryDelaysMs: z
        .array(z.int().min(0).max(86_400_000))
        .max(30)
        .readonly()
        .default([5_000, 30_000, 120_000, 600_000, 3_600_000, 21_600_000]),
      timeoutMs: z.int().min(100).max(60_000).default(10_000),
      atOnceMax: z.int().min(1).max(1_000).default(16),
    })
    .prefault({}),
  /** Finished tasks, runs and deliveries are deleted after so long, seconds; 0 = never. */
  retentionS: keptS(30),
  /** The log of writes over the API, seconds; 0 = for ever. */
  auditRetentionS: keptS(90),
  /** Dead letters, by when they were replayed or, where nobody did that, by when they died, seconds; 0 = until somebody drops them. */
  deadLetterRetentionS: keptS(0),
  /**
   * Captures that a newer one of the same URL has taken the place of, with their segments, seconds, at least a day; 0 = for ever.
   * What a page shows is kept however old it is.
   */
  captureRetentionS: keptS(0).refine((seconds) => seconds === 0 || seconds >= dayS, {
    error: `must be 0 or at least ${dayS}`,
  }),
});

export type JobsOptions = z.output<typeof jobsOptions>;
