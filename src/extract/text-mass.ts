// How much running text every element of a page holds: long sentences weigh, links and fragments do not. Also what of it the page repeats
// elsewhere about itself. One walk; knows no names and decides nothing.
import { itemprop } from "./boilerplate.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { attribute, type Element, type Node } from "./tree.ts";

const SAYING_CHARS_MIN = 40;
const SAYING_CHARS_MAX = 30_000;

/** What is measured of an element beside the survey's counts. */
export interface Weight {
  /** Score of the running text that is its own, not of a block inside: long sentences count, links and fragments do not. */
  readonly own: number;
  /** The same with all that is below; then the same less what is apart. */
  readonly all: number;
  mass: number;
  /** Blocks of running text below. */
  readonly paragraphs: number;
  /** Holds the page's headline, main element or declared body. */
  readonly holdsMain: boolean;
  /** Characters of own text, and of all text below, that the page's own sayings hold. */
  readonly ownSaid: number;
  readonly said: number;
}

export type Weights = ReadonlyMap<Element, Weight>;

/** What a page says its text is, folded for `weigh`; sayings too short to tell are left out. */
export function sayings(texts: readonly (string | null)[]): string[] {
  return texts
    .flatMap((text) => (text === null ? [] : [folded(text.slice(0, SAYING_CHARS_MAX))]))
    .filter((text) => text.length >= SAYING_CHARS_MIN);
}

/** The weights of all that is shown below, and of the body itself. */
export function weigh(body: Element, saying: readonly string[]): Weights {
  const weights = new Map<Element, Weight>();
  weighBlock(body, weights, saying);
  return weights;
}

/** What one block adds up while its inline content is walked. */
interface Sum {
  length: number;
  linked: number;
  sentences: number;
  all: number;
  paragraphs: number;
  holdsMain: boolean;
  said: number;
  /** Gathered only where there are sayings to compare with. */
  ownText: string;
}

function weighBlock(element: Element, weights: Map<Element, Weight>, saying: readonly string[]): Weight {
  const sum: Sum = {
    length: 0,
    linked: 0,
    sentences: 0,
    all: 0,
    paragraphs: 0,
    holdsMain: isHeadline(element),
    said: 0,
    ownText: "",
  };
  const inLink = element.name === "a";
  for (const child of element.children) add(child, inLink, sum, weights, saying);
  const { length } = sum;
  let own = 0;
  if (length >= 25) {
    const density = sum.linked / length;
    own = (1 + sum.sentences + Math.min(length / 100, 4)) * (1 - density) * factor(element);
    if (length >= 60 && density < 0.4) sum.paragraphs++;
  }
  const ownSaid = length >= SAYING_CHARS_MIN && isSaid(sum.ownText, saying) ? length : 0;
  const all = own + sum.all;
  const { paragraphs, holdsMain } = sum;
  const weight: Weight = { own, all, mass: all, paragraphs, holdsMain, ownSaid, said: sum.said + ownSaid };
  weights.set(element, weight);
  return weight;
}

function add(
  node: Node,
  inLink: boolean,
  sum: Sum,
  weights: Map<Element, Weight>,
  saying: readonly string[],
): void {
  if (node.kind === 3) {
    addText(node.data, inLink, sum);
    if (saying.length > 0) sum.ownText += node.data;
    return;
  }
  // The survey counted nothing in what is hidden.
  if (node.chars === 0) return;
  if (!BLOCK.has(node.name)) {
    for (const child of node.children) add(child, inLink || node.name === "a", sum, weights, saying);
    return;
  }
  const below = weighBlock(node, weights, saying);
  sum.all += below.all;
  sum.paragraphs += below.paragraphs;
  sum.said += below.said;
  sum.holdsMain ||= below.holdsMain;
}

function isHeadline(element: Element): boolean {
  return (
    element.name === "main" ||
    element.name === "h1" ||
    itemprop(element, "articleBody") ||
    attribute(element, "role") === "main"
  );
}

/** The text stands in one of the page's sayings, or one of them begins it. */
function isSaid(text: string, saying: readonly string[]): boolean {
  if (saying.length === 0 || text.length > 20_000) return false;
  const own = folded(text);
  return (
    own.length >= SAYING_CHARS_MIN &&
    saying.some((one) => one.includes(own) || own.startsWith(one.slice(0, 60)))
  );
}

function factor(element: Element): number {
  switch (element.name) {
    case "p":
    case "pre":
    case "blockquote":
      return 1;
    case "li":
    case "dd":
    case "dt":
      return 0.4;
    case "td":
      return 0.7;
    default:
      return HEADINGS.has(element.name) ? 0.2 : 0.8;
  }
}

/** A Han, Kana or Hangul character says as much as this many letters of an alphabet. */
const DENSE_WORTH = 2.5;

/** Length in letters, white space runs as one, scripts without spaces weighed by what they say; commas and full stops counted. */
function addText(text: string, inLink: boolean, sum: Sum): void {
  let length = 0;
  let sentences = 0;
  let space = true;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0) {
      if (!space) length++;
      space = true;
      continue;
    }
    space = false;
    if (unit < 0x0600) {
      length++;
      if (unit === 44 || (unit === 46 && !(text.charCodeAt(at + 1) > 32))) sentences++;
    } else {
      length += unit >= 0x2e80 && isDense(unit) ? DENSE_WORTH : 1;
      if (unit === 0x3001 || unit === 0xff0c || unit === 0x060c || unit === 0x3002) sentences++;
    }
  }
  sum.length += length;
  if (inLink) sum.linked += length;
  else sum.sentences += sentences;
}

/** Han, Kana and the like; Hangul, whose words have spaces but whose syllables are several letters each. */
function isDense(unit: number): boolean {
  return (
    (unit >= 0x3041 && unit <= 0x9fff) ||
    (unit >= 0xac00 && unit <= 0xd7a3) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}

/** Letters and digits in lower case, all between them one space: for comparing texts. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
