// What the HTTP API can be told: where it listens, who may ask, how much and how often.
import { z } from "zod";

export const apiOptions = z.strictObject({
  host: z.string().min(1).default("127.0.0.1"),
  /** 0 takes any free port. */
  port: z.int().min(0).max(65_535).default(8000),
  bodyBytesMax: z
    .int()
    .min(1_024)
    .max(64 * 1024 * 1024)
    .default(4 * 1024 * 1024),
  /** Items of a page of any list. */
  limitMax: z.int().min(1).max(10_000).default(1_000),
  cors: z
    .strictObject({
      /** Origins that a browser may call from ("https://app.example"); none but the console's own by default. */
      origins: z.array(z.string().min(1).max(300)).max(100).readonly().default([]),
    })
    .prefault({}),
  rateLimit: z
    .strictObject({
      /** Requests of one client (its token, else its address) in a window. */
      requestsMax: z.int().min(1).max(10_000_000).default(6_000),
      windowMs: z.int().min(1_000).max(3_600_000).default(60_000),
      /** Clients remembered; the longest silent ones are forgotten first. */
      clientsMax: z.int().min(100).max(1_000_000).default(10_000),
    })
    .prefault({}),
  auth: z
    .strictObject({
      /** HS256; without it and without `jwksUrl` the API is open, and binds to loopback alone. */
      jwtSecret: z
        .string()
        .min(32, "must have at least 32 characters: what signs every token must not be guessed")
        .nullable()
        .default(null),
      /** Keys of an identity provider (RFC 7517). */
      jwksUrl: z
        .url({ protocol: /^https?$/, error: "must be an http or https URL" })
        .nullable()
        .default(null),
      /** After they were fetched, so long a token of a key that is not among them does not have them fetched again. */
      jwksCooldownMs: z.int().min(100).max(3_600_000).default(30_000),
      issuer: z.string().min(1).max(300).nullable().default(null),
      audience: z.string().min(1).max(300).default("millrace"),
      /** The claim that holds the role. */
      roleClaim: z.string().min(1).max(100).default("role"),
    })
    .prefault({}),
  /** Event streams open at once. */
  eventStreamsMax: z.int().min(1).max(10_000).default(100),
});

export type ApiOptions = z.output<typeof apiOptions>;

/** Variables with names of their own, and the keys they stand for. */
export const apiVariables = { JWT_SECRET: "api.auth.jwtSecret" } as const;
