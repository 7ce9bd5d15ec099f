// A page's evidence as numbers for the learned judgement, each about 0..1, each with a name that people can read.
import type { RouteEvidence } from "../model/index.ts";

export interface Feature {
  readonly name: string;
  of(evidence: RouteEvidence, score: number): number;
}

const bounded = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));
const magnitude = (count: number, decades: number): number => Math.log10(1 + Math.max(0, count)) / decades;
const flag = (given: boolean): number => (given ? 1 : 0);

/** A script with a source is taken to bring so much code: nobody fetches it to judge. */
const EXTERNAL_BYTES = 20_000;

/** Characters of code that the page runs, known or taken to be. */
export const codeMass = ({ codeBytes, externalScripts }: RouteEvidence): number =>
  codeBytes + EXTERNAL_BYTES * externalScripts;

/** The order is the weights'. */
export const FEATURES: readonly Feature[] = [
  { name: "always", of: () => 1 },
  { name: "the table's score", of: (_, score) => bounded((80 - score) / 50, -1.5, 2) },
  { name: "main text", of: ({ mainWords }) => magnitude(mainWords, 3) },
  { name: "visible text", of: ({ visibleLength }) => magnitude(visibleLength, 4) },
  {
    name: "share of the main text",
    of: ({ mainLength, visibleLength }) => bounded(mainLength / Math.max(1, visibleLength), 0, 1),
  },
  { name: "nothing but empty containers", of: ({ isShell }) => flag(isShell) },
  { name: "empty containers", of: ({ emptyMounts }) => bounded(emptyMounts, 0, 3) / 3 },
  { name: "code in the page", of: ({ codeBytes }) => magnitude(codeBytes, 5) },
  { name: "scripts from elsewhere", of: ({ externalScripts }) => magnitude(externalScripts, 1) },
  {
    name: "code against text",
    of: (evidence) => bounded(Math.log10((1 + codeMass(evidence)) / (1 + evidence.visibleLength)), -2, 4) / 4,
  },
  { name: "data in the page", of: ({ dataBytes }) => magnitude(dataBytes, 5) },
  {
    name: "data against text",
    of: ({ dataBytes, visibleLength }) =>
      dataBytes === 0 ? 0 : bounded(Math.log10((1 + dataBytes) / (1 + visibleLength)), -2, 3) / 3,
  },
  { name: "hidden text", of: ({ hiddenLength }) => magnitude(hiddenLength, 4) },
  {
    name: "hidden against visible text",
    of: ({ hiddenLength, visibleLength }) => bounded(hiddenLength / (1 + visibleLength), 0, 3) / 3,
  },
  {
    name: "a word for those without scripts on an empty page",
    of: ({ noscriptLength, visibleLength }) => flag(noscriptLength > 0 && visibleLength < 500),
  },
  { name: "signs of waiting", of: ({ markers }) => flag(markers.includes("placeholders")) },
  { name: "a list that goes on", of: ({ markers }) => flag(markers.includes("lazy list")) },
  { name: "links", of: ({ links }) => magnitude(links, 2) },
];

/** `score` is the table's. */
export const featuresOf = (evidence: RouteEvidence, score: number): number[] =>
  FEATURES.map((feature) => feature.of(evidence, score));
