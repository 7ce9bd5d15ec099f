// What the user may set about routing: the score table as data (what to look for, what it is worth, where the line between the
// lanes runs), lanes given to hosts, how it learns, and how much of the fast lane is audited.
import { z } from "zod";
import type { RouteMarker } from "../model/index.ts";
import { CHALLENGE_MARKERS } from "./challenge-vendors.ts";

const points = z.number().min(-1_000).max(1_000);
const name = z.string().min(1).max(200);
const words = z.array(name).min(1).max(100);

const markerSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("literal"), text: name }),
  z.strictObject({ kind: z.literal("attribute"), name }),
  z.strictObject({ kind: z.literal("tag"), name, attributesContain: name.exactOptional() }),
  z.strictObject({
    kind: z.literal("word"),
    words,
    unless: z.array(name).max(100).default([]),
    notOn: z.array(name).max(100).default([]),
  }),
  z.strictObject({ kind: z.literal("phrase"), phrases: words, visibleBelow: z.int().min(1).max(1_000_000) }),
]);

const ruleSchema = z.union([
  /** Counts once when any of its markers is found. */
  z.strictObject({ rule: name, points, markers: z.array(markerSchema).min(1).max(20) }),
  /** Counts when the visible text is longer (shorter) than so many characters. */
  z.strictObject({ rule: name, points, visibleOver: z.int().min(0) }),
  z.strictObject({ rule: name, points, visibleUnder: z.int().min(0) }),
]);

export type Rule = z.infer<typeof ruleSchema>;

const LOADING_WORDS = ["loading", "spinner", "loader", "preloader", "loadingscreen", "loadingspinner"];

const TABLE: readonly Rule[] = [
  { rule: "__NEXT_DATA__", points: -30, markers: [{ kind: "literal", text: "__NEXT_DATA__" }] },
  { rule: "window.__NUXT__", points: -20, markers: [{ kind: "literal", text: "window.__NUXT__" }] },
  {
    rule: "ng-app, ng-controller",
    points: -40,
    markers: [
      { kind: "attribute", name: "ng-app" },
      { kind: "attribute", name: "ng-controller" },
    ],
  },
  { rule: "data-reactroot", points: -15, markers: [{ kind: "attribute", name: "data-reactroot" }] },
  {
    rule: "script bundle",
    points: -25,
    markers: [{ kind: "tag", name: "script", attributesContain: "bundle" }],
  },
  { rule: "noscript", points: -10, markers: [{ kind: "tag", name: "noscript" }] },
  {
    rule: "loading screen",
    points: -20,
    markers: [
      {
        kind: "word",
        words: LOADING_WORDS,
        unless: ["lazy", "lazyload", "image", "img"],
        notOn: ["img", "iframe", "picture", "source", "video", "script", "link", "style", "meta"],
      },
      { kind: "phrase", phrases: ["loading", "please wait"], visibleBelow: 500 },
    ],
  },
  { rule: "article", points: 20, markers: [{ kind: "tag", name: "article" }] },
  {
    rule: "main content",
    points: 15,
    markers: [{ kind: "tag", name: "main", attributesContain: "content" }],
  },
  { rule: "text over 3000", points: 10, visibleOver: 3_000 },
  { rule: "text under 500", points: -30, visibleUnder: 500 },
];

const hostPattern = z
  .string()
  .regex(
    /^(?:\*\.)?(?:[^\s*/:]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i,
    "must be a host (app.example.com, app.example.com:8080) or a domain with all below it (*.example.com)",
  )
  .max(260);

export const routeOptionsSchema = z.strictObject({
  start: points.default(100),
  /** At this score and above the table calls a page fast. */
  fastFrom: points.default(80),
  rules: z
    .array(ruleSchema)
    .max(200)
    .default([...TABLE]),
  /** Hosts whose pages all go to one lane, whatever is found; the first that fits counts. `--lane` comes before it. */
  hosts: z
    .array(z.strictObject({ host: hostPattern, lane: z.enum(["fast", "rich"]) }))
    .max(10_000)
    .default([]),
  /** Who decides: the table alone, or the table and what else a page shows, with what was learned of its kind and its host. */
  decide: z.enum(["table", "learned"]).default("learned"),
  /** What becomes of an answer that is a challenge, a captcha or a login form and nothing else: `blocked`, or stored as a page. */
  challenges: z.enum(["fail", "store"]).default("fail"),
  learning: z
    .strictObject({
      /** A page goes to the browser when it is at least so likely to show a fifth more main text there. */
      richFrom: z.number().min(0.01).max(0.99).default(0.5),
      /** So many outcomes weigh as much as what was thought before them. */
      priorOutcomes: z.number().min(0.1).max(100).default(2),
      /** More outcomes than these are not remembered of one kind of page: the older ones give way. */
      outcomesMax: z.number().min(1).max(1_000).default(8),
      /** An outcome this old counts half, in days. */
      halfLifeDays: z.number().min(0.01).max(3_650).default(30),
      hostsMax: z.int().min(1).max(1_000_000).default(10_000),
      /** Kinds of pages remembered of one host. */
      shapesPerHostMax: z.int().min(1).max(10_000).default(64),
      /** How far one outcome moves what is thought of pages of unknown hosts; 0: not at all. */
      rate: z.number().min(0).max(1).default(0.02),
      /** What was learned is saved so long after it changed, in milliseconds. */
      saveMs: z.int().min(100).max(3_600_000).default(10_000),
    })
    .prefault({}),
  audit: z
    .strictObject({
      /** Share of a host's fast pages that are shown to the browser too, to learn from; 0: none. Only where the router may use one. */
      share: z.number().min(0).max(1).default(0.02),
      /** A kind of page of which nothing is known is looked at once a host has shown so many of it. */
      firstAfterPages: z.int().min(1).max(1_000_000).default(5),
      /** Only pages that may need it: those with at least this likelihood. */
      likelihoodMin: z.number().min(0).max(1).default(0.01),
    })
    .prefault({}),
});

export type RouteOptions = Readonly<z.infer<typeof routeOptionsSchema>>;

/** What the evidence looks for by name, beside the table's markers. */
const EVIDENCE_MARKERS: readonly RouteMarker[] = [
  {
    id: "placeholders",
    kind: "word",
    words: ["skeleton", "skeletons", "shimmer", "placeholder", "ghost"],
    unless: ["lazy", "lazyload", "image", "img", "ad", "ads", "advert", "button", "btn"],
    notOn: ["img", "iframe", "picture", "source", "video", "script", "link", "style", "meta", "input"],
    visibleBelow: 3_000,
  },
  {
    id: "lazy list",
    kind: "word",
    words: ["infinite", "infinitescroll", "loadmore", "lazylist", "virtualized"],
    unless: ["image", "img"],
    notOn: ["img", "script", "link", "style", "meta"],
    visibleBelow: 3_000,
  },
];

/** What the extraction pass is to look for: the table's markers, each under its rule's name, and the room's own. */
export function routeMarkers(options: RouteOptions): RouteMarker[] {
  const table = options.rules.flatMap((rule) =>
    "markers" in rule ? rule.markers.map((marker): RouteMarker => ({ id: rule.rule, ...marker })) : [],
  );
  return [...table, ...EVIDENCE_MARKERS, ...CHALLENGE_MARKERS];
}
