// What a recipe may ask for pages that a browser shows, as typed data: which pages it is for, what is done there before the
// DOM is read, and in what they differ from all others. Schemas and types; knows no browser.
import { z } from "zod";
import { nearest } from "../base/index.ts";
import { selectorFault } from "./selector.ts";

/** No unknown key, and the nearest known one named. */
function strict<const S extends z.ZodRawShape>(shape: S) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return undefined;
      const [key = ""] = issue.keys;
      const near = nearest(key, Object.keys(shape));
      const hint = near === null ? `known are ${Object.keys(shape).join(", ")}` : `did you mean ${near}?`;
      return `unknown key ${key}; ${hint}`;
    },
  });
}

const selector = z
  .string()
  .min(1)
  .max(1_000)
  .superRefine((written, context) => {
    const fault = selectorFault(written);
    if (fault !== null) context.addIssue({ code: "custom", message: `is no selector: ${fault}` });
  });

const NAMED_KEYS =
  "Enter|Tab|Escape|Space|Backspace|Delete|Insert|Home|End|PageUp|PageDown|ArrowUp|ArrowDown|ArrowLeft|ArrowRight|F[1-9]|F1[0-2]";
const key = z
  .string()
  .regex(
    new RegExp(`^((Control|Shift|Alt|Meta)\\+)*(${NAMED_KEYS}|[^\\s+])$`, "u"),
    "must be one character or a key as Enter, Tab, Escape, ArrowDown, PageDown, with Control+, Shift+, Alt+ or Meta+ before it",
  );

const timeoutMs = (fallback: number) => z.int().min(10).max(300_000).default(fallback);

/** How far a page is scrolled for what it loads on the way. Each limit ends it; none is a failure. */
const scrollLimits = {
  /** Screens scrolled at most. */
  screensMax: z.int().min(1).max(10_000).default(200),
  /** Elements of the document beyond which nothing more is asked for. */
  elementsMax: z.int().min(100).max(1_000_000).default(50_000),
  /** At the end, so long without anything new means that there is no more. */
  newMs: z.int().min(50).max(30_000).default(800),
};

const scrollSchema = strict({ ...scrollLimits, timeoutMs: timeoutMs(10_000) });
/** On with its defaults, off, or with limits of its own. */
export const scrollSetting = z.union([z.boolean(), scrollSchema], { error: "must be true, false or limits" });

const screenshotSchema = strict({
  /** The whole page, not the part that a screen shows. */
  fullPage: z.boolean().default(true),
  type: z.enum(["png", "jpeg", "webp"]).default("png"),
  /** Of jpeg and webp. */
  quality: z.int().min(1).max(100).default(80),
  /** What lies below is cut off. Beyond 16,384 a browser repeats itself. */
  heightMax: z.int().min(16).max(16_384).default(8_192),
  /** Width by height; what lies below is cut off. */
  pixelsMax: z.int().min(10_000).max(100_000_000).default(20_000_000),
  /** A larger file is not kept. */
  bytesMax: z
    .int()
    .min(1_024)
    .max(64 * 1024 * 1024)
    .default(10 * 1024 * 1024),
  /** Images that are still on their way are waited for so long, and taking it may last as long again. */
  timeoutMs: timeoutMs(5_000),
});
export const screenshotSetting = z.union([z.boolean(), screenshotSchema], {
  error: "must be true, false or what it is to be (fullPage, type, quality, heightMax, pixelsMax, bytesMax)",
});

const everyStep = {
  /** Fails the page (`render`) when it fails. Else what failed is noted and the next step is taken. */
  required: z.boolean().default(false),
  /** The step in all, within the page's own time. */
  timeoutMs: timeoutMs(5_000),
};
const onElement = {
  selector,
  /** The iframe in which the element lies. */
  frame: selector.optional(),
};

const stepSchema = z.discriminatedUnion(
  "do",
  [
    strict({
      do: z.literal("click"),
      ...onElement,
      /** Nothing to be seen there is no failure, and is not waited for. */
      optional: z.boolean().default(false),
      /** Clicked so often at most; it ends before when it is gone, hidden or disabled. */
      times: z.int().min(1).max(1_000).default(1),
      /** Every match once, not the first. At most 200. */
      all: z.boolean().default(false),
      ...everyStep,
    }),
    strict({
      do: z.literal("waitFor"),
      ...onElement,
      state: z.enum(["visible", "attached", "hidden"]).default("visible"),
      ...everyStep,
    }),
    strict({ do: z.literal("wait"), ms: z.int().min(0).max(60_000) }),
    strict({
      do: z.literal("scroll"),
      /** So many screens. Without `times` and `to`: to the bottom until nothing new comes. */
      times: z.int().min(1).max(10_000).optional(),
      /** Until this is there. */
      to: selector.optional(),
      /** What scrolls, where it is not the page. */
      within: selector.optional(),
      ...scrollLimits,
      ...everyStep,
      timeoutMs: timeoutMs(10_000),
    }),
    strict({ do: z.literal("fill"), ...onElement, text: z.string().max(10_000), ...everyStep }),
    strict({
      do: z.literal("select"),
      ...onElement,
      /** The option's value or its text. */
      option: z.string().min(1).max(1_000),
      ...everyStep,
    }),
    strict({
      do: z.literal("press"),
      key,
      selector: selector.optional(),
      frame: selector.optional(),
      ...everyStep,
    }),
  ],
  { error: "do must be click, waitFor, wait, scroll, fill, select or press" },
);

const HOST = /^(?:[a-z0-9-]{1,63}\.)*[a-z0-9-]{1,63}$|^\[[0-9a-f:.]+\]$/;
const hostName = z
  .string()
  .max(253)
  .regex(HOST, "must be a host name in lower case, without scheme, port and path (IDN as xn--…)");

const pathPattern = z
  .string()
  .min(1)
  .max(500)
  .startsWith("/", "must begin with /")
  .refine((pattern) => isPattern(pattern), "is no URL pattern: /list/*, /item/:id, /:lang(en|de)/*");

function isPattern(pathname: string): boolean {
  try {
    new URLPattern({ pathname });
    return true;
  } catch {
    return false;
  }
}

/** Kinds of subresources that can be left out. */
export const blockableTypes = z
  .array(z.enum(["image", "media", "font", "stylesheet", "websocket", "eventsource", "manifest", "other"]))
  .max(8);

const overrideMs = z.int().min(10).max(600_000).optional();

const recipeSchema = strict({
  name: z.string().regex(/^\w[\w.-]{0,63}$/, "must be 1 to 64 letters, digits, _, . or -"),
  /** A host, or a domain with all below it; and of these the paths that fit, every one by default. */
  match: strict({
    host: hostName.optional(),
    domain: hostName.optional(),
    /** As in URLPattern (urlpattern.spec.whatwg.org): * is anything, :name one segment. */
    path: pathPattern.optional(),
  }).refine(
    ({ host, domain }) => (host === undefined) !== (domain === undefined),
    "wants a host or a domain",
  ),
  /** Taken in this order once the page has settled. */
  steps: z.array(stepSchema).max(50).default([]),
  /** These five in the place of the keys of the same name under `render`. */
  pageTimeMs: overrideMs,
  settleMs: overrideMs,
  quietMs: overrideMs,
  settleMaxMs: overrideMs,
  blockedTypes: blockableTypes.optional(),
  /** Before the steps. */
  scroll: scrollSetting.optional(),
  screenshot: screenshotSetting.optional(),
  viewport: strict({
    width: z.int().min(240).max(3_840),
    height: z.int().min(240).max(4_320),
  }).optional(),
  /** Between the starts of two pages of one host at least so long, drawn anew each time. */
  pace: strict({ minMs: z.int().min(0).max(60_000), maxMs: z.int().min(0).max(60_000) })
    .refine(({ minMs, maxMs }) => minMs <= maxMs, "minMs must not be over maxMs")
    .optional(),
  /** A file of cookies and local storage as Playwright saves it, for these pages alone. */
  storageState: z.string().min(1).max(4_096).optional(),
  /** Writes back to that file what the pages made of it. */
  saveStorageState: z.boolean().default(false),
}).refine(({ storageState, saveStorageState }) => storageState !== undefined || !saveStorageState, {
  message: "needs storageState: the file to write to",
  path: ["saveStorageState"],
});

/** The first that fits a page is its recipe. */
export const recipesSchema = z
  .array(recipeSchema)
  .max(200)
  .superRefine((recipes, context) => {
    const seen = new Set<string>();
    for (const [at, { name }] of recipes.entries()) {
      if (seen.has(name))
        context.addIssue({ code: "custom", message: "another recipe has this name", path: [at, "name"] });
      seen.add(name);
    }
  });

export type Recipe = z.infer<typeof recipeSchema>;
export type Step = z.infer<typeof stepSchema>;
export type StepOf<D extends Step["do"]> = Extract<Step, { do: D }>;
export type ScrollLimits = z.infer<typeof scrollSchema>;
export type ScreenshotOptions = z.infer<typeof screenshotSchema>;

/** Null: none is wanted. */
export const scrollOf = (setting: z.infer<typeof scrollSetting>): ScrollLimits | null =>
  setting === true ? scrollSchema.parse({}) : setting === false ? null : setting;

export const screenshotOf = (setting: z.infer<typeof screenshotSetting>): ScreenshotOptions | null =>
  setting === true ? screenshotSchema.parse({}) : setting === false ? null : setting;
