// What the user may set about dialling: addresses, names, proxy, trust, and the waits and caches of the resolver.
import { z } from "zod";

export const netOptionsSchema = z.strictObject({
  /** Permit loopback, private, link-local and other addresses that are not public. Metadata and multicast stay refused. */
  allowPrivate: z.boolean().default(false),
  /** Accept certificates that do not verify, and old TLS versions with them. */
  insecure: z.boolean().default(false),
  /** curl's `host:port:address[,address]`; `*` for any host or port, IPv6 in brackets. The last match of equal exactness wins. */
  resolve: z.array(z.string().max(1024)).max(10_000).default([]),
  /** `http://`, `https://` or `socks5://`, with optional user and password; null dials directly. */
  proxy: z.string().max(2048).nullable().default(null),
  /** Name, TCP and TLS together, in milliseconds. */
  connectTimeoutMs: z.int().min(10).max(300_000).default(10_000),
  /** Head start of one address over the next (RFC 8305 section 5 recommends 250 ms). */
  attemptDelayMs: z.int().min(10).max(2_000).default(250),
  /** Addresses of one name that are tried. */
  addressesMax: z.int().min(1).max(64).default(8),
  /** IPv6 addresses are asked for and dialled: `auto` only where this machine has a global one. */
  ipv6: z.enum(["auto", "on", "off"]).default("auto"),
  /** TLS sessions kept for resumption; the least recently used goes first. */
  tlsSessionsMax: z.int().min(0).max(100_000).default(1_000),
  dns: z
    .strictObject({
      /** `address` or `address:port`; empty: the system's. */
      servers: z.array(z.string().max(128)).max(16).default([]),
      /** One query to one server, in milliseconds; doubled by each further try. */
      timeoutMs: z.int().min(10).max(60_000).default(2_000),
      tries: z.int().min(1).max(10).default(2),
      /** How long an answer with A records waits for AAAA (RFC 8305 section 3). */
      resolutionDelayMs: z.int().min(0).max(2_000).default(50),
      /** Names kept; the least recently used goes first. */
      entriesMax: z.int().min(1).max(10_000_000).default(20_000),
      /** A record lives at least and at most so long, whatever its own TTL says. */
      ttlMsMin: z.int().min(0).max(86_400_000).default(30_000),
      ttlMsMax: z.int().min(0).max(86_400_000).default(3_600_000),
      /** NXDOMAIN and "no address" are remembered so long. */
      negativeMs: z.int().min(0).max(3_600_000).default(60_000),
      /** SERVFAIL and time-outs are remembered so long, lest a dead server is asked by each waiting request. */
      failureMs: z.int().min(0).max(600_000).default(2_000),
    })
    .prefault({}),
});

export type NetOptions = z.infer<typeof netOptionsSchema>;
