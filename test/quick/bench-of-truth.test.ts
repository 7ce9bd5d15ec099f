// What the bench of truth holds of the router, without a browser: from the table of what both lanes read, which lies beside the bench.
import assert from "node:assert/strict";
import { test } from "node:test";
import { fit } from "../../bench/truth/fit.ts";
import { byFamily, judged } from "../../bench/truth/report.ts";
import { needs, type Part, readTruth } from "../../bench/truth/table.ts";
import { SHIPPED_WEIGHTS } from "../../src/route/prior-weights.ts";

const truth = readTruth();

const errorsOn = (part: Part): { table: number; learned: number; learning: number } => {
  const [table, learned, learning] = judged(truth, part).map(({ tally }) => tally.errors);
  return { table: table ?? Number.NaN, learned: learned ?? Number.NaN, learning: learning ?? Number.NaN };
};

test("the table of truth holds at least 300 pages on at least 40 hosts, and many of either kind in each part", () => {
  assert.ok(truth.rows.length >= 300, String(truth.rows.length));
  assert.ok(new Set(truth.rows.map(({ host }) => host)).size >= 40);
  for (const part of ["learned", "other hosts", "other frameworks"]) {
    const own = truth.rows.filter((row) => row.part === part);
    const share = own.filter(needs).length / own.length;
    assert.ok(share > 0.25 && share < 0.75, `${part}: ${share}`);
  }
});

test("no host and no framework of the judged pages is among those learned from", () => {
  const of = (part: Part) => truth.rows.filter((row) => row.part === part);
  const hosts = new Set(of("learned").map(({ host }) => host));
  const families = new Set(of("learned").map(({ family }) => family));
  assert.deepEqual(
    of("other frameworks").filter(({ host, family }) => hosts.has(host) || families.has(family)),
    [],
  );
  assert.deepEqual(
    of("other hosts").filter(({ host }) => hosts.has(host)),
    [],
  );
});

test("on frameworks and hosts never met the learned router errs at most half as often as the plain table", () => {
  const { table, learned, learning } = errorsOn("other frameworks");
  assert.ok(learning <= table / 2, `${learning} errors, the table ${table}`);
  assert.ok(
    learned <= (2 * table) / 3,
    `before anything came of a page: ${learned} errors, the table ${table}`,
  );
});

test("that is no luck of the split: with each family judged by weights of all others, two thirds of the table's errors at most", () => {
  const families = byFamily(truth);
  const sum = (of: "table" | "leftOutLearning"): number =>
    families.reduce((all, family) => all + family[of], 0);
  const [table, learned] = [sum("table"), sum("leftOutLearning")];
  assert.ok(learned <= (2 * table) / 3, `${learned} errors, the table ${table}`);
});

test("the shipped weights are those of the pages that may be learned from (bench/truth/make.ts --fit)", () => {
  assert.deepEqual(fit(truth.rows.filter(({ part }) => part === "learned")).weights, SHIPPED_WEIGHTS);
});
