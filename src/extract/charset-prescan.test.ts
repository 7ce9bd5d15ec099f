// What a late meta says of the encoding is what it says near the beginning, though long texts are looked through for a meta that answers first.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { PRESCAN_BYTES, prescan } from "./charset-prescan.ts";

/** No raw text: only late are such elements passed over. */
const piece = fc.constantFrom(
  ..."<meta |<META/|<meta|<p title='|<p>|</p |<!--|-->|<!doctype html>|<?pi|>|>|/>|'|\"|=| |é|<".split("|"),
  ...`charset=|CharSet="|content="text/html; charset=|content='a; charset=b|http-equiv=content-type |name=x `.split(
    "|",
  ),
  ..."euc-kr>|utf-8'>|koi8-r\">|utf-16 |nonsense>|charset|<script-x>".split("|"),
);
const page = fc.array(piece, { maxLength: 30 }).map((parts) => parts.join(""));
const whole = fc
  .tuple(
    page,
    fc.constantFrom(
      "<meta charset=gbk>",
      '<meta http-equiv="Content-Type" content="text/html; charset=gbk">',
      "",
    ),
    page,
  )
  .map((parts) => parts.join(""));

const said = (text: string): string | null =>
  prescan(text.slice(0, PRESCAN_BYTES), (most) => text.slice(0, most));

test("what metas say beyond the first bytes is what they say within them", () => {
  let answers = 0;
  fc.assert(
    fc.property(whole, fc.constantFrom(0, 4_000, 60_000), (text, more) => {
      const early = said(text);
      const late = said(`<!--${"-".repeat(PRESCAN_BYTES + more)}-->${text}`);
      assert.equal(late, early, text);
      if (early !== null) answers++;
    }),
    { numRuns: 3_000 },
  );
  assert.ok(answers > 300, String(answers));
});

test("a late meta in raw text or a comment says nothing, one behind them does", () => {
  const before = `<p>${"x".repeat(PRESCAN_BYTES)}</p>`;
  const meta = "<meta charset=euc-kr>";
  for (const hidden of [
    `<script>"${meta}"</script>`,
    `<!-- ${meta} -->`,
    `<title>${meta}</title>`,
    `<p title='${meta}'>`,
  ]) {
    assert.equal(said(before + hidden), null, hidden);
    assert.equal(said(before + hidden + meta), "euc-kr", hidden);
  }
  assert.equal(said(`${before}<script>charset</script><meta name=a content=b>`), null);
});
