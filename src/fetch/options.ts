// What the user may set about fetching: how many at once, what is sent, and the limits of time and size of one answer.
import { z } from "zod";

const bytes = (fallback: number) => z.int().min(0).max(2_147_483_647).default(fallback);

export const fetchOptionsSchema = z.strictObject({
  /** Requests under way at once. */
  concurrencyMax: z.int().min(1).max(65_535).default(500),
  /** One request in all, from name to last byte, in milliseconds. */
  timeoutMs: z.int().min(10).max(86_400_000).default(30_000),
  /** From the request's end to the answer's headers. */
  headersTimeoutMs: z.int().min(10).max(86_400_000).default(20_000),
  /** Between two pieces of a body. */
  bodyTimeoutMs: z.int().min(10).max(86_400_000).default(15_000),
  /** Body of a page, as it comes over the wire. */
  bodyBytesMax: bytes(10 * 1024 * 1024),
  /** RFC 9309 section 2.5: at least 500 KiB are parsed; the rest is cut off. */
  robotsBytesMax: bytes(512 * 1024),
  /** Sitemaps protocol: 50 MB inflated. */
  sitemapBytesMax: bytes(50 * 1024 * 1024),
  headerBytesMax: z
    .int()
    .min(1024)
    .max(1024 * 1024)
    .default(64 * 1024),
  /** The rest of a body nobody wants is read up to this length, so that the connection can be used again. */
  drainBytesMax: bytes(64 * 1024),
  /** Hops from a given URL. */
  redirectsMax: z.int().min(0).max(100).default(20),
  /** The User-Agent field; null: `millrace/VERSION`. */
  userAgent: z.string().max(1024).nullable().default(null),
  acceptLanguage: z.string().max(256).default("en-US,en;q=0.9,*;q=0.5"),
  /** `Name: value` fields for every request; one that is sent anyway is replaced. */
  headers: z.array(z.string().max(16_384)).max(100).default([]),
  http2: z.boolean().default(true),
  /** Connections to one origin; the frontier's per-host limit is the one that rules. */
  connectionsPerOriginMax: z.int().min(1).max(1_000).default(16),
  streamsPerConnectionMax: z.int().min(1).max(1_000).default(100),
  /** Origins with open connections; idle ones beyond are closed, the longest idle first. */
  originsMax: z.int().min(1).max(65_535).default(1_024),
  /** An idle connection is closed after so long, and sooner where the server says so. */
  keepAliveMs: z.int().min(1).max(600_000).default(4_000),
  /** Origins remembered for HTTP/2 that does not work; they are asked in HTTP/1.1. */
  http1OriginsMax: z.int().min(1).max(1_000_000).default(10_000),
  /** First wait before a repetition; doubled by each further one. The frontier's clock of the host comes on top. */
  retryFirstMs: z.int().min(0).max(3_600_000).default(5_000),
  retryMaxMs: z.int().min(0).max(86_400_000).default(300_000),
  cookies: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Of one domain; the oldest goes first (RFC 6265 section 6.1: at least 50). */
      perDomainMax: z.int().min(1).max(1_000).default(50),
      /** Domains with cookies; the least recently used goes first with all of its cookies. */
      domainsMax: z.int().min(1).max(1_000_000).default(5_000),
      /** Name and value of one cookie (RFC 6265bis section 5.6). */
      bytesMax: z.int().min(1).max(65_536).default(4_096),
    })
    .prefault({}),
});

export type FetchOptions = z.infer<typeof fetchOptionsSchema>;
