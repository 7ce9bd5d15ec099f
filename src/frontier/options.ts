// What the frontier can be told: limits of politeness, of retries and of memory, with units, defaults and maxima.
import { z } from "zod";
import { parseShard } from "./shard.ts";
import { TRACKING_PARAMETERS } from "./url.ts";

const dayMs = 86_400_000;

const shardParts = z
  .strictObject({ index: z.int().min(0).max(998), count: z.int().min(1).max(999) })
  .refine(({ index, count }) => index < count, "must be I/N with I from 0 to N - 1");
const shardText = z.string().transform((text, context) => {
  const shard = parseShard(text);
  if (shard.ok) return shard.value;
  context.addIssue(shard.error);
  return z.NEVER;
});

export const frontierOptions = z
  .object({
    /** Fetches under way on one host. */
    hostInFlightMax: z.int().min(1).max(1000).default(2),
    /** Fetches under way on one address, whatever its names; loopback and `addressesExempt` are not counted. */
    addressInFlightMax: z.int().min(1).max(10_000).default(8),
    addressesExempt: z.array(z.string()).readonly().default([]),
    /** Between two starts on one host. */
    delayMs: z.int().min(0).max(3_600_000).default(1000),
    /** The delay is at least this many times the host's average latency; 0 = not adaptive. */
    delayPerLatency: z.number().min(0).max(100).default(0),
    /** What latency, Crawl-delay and consecutive faults may raise the delay to. */
    delayMsMax: z.int().min(0).max(3_600_000).default(60_000),
    /** Consecutive faults of a host before each further one doubles its pause. */
    faultsBeforeBackoff: z.int().min(1).max(1000).default(5),
    faultPauseMs: z.int().min(1).max(600_000).default(1000),
    /** Longest Retry-After that is honoured. */
    retryAfterMsMax: z
      .int()
      .min(0)
      .max(7 * dayMs)
      .default(dayMs),
    /** Times a URL is put off by Retry-After without spending a repetition. */
    postponementsMax: z.int().min(0).max(250).default(5),
    /** First wait before a repetition that names none; doubled by each further one. */
    retryDelayMs: z.int().min(0).max(3_600_000).default(2000),
    /** Tasks that wait for a URL's end; more are taken when some are answered. */
    tasksMax: z.int().min(1).max(100_000).default(10_000),
    /** URLs that somebody stands waiting for and that go before all others; more than that are tasks like any. */
    urgentMax: z.int().min(1).max(1_000).default(64),
    robots: z.boolean().default(true),
    /** Name that robots groups are matched with (RFC 9309 section 2.2.1). */
    productToken: z.string().min(1).max(100).default("millrace"),
    robotsTtlMs: z.int().min(1000).max(dayMs).default(dayMs),
    /** How long a robots.txt that answers 5xx or 429, or not at all, stays the last word. */
    robotsOutageTtlMs: z.int().min(0).max(dayMs).default(600_000),
    /** Repetitions of a robots request that met 5xx or 429; dns, connect and timeout follow the table of codes. */
    robotsRetriesMax: z.int().min(0).max(20).default(2),
    robotsRetryDelayMs: z.int().min(0).max(600_000).default(1000),
    robotsRedirectsMax: z.int().min(0).max(20).default(5),
    /** Parsed robots files held in memory, counted in characters of their rules. */
    robotsCacheCharsMax: z.int().min(10_000).max(1e9).default(8_000_000),
    robotsCacheItemsMax: z.int().min(1).max(1_000_000).default(5000),
    /** Also read the sitemaps that robots.txt names. */
    robotsSitemaps: z.boolean().default(false),
    sitemapNestingMax: z.int().min(0).max(100).default(10),
    redirectsMax: z.int().min(0).max(100).default(20),
    urlBytesMax: z.int().min(100).max(65_535).default(8192),
    trackingParameters: z.array(z.string()).readonly().default(TRACKING_PARAMETERS),
    /** Hosts held in memory; the rest wait on disk. */
    windowHostsMax: z.int().min(1).max(1_000_000).default(10_000),
    /** Deliveries not yet settled. */
    inFlightMax: z.int().min(1).max(100_000).default(1000),
    /** Leases of one turn. */
    leasesPerTurnMax: z.int().min(1).max(10_000).default(64),
    /** URLs that one turn may end unfetched or move out of their wait. */
    endsPerTurnMax: z.int().min(1).max(100_000).default(1000),
    /** Followers of a redirect that the target's line may carry; further ones get a delivery of their own. */
    followersMax: z.int().min(0).max(100_000).default(1000),
    /** Links taken from one page. */
    linksPerPageMax: z.int().min(0).max(1_000_000).default(50_000),
    /** One of several ingestors, "I/N": only URLs of its own hosts are admitted, all others are sent on. */
    shard: z
      .union([shardText, shardParts], "must be I/N with I from 0 to N - 1, such as 0/2")
      .nullable()
      .default(null),
    /** Partitions of frontier.links, by which hosts belong to ingestors; the same for all of them. */
    partitions: z.int().min(1).max(1000).default(12),
    /** URLs of other ingestors' hosts that are remembered as sent. */
    foreignSentItemsMax: z.int().min(0).max(10_000_000).default(100_000),
    /** false: a turn outlives a killed process but not a power cut. */
    syncTurns: z.boolean().default(true),
    /** Reports that one turn takes. */
    intake: z
      .object({
        itemsMax: z.int().min(1).max(10_000).default(256),
        bytesMax: z
          .int()
          .min(1)
          .max(1 << 30)
          .default(64 << 20),
        lingerMs: z.int().min(0).max(10_000).default(5),
        inFlightMax: z.int().min(1).max(16).default(1),
        deadlineMs: z.int().min(1000).max(3_600_000).default(300_000),
      })
      .prefault({}),
  })
  .strict();

export type FrontierOptions = z.infer<typeof frontierOptions>;
