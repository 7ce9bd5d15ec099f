// What the user may set about rendering: the browser, how long a page may take, what it may load.
import { z } from "zod";
import { blockableTypes, recipesSchema, screenshotSetting, scrollSetting } from "./recipe.ts";

const milliseconds = (fallback: number) => z.int().min(10).max(600_000).default(fallback);

export const renderOptionsSchema = z.strictObject({
  /**
   * When a browser is used: never, where the rich lane was asked for (`--lane rich`), or wherever the router wants it. A page
   * costs some twenty times more there: `--lane fast` leaves it to nobody.
   */
  when: z.enum(["never", "asked", "wanted"]).default("wanted"),
  /** The browser's program; null: looked for on the system. */
  browser: z.string().min(1).max(4_096).nullable().default(null),
  /** Pages rendered at once, each in a context of its own; null: what the memory budget and the processors allow. */
  pagesMax: z.int().min(1).max(64).nullable().default(null),
  /** A page that takes longer in all is given up: `timeout`. */
  pageTimeMs: milliseconds(20_000),
  /** The document counts as settled when nothing was changed or loaded for so long. */
  settleMs: milliseconds(400),
  /** What still loads after so long without a change is not waited for. */
  quietMs: milliseconds(2_000),
  /** A page that never settles is read as it is after so long. */
  settleMaxMs: milliseconds(8_000),
  /** Kinds of subresources that are not loaded. */
  blockedTypes: blockableTypes.default(["image", "media", "font"]),
  /** Pages are scrolled to their end for what they load on the way: true, or its limits. */
  scroll: scrollSetting.default(false),
  /** A picture of each page, kept beside it: true, or what it is to be. */
  screenshot: screenshotSetting.default(false),
  /** What certain pages need before they are read: docs/rendering.md. */
  recipes: recipesSchema.default([]),
  /** Requests of one page beyond which nothing more is loaded for it. */
  requestsPerPageMax: z.int().min(1).max(10_000).default(300),
  /** Of them, requests that leave for one host. */
  requestsPerHostMax: z.int().min(1).max(10_000).default(100),
  /** Nothing is loaded from hosts known to measure and to advertise. */
  blockTrackers: z.boolean().default(true),
  /** Further hosts, with all under them, from which nothing is loaded. */
  blockedHosts: z.array(z.string().min(1).max(255)).max(10_000).default([]),
  /** What pages load, kept for other pages, in bytes; a single answer takes an eighth at most. 0: nothing. */
  cacheBytesMax: z
    .int()
    .min(0)
    .max(4 * 1024 * 1024 * 1024)
    .default(64 * 1024 * 1024),
  /** What one connection of the browser may bring. */
  connectionBytesMax: z
    .int()
    .min(1_024)
    .max(2_147_483_647)
    .default(64 * 1024 * 1024),
  connectionsMax: z.int().min(1).max(10_000).default(128),
  connectionsPerHostMax: z.int().min(1).max(1_000).default(6),
  /** The rendered document; a longer one is given up: `too_large`. */
  documentCharsMax: z
    .int()
    .min(1_024)
    .max(536_870_912)
    .default(20 * 1024 * 1024),
  /** Heap of one page's scripts, in MiB; a page that needs more crashes: `render`. */
  pageHeapMebibytes: z.int().min(64).max(4_096).default(512),
  /** A browser is replaced after so many pages. */
  browserPagesMax: z.int().min(1).max(100_000).default(200),
  /** A browser is replaced after so much came from outside for its pages. */
  browserBytesMax: z
    .int()
    .min(1_024)
    .max(1_099_511_627_776)
    .default(1024 * 1024 * 1024),
  /** A browser is replaced when it is as old as that. */
  browserAgeMs: z.int().min(1_000).max(86_400_000).default(1_800_000),
  /** A browser that shows no page for so long is ended; the next page starts another. */
  browserIdleMs: z.int().min(10).max(86_400_000).default(60_000),
  /**
   * What all processes of the browser may hold in memory; null: a quarter of the machine's, from 512 MiB to 2 GiB. Beyond it
   * no page is begun, and the largest one is ended: `render`.
   */
  memoryBytesMax: z
    .int()
    .min(256 * 1024 * 1024)
    .max(1_099_511_627_776)
    .nullable()
    .default(null),
});

export type RenderOptions = Readonly<z.infer<typeof renderOptionsSchema>>;
