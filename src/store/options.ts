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
        /** Where segments lie when the rows lie on a server: in the data folder, or in the bucket of `s3`. */
        kind: z.enum(["folder", "s3"]).default("folder"),
        /** A few times what comes while one waits: what a stalled disk lets gather beyond that is memory, and no speed. */
        itemsMax: z.int().min(1).max(10_000).default(64),
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
        /** As of contents; the rows of a batch are also one text in the database's memory. */
        itemsMax: z.int().min(1).max(5_000).default(64),
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
        /** Terms in the database's own index. Off where OpenSearch answers: rows are then written at several times the speed. */
        terms: z.boolean().default(true),
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
        /** postgres://user:password@host:5432/database?sslmode=…, read where it is used: a crawl of its own ignores it. */
        url: z.string().min(1).nullable().default(null),
        /** Made when missing; everything lies in it. */
        schema: z
          .string()
          .regex(/^[a-z_][a-z0-9_]{0,62}$/)
          .default("millrace"),
        /** Connections of this process. Two at least: a migration holds one. */
        connectionsMax: z.int().min(2).max(64).default(4),
        connectTimeoutMs: z.int().min(100).max(120_000).default(10_000),
        statementTimeoutMs: z.int().min(1_000).max(600_000).default(60_000),
        /** PostgreSQL's shared_buffers in MiB: lies in the worker's memory for good. The kernel caches its files besides. */
        buffersMebibytes: z.int().min(8).max(4096).default(16),
        /** A checkpoint each time so many MiB of write-ahead log have gathered; bounds its size and the time of a recovery. */
        checkpointMebibytes: z.int().min(16).max(16_384).default(256),
        /** The journal of an embedded database is written anew when it is larger than so many MiB and than twice its rows. */
        journalMebibytes: z.int().min(1).max(16_384).default(64),
      })
      .prefault({}),
    s3: z
      .object({
        /** http://host:9000 or https://host; a bare host:port is http. */
        endpoint: z.string().min(1).nullable().default(null),
        accessKey: z.string().nullable().default(null),
        secretKey: z.string().nullable().default(null),
        /** Must exist. */
        bucket: z.string().min(3).max(63).default("millrace"),
        region: z.string().min(1).max(64).default("us-east-1"),
        /** A segment is closed at this size or after `lingerMs`, whichever comes first, bytes. */
        segmentBytesMax: z
          .int()
          .min(64 * 1024)
          .max(512 * mebibyte)
          .default(8 * mebibyte),
        lingerMs: z.int().min(0).max(10_000).default(2_000),
        /** Segments on their way at once. */
        putsMax: z.int().min(1).max(16).default(4),
        /** Larger objects go in parts of this size, bytes. */
        partBytes: z
          .int()
          .min(5 * mebibyte)
          .max(512 * mebibyte)
          .default(16 * mebibyte),
        /** One request, from its first byte to the last of its answer. */
        requestTimeoutMs: z.int().min(1_000).max(600_000).default(60_000),
        /** Pages too large for a message wait in the bucket at most so long, days; 0 leaves the bucket's own rules alone. */
        claimsExpireDays: z.int().min(0).max(365).default(7),
      })
      .prefault({}),
    opensearch: z
      .object({
        /** http://user:password@host:9200 or https://…; null: the database answers searches. */
        url: z.string().min(1).nullable().default(null),
        /** The alias that is asked; the index behind it carries a version. */
        alias: z
          .string()
          .regex(/^[a-z][a-z0-9_-]{0,100}$/)
          .default("millrace-pages"),
        /** PEM of the authority to trust, a file's path. */
        caFile: z.string().min(1).nullable().default(null),
        replicas: z.int().min(0).max(10).default(0),
        bulkItemsMax: z.int().min(1).max(5_000).default(200),
        bulkBytesMax: z
          .int()
          .min(mebibyte)
          .max(90 * mebibyte)
          .default(5 * mebibyte),
        /** Main text of a page that is indexed at most, UTF-16 units. */
        textMax: z.int().min(0).max(5_000_000).default(200_000),
        /** Between two looks when there was nothing new. */
        idleMs: z.int().min(10).max(600_000).default(1_000),
        requestTimeoutMs: z.int().min(1_000).max(600_000).default(30_000),
      })
      .prefault({}),
    renderQueue: z
      .object({
        /** Pages that wait for a browser; the line before it waits while there are so many. */
        itemsMax: z.int().min(1).max(10_000_000).default(100_000),
        /** What a dead process was about to show is shown by another after so long. */
        leaseMs: z.int().min(1_000).max(600_000).default(60_000),
        /** A page that so many processes died of, or let go of, is a dead letter. */
        claimsMax: z.int().min(1).max(100).default(10),
      })
      .prefault({}),
    /** A capture whose writer is silent this long may be written by another. Longer than a segment's put takes, as a rule. */
    claimGraceMs: z.int().min(0).max(600_000).default(5_000),
  })
  .strict();

export type StoreOptions = z.infer<typeof storeOptions>;

/** Variables with names of their own, and the keys they stand for. */
export const storeVariables = {
  DATABASE_URL: "store.database.url",
  MINIO_ENDPOINT: "store.s3.endpoint",
  MINIO_ACCESS_KEY: "store.s3.accessKey",
  MINIO_SECRET_KEY: "store.s3.secretKey",
  MINIO_BUCKET: "store.s3.bucket",
  OPENSEARCH_URL: "store.opensearch.url",
} as const;
