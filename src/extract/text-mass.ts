// How much running text every element of a page holds: long sentences weigh, links and fragments do not. Also what of it the page repeats
// elsewhere about itself. One walk; knows no names and decides nothing.
import { ROLE } from "./attribute-marks.ts";
import { itemprop } from "./boilerplate.ts";
import { BLOCK, HEADINGS } from "./element-kinds.ts";
import { attribute, type Element, type Weight } from "./tree.ts";

const SAYING_CHARS_MIN = 40;
const SAYING_CHARS_MAX = 30_000;
/** A longer text is not compared. */
const OWN_CHARS_MAX = 20_000;
/** So much of a saying's beginning tells it. */
const BEGINNING_CHARS = 60;
/** So much of a text is looked at first. */
const START_CHARS = 120;

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

/** A block's weight while its inline content is walked. */
class Sum implements Weight {
  /** In half letters, as the survey counts them. */
  length = 0;
  linked = 0;
  sentences = 0;
  own = 0;
  all = 0;
  mass = 0;
  paragraphs = 0;
  holdsMain = false;
  ownSaid = 0;
  said = 0;
}

function weighBlock(element: Element, saying: readonly string[]): Sum {
  const sum = new Sum();
  sum.holdsMain = isHeadline(element);
  add(element, element.name === "a", sum, saying);
  const length = sum.length / 2;
  if (length >= 25) {
    const density = sum.linked / sum.length;
    sum.own = (1 + sum.sentences + Math.min(length / 100, 4)) * (1 - density) * factor(element);
    if (length >= 60 && density < 0.4) sum.paragraphs++;
  }
  if (length >= SAYING_CHARS_MIN && isSaid(element, saying)) sum.ownSaid = length;
  sum.all += sum.own;
  sum.mass = sum.all;
  sum.said += sum.ownSaid;
  element.weight = sum;
  return sum;
}

/** What stands in the element, up to the blocks inside and with the weights of those. */
function add(element: Element, inLink: boolean, sum: Sum, saying: readonly string[]): void {
  for (let node = element.first; node !== null; node = node.next) {
    if (node === undefined) continue;
    if (node.kind === 3) {
      sum.length += node.letters;
      if (inLink) sum.linked += node.letters;
      else sum.sentences += node.sentences;
      // The survey counted nothing in what is hidden.
    } else if (node.chars === 0) continue;
    else if ((node.kinds & BLOCK) === 0) add(node, inLink || node.name === "a", sum, saying);
    else {
      const below = weighBlock(node, saying);
      sum.all += below.all;
      sum.paragraphs += below.paragraphs;
      sum.said += below.said;
      sum.holdsMain ||= below.holdsMain;
    }
  }
}

function isHeadline(element: Element): boolean {
  return (
    element.name === "main" ||
    element.name === "h1" ||
    itemprop(element, "articleBody") ||
    ((element.marks & ROLE) !== 0 && attribute(element, "role") === "main")
  );
}

/** Its own text stands in one of the page's sayings, or one of them begins it. */
function isSaid(element: Element, saying: readonly string[]): boolean {
  if (saying.length === 0 || !mayBeSaid(ownText(element, START_CHARS), saying)) return false;
  const text = ownText(element, OWN_CHARS_MAX + 1);
  if (text.length > OWN_CHARS_MAX) return false;
  const own = folded(text);
  return (
    own.length >= SAYING_CHARS_MIN &&
    saying.some((one) => one.includes(own) || own.startsWith(one.slice(0, BEGINNING_CHARS)))
  );
}

/** False for most texts that are not said: already their first words stand nowhere in the sayings. */
function mayBeSaid(start: string, saying: readonly string[]): boolean {
  const words = folded(start.slice(0, START_CHARS));
  // The last may have been cut.
  const last = words.lastIndexOf(" ");
  if (last === -1) return true;
  const first = words.slice(0, last);
  return saying.some((one) => one.includes(first) || first.startsWith(one.slice(0, BEGINNING_CHARS)));
}

/** Text up to the blocks inside, of at least `charsMax` UTF-16 units where there is so much. */
function ownText(element: Element, charsMax: number): string {
  let text = "";
  for (let node = element.first; node !== null; node = node.next) {
    if (text.length >= charsMax) break;
    if (node.kind === 3) text += node.data;
    else if (node.chars > 0 && (node.kinds & BLOCK) === 0) text += ownText(node, charsMax - text.length);
  }
  return text;
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
