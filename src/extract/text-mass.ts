// How much running text every element of a page holds: long sentences weigh, links and fragments do not. Also what of it the page repeats
// elsewhere about itself. One walk; knows no names and decides nothing.
import { ROLE } from "./attributes.ts";
import { itemprop } from "./boilerplate.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { attribute, type Element, type Node, type Weight } from "./tree.ts";

const SAYING_CHARS_MIN = 40;
const SAYING_CHARS_MAX = 30_000;

/** What a page says its text is, folded for `weigh`; sayings too short to tell are left out. */
export function sayings(texts: readonly (string | null)[]): string[] {
  return texts
    .flatMap((text) => (text === null ? [] : [folded(text.slice(0, SAYING_CHARS_MAX))]))
    .filter((text) => text.length >= SAYING_CHARS_MIN);
}

/** Puts its weight on all that is shown below, and on the body itself. The survey has measured the texts. */
export function weigh(body: Element, saying: readonly string[]): void {
  weighBlock(body, saying);
}

/** What one block adds up while its inline content is walked. */
interface Sum {
  /** In half letters, as the survey counts them. */
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

function weighBlock(element: Element, saying: readonly string[]): Weight {
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
  for (const child of element.children) add(child, inLink, sum, saying);
  const length = sum.length / 2;
  let own = 0;
  if (length >= 25) {
    const density = sum.linked / sum.length;
    own = (1 + sum.sentences + Math.min(length / 100, 4)) * (1 - density) * factor(element);
    if (length >= 60 && density < 0.4) sum.paragraphs++;
  }
  const ownSaid = length >= SAYING_CHARS_MIN && isSaid(sum.ownText, saying) ? length : 0;
  const all = own + sum.all;
  const { paragraphs, holdsMain } = sum;
  const weight: Weight = { own, all, mass: all, paragraphs, holdsMain, ownSaid, said: sum.said + ownSaid };
  element.weight = weight;
  return weight;
}

function add(node: Node, inLink: boolean, sum: Sum, saying: readonly string[]): void {
  if (node.kind === 3) {
    sum.length += node.letters;
    if (inLink) sum.linked += node.letters;
    else sum.sentences += node.sentences;
    if (saying.length > 0) sum.ownText += node.data;
    return;
  }
  // The survey counted nothing in what is hidden.
  if (node.chars === 0) return;
  if ((node.kinds & BLOCK) === 0) {
    for (const child of node.children) add(child, inLink || node.name === "a", sum, saying);
    return;
  }
  const below = weighBlock(node, saying);
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
    ((element.marks & ROLE) !== 0 && attribute(element, "role") === "main")
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
      return (element.kinds & HEADINGS) !== 0 ? 0.2 : 0.8;
  }
}

/** Letters and digits in lower case, all between them one space: for comparing texts. */
export function folded(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
}
