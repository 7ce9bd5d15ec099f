// What of any page stands apart, and the masses that are left, are what a slow reading of the same tree gives.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { IS_APART, IS_COMMENTS, IS_CONTENT, IS_NOTICE, namingAt } from "./boilerplate.ts";
import { Place } from "./content-place.ts";
import { APART_TAG } from "./element-kinds.ts";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { parseHtml } from "./parse.ts";
import { Sayings } from "./sayings.ts";
import { STRICTNESSES, type Strictness } from "./scanner/scanner.ts";
import { survey } from "./survey.ts";
import { anyPage, elementsOf } from "./testing/any-page.ts";
import { weigh } from "./text-mass.ts";
import { attribute, closest, type Element, elements, type Tree } from "./tree.ts";
import type { Weights } from "./weights.ts";

const options = extractOptionsSchema.parse({});
const BIT = 4;

const shown = (element: Element): Element[] => elements(element).filter(({ chars }) => chars > 0);

const shownBelow = (element: Element): Element[] =>
  shown(element).flatMap((child) => [child, ...shownBelow(child)]);

class Slow {
  readonly apart = new Set<number>();
  readonly masses = new Map<number, number>();
  readonly main: Element | null;
  readonly #weights: Weights;
  readonly #strictness: Strictness;
  readonly #total: number;
  /** The same page once more, whose spellings have no numbers: the same rows. */
  readonly #twin: Tree;

  constructor({ body }: Tree, twin: Tree, weights: Weights, strictness: Strictness) {
    this.#twin = twin;
    this.#weights = weights;
    this.#strictness = strictness;
    this.#total = Math.max(1e-9, weights.all(body.row));
    const isMain = (one: Element): boolean =>
      one.name === "main" || one.name === "article" || attribute(one, "role") === "main";
    this.main = shownBelow(body).find(isMain) ?? null;
    this.#settle(body);
  }

  #settle(element: Element): number {
    let mass = this.#weights.own(element.row);
    for (const child of shown(element)) {
      if (this.#isApart(child)) {
        this.apart.add(child.row);
        this.masses.set(child.row, 0);
      } else mass += this.#settle(child);
    }
    this.masses.set(element.row, mass);
    return mass;
  }

  #isApart(element: Element): boolean {
    if (this.#strictness === "none") return false;
    const { row, chars, name } = element;
    const names = namingAt(this.#twin.body.rows, row);
    const holdsMain = this.main !== null && closest(this.main, (one) => one === element) !== null;
    const holdsHeadline = this.#weights.holdsMain(row);
    if ((names & IS_NOTICE) !== 0 && chars < 1_500 && !holdsMain) return !holdsHeadline;
    const byTag = (element.kinds & APART_TAG) !== 0;
    if (!byTag && !(this.#strictness === "names" && (names & IS_APART) !== 0)) return false;
    if (["nav", "button", "select"].includes(name) || !this.#weights.has(row)) return true;
    const all = this.#weights.all(row);
    if (holdsMain || (holdsHeadline && all > 0.1 * this.#total)) return false;
    if (byTag && (this.main !== null || chars < 500)) return true;
    return (names & IS_COMMENTS) !== 0 || all < ((names & IS_CONTENT) !== 0 ? 0.35 : 0.6) * this.#total;
  }
}

test("what is set apart, the masses that are left, and the main part are what a slow reading gives, one way after the other", () => {
  fc.assert(
    fc.property(anyPage, fc.shuffledSubarray([...STRICTNESSES]), (page, ways) => {
      withPageNodes(() => {
        // Some of it longer than what is never content.
        const html = page.replaceAll("x, y.", "x, y. ".repeat(100));
        const tree = parseHtml(html, options, { xhtml: false });
        const twin = parseHtml(html, options, { xhtml: false });
        survey(tree, []);
        for (const [way, strictness] of ways.entries()) {
          const weights = weigh(tree.body, new Sayings([]));
          const place = new Place(tree.body, weights, strictness, 0, BIT << way);
          const expected = new Slow(tree, twin, weights, strictness);
          assert.equal(weights.main, expected.main?.row ?? 0, html);
          assert.equal(place.hasMain, expected.main !== null);
          for (const { row, leftOut } of elementsOf(tree.body)) {
            assert.equal((leftOut & (BIT << way)) !== 0, expected.apart.has(row), html);
            const mass = weights.has(row) ? expected.masses.get(row) : 0;
            if (mass !== undefined) assert.equal(weights.mass(row), mass, html);
          }
        }
      });
    }),
    { numRuns: 3_000 },
  );
});
