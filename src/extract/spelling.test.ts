// What stands in class and id has numbers that hold for one page, and records that are kept from page to page: a number never stands for another
// spelling, whatever was read before, and what was learned of one is not said of the next in its place.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extractOptionsSchema } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import { PageSource } from "./page-source.ts";
import { parseHtml } from "./parse.ts";
import { CLASS_NAME, ID_NAME } from "./row-layout.ts";
import { Rows } from "./rows.ts";
import { Scanner } from "./scanner/scanner.ts";
import { NAMING_OF_SPELLING, PLAIN_CLASS, PLAIN_ID, type Spelling } from "./spelling.ts";
import { attribute, type Element } from "./tree.ts";

const options = extractOptionsSchema.parse({});
const FLAVOUR = { xhtml: false };
const NAMING_KNOWN = NAMING_OF_SPELLING.known;

function childrenOf(page: string): Element[] {
  return parseHtml(page, options, FLAVOUR).body.children.filter((child) => child.kind === 1);
}

/** A number that the text alone gives, unlike -1. */
function numberOf(text: string): number {
  let hash = 0;
  for (const letter of text) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 1_000_003;
  return hash;
}

/** What was said of each record. */
const said = new WeakMap<Spelling, number>();

/** The records of a page are those of its spellings, one each, and say nothing that was not said of just that spelling; how many have none. */
function agree(elements: readonly Element[]): number {
  const records = new Map<string, Spelling>();
  let without = 0;
  for (const element of elements) {
    for (const [name, record] of [
      ["class", element.className],
      ["id", element.id],
    ] as const) {
      const value = attribute(element, name);
      if (record === null) {
        if (value !== null && value !== "") without++;
        continue;
      }
      assert.equal(record.text, value);
      assert.equal(records.get(record.text) ?? record, record);
      records.set(record.text, record);
      const own = numberOf(record.text);
      assert.equal(said.get(record) ?? own, own, `${record.text} has what was said of another`);
      said.set(record, own);
    }
  }
  return without;
}

test("50,000 different spellings on one page have the right records or none, and so has the page behind it", () => {
  const page = Array.from({ length: 50_000 }, (_, at) => `<i class="c${at}"></i>`).join("");
  withPageNodes(() => {
    const without = agree(childrenOf(page));
    // There are 32,768 places.
    assert.ok(without >= 50_000 - 32_768 && without < 30_000, `${without} without a record`);
  });
  withPageNodes(() =>
    assert.equal(agree(childrenOf('<i class="c1"></i><i class="new" id="c49999"></i>')), 0),
  );
});

test("over many pages of 50,000 different spellings in all every record is that of its spelling", () => {
  let seed = 1;
  const next = (below: number): number => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let page = 0; page < 120; page++) {
    const first = next(45_000);
    const html = Array.from({ length: 1_000 }, () => {
      const [one, other] = [first + next(1_500), next(50_000)];
      return `<i class="a b-${one}" id=x${other}></i><i class=x${other}></i>`;
    }).join("");
    withPageNodes(() => {
      // Two sets of four have places enough for nearly all of a page's.
      assert.ok(agree(childrenOf(html)) < 100);
    });
  }
});

test("spellings that differ in one letter, at any place and of any length, are told apart", () => {
  const value = fc
    .tuple(
      fc.integer({ min: 1, max: 130 }),
      fc.array(fc.nat(129), { maxLength: 2 }),
      fc.constantFrom("a", "é", " "),
    )
    .map(([length, places, base]) => {
      const letters = base.repeat(length).split("").slice(0, length);
      for (const place of places) if (place < length) letters[place] = "b";
      return letters.join("");
    });
  fc.assert(
    fc.property(fc.array(value, { minLength: 1, maxLength: 30 }), (values) => {
      withPageNodes(() => {
        const elements = childrenOf(values.map((one) => `<i class="${one}" id="${one}"></i>`).join(""));
        assert.equal(elements.length, values.length);
        agree(elements);
        for (const [at, { className, id }] of elements.entries()) {
          const one = values[at] ?? "";
          const hasRecord = one.length <= 128 && !one.includes("é");
          assert.equal(className?.text ?? null, hasRecord ? one : null);
          assert.equal(id, className);
        }
      });
    }),
    { numRuns: 300 },
  );
});

test("what is no record's: nothing, a reference, a line end of two, a letter beyond ASCII, an html tag's of two tags", () => {
  withPageNodes(() => {
    const page = `<i class></i><i class=""></i><i class="a&amp;b"></i><i class="a\r\nb"></i><i class="ü"></i><i class='a\tb\nc'></i>`;
    assert.deepEqual(
      childrenOf(page).map((element) => [attribute(element, "class"), element.className?.text ?? null]),
      [
        ["", null],
        ["", null],
        ["a&b", null],
        ["a\nb", null],
        ["ü", null],
        ["a\tb\nc", "a\tb\nc"],
      ],
    );
  });
  withPageNodes(() => {
    const { html, body } = parseHtml(
      "<html class=a><body id=c class=d><html id=b class=x>",
      options,
      FLAVOUR,
    );
    assert.deepEqual([html.className, html.id], [null, null]);
    assert.deepEqual([body.className?.text, body.id?.text], ["d", "c"]);
    assert.deepEqual(html.attributes, ["class", "a", "id", "b"]);
  });
});

/** Reads a page of those classes with a scanner of its own; the numbers of them, one after the other. */
function reader(): { readonly scanner: Scanner; readonly read: (values: readonly string[]) => number[] } {
  const scanner = new Scanner();
  const read = (values: readonly string[]): number[] => {
    const source = new PageSource(values.map((value) => `<i class=${value}></i>`).join(""));
    const { body } = scanner.scan(source, options, false, true);
    const rows = new Rows();
    rows.open(scanner.rows, source, options.attributeCharsMax, scanner);
    return rows.element(body).children.map((child) => rows.numbers[child.row + CLASS_NAME] ?? 0);
  };
  return { scanner, read };
}

const LEARNED = PLAIN_CLASS | PLAIN_ID | NAMING_KNOWN;

test("what is known of a spelling is forgotten where another takes its place, and of others kept", () => {
  const { scanner, read } = reader();
  const learned = (number: number): number => scanner.spellings.known(number) & LEARNED;
  const kept = Array.from({ length: 100 }, (_, at) => `kept-${at}`);
  for (const number of read(kept)) {
    assert.equal(learned(number), 0);
    scanner.spellings.learn(number, LEARNED);
  }
  for (const number of read(kept)) assert.equal(learned(number), LEARNED);
  for (let page = 0; page < 34; page++)
    for (const number of read(Array.from({ length: 1_000 }, (_, at) => `other-${page}-${at}`)))
      assert.equal(learned(number), 0, "a new one has nothing of the one before in its place");
  const left = read(kept).map(learned);
  assert.ok(left.every((bits) => bits === 0 || bits === LEARNED));
  const lost = left.filter((bits) => bits === 0).length;
  assert.ok(lost > 30 && lost < kept.length - 10, `${lost} are lost`);
});

test("as many spellings as half of the places hold stay known, page after page", () => {
  const { scanner, read } = reader();
  const pages = Array.from({ length: 80 }, (_, page) =>
    Array.from({ length: 200 }, (_, at) => `s-${page}-${at}`),
  );
  for (const page of pages) for (const number of read(page)) scanner.spellings.learn(number, LEARNED);
  const forgotten = pages
    .flatMap((page) => read(page).map((number) => scanner.spellings.known(number) & LEARNED))
    .filter((bits) => bits !== LEARNED).length;
  assert.ok(forgotten < 16, `${forgotten} of 16,000 are forgotten`);
});

test("the same class has one record, however many others stand between its places", () => {
  // More than are looked for first: what was met comes a second time as if new.
  const others = Array.from({ length: 3_000 }, (_, at) => `<i class=o-${at}></i>`).join("");
  withPageNodes(() => {
    const elements = childrenOf(`<b class=same></b>${others}<b class=same></b>${others}<b class=same></b>`);
    const same = elements.filter(({ name }) => name === "b").map(({ className }) => className);
    assert.equal(same.length, 3);
    assert.equal(new Set(same).size, 1);
    assert.equal(same[0]?.text, "same");
    agree(elements);
  });
});

test("other markers make the survey look again at every class and id, and leave the rest", () => {
  withPageNodes(() => {
    const { body } = parseHtml("<i class=plain-once id=plain-too></i>", options, FLAVOUR);
    const { rows } = body;
    const row = body.first?.row ?? 0;
    const [className, id] = [rows.numbers[row + CLASS_NAME] ?? 0, rows.numbers[row + ID_NAME] ?? 0];
    assert.ok(rows.spellings !== null && className !== 0 && id !== 0);
    rows.spellings.learn(className, PLAIN_CLASS | NAMING_KNOWN);
    rows.spellings.learn(id, PLAIN_ID);
    rows.spellings.forgetPlain();
    assert.equal(rows.spellings.known(className) & (PLAIN_CLASS | NAMING_KNOWN), NAMING_KNOWN);
    assert.equal(rows.spellings.known(id) & PLAIN_ID, 0);
  });
});
