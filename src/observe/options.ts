// Options of the logs and of the port for metrics and health.
import { z } from "zod";

export const observeOptions = z.strictObject({
  log: z
    .strictObject({
      level: z.enum(["trace", "debug", "info", "warn", "error", "silent"]).default("info"),
      /** `auto`: one plain line an event on a terminal, JSON elsewhere. */
      format: z.enum(["auto", "json", "pretty"]).default("auto"),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      /** Off: no port is opened; `crawl` opens it only when it is asked for. */
      enabled: z.boolean().default(true),
      host: z.string().min(1).default("127.0.0.1"),
      /** 0 takes any free port. */
      port: z.number().int().min(0).max(65_535).default(9464),
    })
    .prefault({}),
});

export type ObserveOptions = z.output<typeof observeOptions>;
