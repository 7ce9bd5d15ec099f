// Limits of the graph itself: how much may wait in each channel, how long a stop may take, and the policies that decide
// how a page ends. Bytes are those of bodies and documents; items are records.
import { z } from "zod";

const MIB = 1024 * 1024;

const limits = (itemsMax: number, bytesMax: number) =>
  z
    .strictObject({
      itemsMax: z.int().min(1).max(100_000).default(itemsMax),
      bytesMax: z
        .int()
        .min(1)
        .max(4096 * MIB)
        .default(bytesMax),
    })
    .prefault({});

export const topologyOptions = z.strictObject({
  channels: z
    .strictObject({
      /** Leases on their way to the fetch pool. */
      requests: limits(64, MIB),
      /** Fetched pages before the parse pool, before the segments and before the rows: each. */
      pages: limits(64, 32 * MIB),
      /** Ends before `--out` and before the frontier: each. */
      ends: limits(512, 32 * MIB),
    })
    .prefault({}),
  /** From Ctrl-C to the end; three quarters of it for draining. */
  stopDeadlineMs: z.int().min(1_000).max(600_000).default(60_000),
  policy: z
    .strictObject({
      /** What becomes of pages that ask not to be indexed. */
      noindex: z.enum(["store", "skip"]).default("store"),
      /** Follow links that the page or the link itself marks nofollow. */
      followNofollow: z.boolean().default(false),
      /** A refresh that comes no later leads on as a redirect does, in seconds. */
      refreshDelayMaxS: z.number().min(0).max(60).default(5),
    })
    .prefault({}),
});

export type TopologyOptions = z.output<typeof topologyOptions>;
