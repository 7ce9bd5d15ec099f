// The image recipe as data: where a subject's page is, where its picture is on it, what a picture must be, and under which key
// it is kept. Limits with units, defaults and maxima.
import { z } from "zod";
import { placeholdersOf } from "./template.ts";

const MIB = 1024 * 1024;

const template = z
  .string()
  .min(1)
  .max(2_048)
  .refine((text) => placeholdersOf(text) !== null, "holds a { without its }, or no name between them");

const urlTemplate = template.refine(
  (text) => /^(https?:\/\/[^{/?#]|\{url\}$)/.test(text),
  "must begin with http:// or https:// and a host, or be {url}",
);

/** Asked in their order; the first that names a picture counts. */
const pictureSource = z.union(
  [
    z.enum(["open_graph", "json_ld"]),
    z.strictObject({
      /** CSS selector of an `img`, `source`, `a`, `meta` or any element with a picture's address. */
      css: z.string().min(1).max(2_000),
      /** Where its address stands; null: where pictures have it (src, lazy attributes, the largest of srcset). */
      attribute: z.string().min(1).max(100).nullable().default(null),
    }),
  ],
  "must be open_graph, json_ld or {css: SELECTOR}",
);

export const IMAGE_TYPES = ["jpeg", "png", "webp", "gif", "avif"] as const;

export const imagesOptions = z.strictObject({
  schedule: z
    .strictObject({
      /** false: only by hand. */
      enabled: z.boolean().default(true),
      cron: z.string().min(9).max(100).default("0 3 * * *"),
      /** In its place in ENVIRONMENT=development. */
      developmentCron: z.string().min(9).max(100).default("*/10 * * * *"),
      timeZone: z.string().min(1).max(64).default("UTC"),
      /** RUN_ON_STARTUP: once when the process has started, too. */
      runOnStartup: z.boolean().default(false),
    })
    .prefault({}),
  /** Of a subject without a URL of its own; {name}, {id} and the subject's variables stand for their values. */
  page: urlTemplate.nullable().default(null),
  /** Where there is no page to be named: a search, and the first link of its answer. */
  search: z
    .strictObject({ url: urlTemplate, link: z.string().min(1).max(2_000) })
    .nullable()
    .default(null),
  /** fast: the page as it is served. rich: as a browser shows it. */
  lane: z.enum(["fast", "rich"]).default("fast"),
  picture: z.array(pictureSource).min(1).max(20).default(["open_graph", "json_ld"]),
  /** Pictures that are tried when those before would not do. */
  candidatesMax: z.int().min(1).max(20).default(3),
  /** Of the object in the folder or bucket. {ext} is the picture's kind. */
  key: template
    .refine((text) => placeholdersOf(text)?.includes("id") === true, "must hold {id}")
    .default("artists/{id}.jpg"),
  types: z
    .array(z.enum(IMAGE_TYPES))
    .min(1)
    .default([...IMAGE_TYPES]),
  limits: z
    .strictObject({
      bytesMin: z.int().min(0).max(MIB).default(1_024),
      bytesMax: z
        .int()
        .min(1_024)
        .max(256 * MIB)
        .default(10 * MIB),
      widthMin: z.int().min(1).max(16_384).default(100),
      heightMin: z.int().min(1).max(16_384).default(100),
      /** Width times height, of all frames: more is not decoded. */
      pixelsMax: z.int().min(10_000).max(268_402_689).default(50_000_000),
      /** One subject in all: page, redirects, turns of its hosts, picture. */
      subjectMs: z.int().min(1_000).max(3_600_000).default(180_000),
      /** A host that is to be left alone for longer is not waited for. */
      hostWaitMs: z.int().min(0).max(3_600_000).default(60_000),
    })
    .prefault({}),
  /** Pictures made anew, without EXIF and upright; null: kept byte by byte as they came. */
  reencode: z
    .strictObject({
      format: z.enum(["jpeg", "png", "webp"]).default("jpeg"),
      quality: z.int().min(1).max(100).default(85),
      /** The longer side, pixels; larger ones are made smaller. */
      sideMax: z.int().min(16).max(16_384).default(2_048),
    })
    .nullable()
    .default(null),
  /** One picture for several subjects is most often a stand-in: refuse it, or keep it. */
  duplicates: z.enum(["refuse", "keep"]).default("refuse"),
  /** A picture is looked at again after so long. */
  staleDays: z.number().min(0).max(3_650).default(30),
  /** Subjects of one run. */
  limit: z.int().min(1).max(100_000).default(100),
  /** Subjects at once: at most as many as may be on one address. */
  concurrency: z.int().min(1).max(8).default(4),
  /** An existing table: SELECT with the columns id, name and, as one likes, url and others, which become variables. */
  query: z.string().min(1).max(20_000).nullable().default(null),
  /** Subjects that a query or a file may bring in all. */
  subjectsMax: z.int().min(1).max(10_000_000).default(1_000_000),
});

export type ImagesOptions = z.output<typeof imagesOptions>;
export type PictureSource = ImagesOptions["picture"][number];
export type ImageType = (typeof IMAGE_TYPES)[number];
