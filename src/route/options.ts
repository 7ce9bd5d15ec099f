// The score table as data: what to look for, what it is worth, and where the line between the lanes runs.
import { z } from "zod";
import type { RouteMarker } from "../model/index.ts";

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

export const routeOptionsSchema = z.strictObject({
  start: points.default(100),
  /** At this score and above a page is fast. */
  fastFrom: points.default(80),
  rules: z
    .array(ruleSchema)
    .max(200)
    .default([...TABLE]),
});

export type RouteOptions = Readonly<z.infer<typeof routeOptionsSchema>>;

/** The markers of the table, each under its rule's name, for the extraction pass to look for. */
export function routeMarkers(options: RouteOptions): RouteMarker[] {
  return options.rules.flatMap((rule) =>
    "markers" in rule ? rule.markers.map((marker): RouteMarker => ({ id: rule.rule, ...marker })) : [],
  );
}
