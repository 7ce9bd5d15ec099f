// What the store can be told: folders' and batches' limits with their units, defaults and maxima.
import { z } from "zod";

const mebibyte = 1024 * 1024;

export const storeOptions = z
  .object({
    /** A segment is closed before the batch that would pass this size, bytes. */
    segmentBytesMax: z
      .int()
      .min(mebibyte)
      .max(4096 * mebibyte)
      .default(128 * mebibyte),
    /** Deflate level of records whose body is not content-encoded, and of Markdown. */
    compressionLevel: z.int().min(1).max(9).default(3),
    content: z
      .object({
        itemsMax: z.int().min(1).max(10_000).default(256),
        bytesMax: z
          .int()
          .min(1)
          .max(512 * mebibyte)
          .default(32 * mebibyte),
        lingerMs: z.int().min(0).max(10_000).default(50),
        inFlightMax: z.int().min(1).max(16).default(2),
        deadlineMs: z.int().min(1000).max(600_000).default(60_000),
      })
      .prefault({}),
    metadata: z
      .object({
        itemsMax: z.int().min(1).max(5_000).default(256),
        bytesMax: z
          .int()
          .min(1)
          .max(512 * mebibyte)
          .default(64 * mebibyte),
        lingerMs: z.int().min(0).max(10_000).default(100),
        /** Two: one batch is made into rows while the database works on the other. */
        inFlightMax: z.int().min(1).max(16).default(2),
        deadlineMs: z.int().min(1000).max(600_000).default(120_000),
      })
      .prefault({}),
    search: z
      .object({
        /** Terms of a page that are indexed at most; what follows is not found. */
        termsMax: z.int().min(0).max(100_000).default(20_000),
        /** UTF-8 bytes of one term; longer ones are cut, in index and question alike. */
        termBytesMax: z.int().min(16).max(2046).default(255),
        /** A query that more pages match than this is not ranked, and its total is "at least". */
        rankedMax: z.int().min(100).max(1_000_000).default(5_000),
      })
      .prefault({}),
    database: z
      .object({
        /** PostgreSQL's shared_buffers in MiB: lies in the worker's memory for good. */
        buffersMebibytes: z.int().min(8).max(4096).default(32),
        /** A checkpoint each time so many MiB of write-ahead log have gathered; bounds its size and the time of a recovery. */
        checkpointMebibytes: z.int().min(16).max(16_384).default(256),
      })
      .prefault({}),
  })
  .strict();

export type StoreOptions = z.infer<typeof storeOptions>;
