import assert from "node:assert/strict";
import { test } from "node:test";
import { ADVICES } from "../advice.ts";
import { words } from "./index.ts";

/** Every word of a table by its path; one that is made of parts, as it reads with some. */
function read(table: object, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [name, value] of Object.entries(table)) {
    const at = `${path}${name}`;
    if (typeof value === "string") found.set(at, value);
    else if (typeof value === "function") found.set(at, String(value(3, "3")));
    else for (const [inner, word] of read(value, `${at}.`)) found.set(inner, word);
  }
  return found;
}

const english = read(words.en);
const korean = read(words.ko);

test("both languages have the same words, and none is empty", () => {
  assert.deepEqual([...korean.keys()].sort(), [...english.keys()].sort());
  for (const table of [english, korean]) {
    assert.deepEqual(
      [...table].filter(([, word]) => word.trim() === "").map(([name]) => name),
      [],
    );
  }
});

test("the Korean table is Korean, but for names and signs", () => {
  const foreign = [...korean].filter(([, word]) => !/\p{Script=Hangul}/u.test(word)).map(([name]) => name);
  const expected = ["Markdown", "HTML", "JSON", "Cron", "—", "https://example.com/article\n한 줄에 하나씩"];
  assert.deepEqual(
    foreign.filter((name) => !expected.includes(korean.get(name) ?? "")),
    [],
  );
});

test("what a word is made of is in it, in both languages", () => {
  for (const table of [words.en, words.ko]) {
    assert.match(table.app.failed(503), /503/);
    assert.match(table.scrape.ready(2, "2"), /2/);
    assert.match(table.scrape.progress("1", "7"), /1.*7|7.*1/);
    assert.match(table.scrape.tooMany("1,000"), /1,000/);
    assert.match(table.live.progressOf("5", "9"), /5.*9|9.*5/);
  }
  assert.equal(words.en.scrape.ready(1, "1"), "1 address");
  assert.equal(words.en.scrape.ready(2, "2"), "2 addresses");
});

test("every advice has its words", () => {
  for (const advice of ADVICES) {
    assert.ok(words.en.advice[advice].length > 20);
    assert.ok(words.ko.advice[advice].length > 10);
  }
});
