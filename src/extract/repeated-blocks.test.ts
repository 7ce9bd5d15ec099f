// Blocks are found in any text, and what a host repeats is what a plain count over its last pages says, within every bound.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { extract, extractOptionsSchema, RepeatedBlocks } from "./index.ts";
import { textFigures } from "./words/text-figures.ts";

const textBlocks = (text: string): readonly number[] => textFigures(text).blocks;

const { repeats: defaults } = extractOptionsSchema.parse({});

/** A text of so many paragraphs, as a page of the host has it. */
const paragraph = (name: string | number): string => `${name}: `.padEnd(60, "one of many words ");

const seen = (memory: RepeatedBlocks, url: string, text: string): number | null => {
  const statistics = { visibleLength: 0, textLength: [...text].length, wordCount: 0, linkDensity: 0 };
  return memory.shareOf(url, { blocks: textBlocks(text), statistics: { ...statistics, scriptBytes: 0 } });
};

test("a block is a line of forty units or more, told by its hash and its characters, and no more than the cap are told", () => {
  assert.deepEqual(textBlocks(""), []);
  assert.deepEqual(textBlocks("short\n\nlines\nalone"), []);
  const [long, wide] = ["a".repeat(40), "🌀".repeat(40)];
  const blocks = textBlocks(`${long}\nshort\n\n${wide}\n${long}`);
  assert.deepEqual([blocks[1], blocks[3], blocks[5]], [40, 40, 40]);
  assert.equal(blocks[0], blocks[4]);
  assert.notEqual(blocks[0], blocks[2]);
  assert.equal(textBlocks(`${long}\n`.repeat(1_000)).length, 2 * 256);
});

test("a text's blocks are those of its lines, each alone", () => {
  const line = fc
    .string({ minLength: 0, maxLength: 90, unit: "grapheme" })
    .map((text) => text.replace(/\n/g, " "));
  fc.assert(
    fc.property(fc.array(line, { maxLength: 20 }), (lines) => {
      assert.deepEqual(textBlocks(lines.join("\n")), lines.flatMap(textBlocks));
      for (const block of textBlocks(lines.join("\n"))) assert.equal(block, block | 0);
    }),
  );
});

test("a page is told what share of its text its host repeats, from the third page on", () => {
  const memory = new RepeatedBlocks(defaults);
  const own = (page: number): string => `${paragraph(`own ${page}`)}\n${paragraph("notice")}`;
  assert.equal(seen(memory, "https://a.example/1", own(1)), null);
  assert.equal(seen(memory, "https://b.example/1", own(1)), null);
  assert.equal(seen(memory, "https://a.example/2", own(2)), null);
  // 60 of 121 characters.
  assert.equal(seen(memory, "https://a.example/3", own(3)), 60 / 121);
  assert.equal(seen(memory, "https://a.example/4", paragraph("another")), 0);
  assert.equal(seen(memory, "https://a.example/5", paragraph("notice")), 1);
  assert.equal(seen(memory, "https://a.example/6", ""), null);
  assert.equal(seen(memory, "https://b.example/2", own(2)), null);
});

test("a page that comes again is one page, however often it comes", () => {
  const memory = new RepeatedBlocks(defaults);
  for (let round = 0; round < 10; round++)
    for (const page of [1, 2])
      assert.equal(seen(memory, `https://a.example/${page}`, paragraph("same")), null);
  assert.equal(seen(memory, "https://a.example/3", paragraph("new")), 0);
});

test("what a host said long ago is forgotten", () => {
  const memory = new RepeatedBlocks({ ...defaults, pagesMax: 4 });
  for (let page = 0; page < 4; page++) seen(memory, `https://a.example/${page}`, paragraph("old"));
  for (let page = 4; page < 7; page++) seen(memory, `https://a.example/${page}`, paragraph(page));
  assert.equal(seen(memory, "https://a.example/7", paragraph("old")), 0);
});

test("any run of pages is told what counting its host's last pages tells", () => {
  const page = fc.record({
    host: fc.nat({ max: 2 }),
    path: fc.nat({ max: 6 }),
    names: fc.array(fc.nat({ max: 5 }), { maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(page, { maxLength: 60 }), fc.integer({ min: 2, max: 8 }), (pages, pagesMax) => {
      const options = { ...defaults, pagesMax, pagesMin: 2, pagesShare: 0.5 };
      const memory = new RepeatedBlocks(options);
      const last = new Map<number, { path: number; names: readonly number[] }[]>();
      for (const { host, path, names } of pages) {
        const others = (last.get(host) ?? []).filter((other) => other.path !== path);
        const window = [...others, { path, names }].slice(-pagesMax);
        last.set(host, window);
        const text = names.map(paragraph).join("\n");
        const needed = Math.max(2, 0.5 * window.length);
        const repeated = names.filter(
          (name) => window.filter((other) => other.names.includes(name)).length >= needed,
        );
        const expected = window.length < 2 || text === "" ? null : (60 * repeated.length) / text.length;
        assert.equal(seen(memory, `https://host-${host}.example/${path}`, text), expected);
      }
    }),
  );
});

test("hosts, a host's blocks and all blocks stay within their bounds, the latest host among those that are left", () => {
  const text = (from: number): string =>
    Array.from({ length: 200 }, (_, at) => paragraph(from + at)).join("\n");
  const memory = new RepeatedBlocks({ ...defaults, hostsMax: 5, blocksPerHostMax: 1_000, blocksMax: 2_000 });
  for (let at = 0; at < 200; at++) {
    seen(memory, `https://host-${at % 13}.example/${at}`, text(at * 1_000));
    assert.ok(memory.hosts <= 5 && memory.blocks <= 2_000, `${memory.hosts} hosts, ${memory.blocks} blocks`);
  }
  for (let at = 0; at < 50; at++) seen(memory, `https://one.example/${at}`, text(at * 1_000));
  assert.ok(memory.hosts <= 5 && memory.blocks <= 2_000);
  for (const at of [50, 51]) seen(memory, `https://one.example/${at}`, text(0));
  assert.ok((seen(memory, "https://one.example/52", text(0)) ?? 0) > 0.9);
});

test("the extraction lists the blocks of the text it keeps, of pages and of plain text", () => {
  for (const [type, body] of [
    ["text/html", `<title>t</title><article><p>${paragraph("one")}<p>${paragraph("two")}</article>`],
    ["text/plain", `${paragraph("one")}\n\n${paragraph("two")}`],
  ] as const) {
    const read = extract(
      {
        url: "https://a.example/",
        body: new TextEncoder().encode(body),
        headers: [["content-type", type]],
        truncated: false,
      },
      extractOptionsSchema.parse({}),
      [],
    );
    assert.ok(read.ok);
    assert.deepEqual(read.value.blocks, textBlocks(read.value.text));
    assert.equal(read.value.blocks.length, 4);
  }
});
