// Recipes as they are written, and which of them a page has.
import assert from "node:assert/strict";
import { test } from "node:test";
import { renderOptionsSchema } from "./options.ts";
import { recipeBook } from "./recipe-book.ts";

const options = (recipes: readonly unknown[], over: Record<string, unknown> = {}) =>
  renderOptionsSchema.parse({ ...over, recipes });
const recipe = (name: string, match: unknown, more: Record<string, unknown> = {}) => ({
  name,
  match,
  ...more,
});

test("the first recipe that fits is a page's; a host is itself alone, a domain all below it", () => {
  const book = recipeBook(
    options([
      recipe("item", { domain: "shop.test", path: "/item/:id" }),
      recipe("list", { domain: "shop.test", path: "/list/*" }),
      recipe("host", { host: "www.shop.test" }),
      recipe("six", { host: "[::1]" }),
    ]),
  );
  for (const [url, name] of [
    ["https://shop.test/item/7?x=1#y", "item"],
    ["https://www.shop.test:8443/item/7", "item"],
    ["https://www.shop.test/item/7/more", "host"],
    ["https://shop.test/list/", "list"],
    ["https://m.shop.test/list/a/b", "list"],
    ["https://www.shop.test/", "host"],
    ["https://shop.test/", null],
    ["https://myshop.test/list/a", null],
    ["http://[::1]:80/", "six"],
    ["no URL", null],
  ] as const)
    assert.equal(book.planOf(url).recipe, name, url);
});

test("a recipe that is named counts before the first that fits, and only where it fits", () => {
  const book = recipeBook(
    options([
      recipe("item", { domain: "shop.test", path: "/item/:id" }),
      recipe("shop", { domain: "shop.test" }),
      recipe("other", { domain: "other.test" }),
    ]),
  );
  for (const [url, named, got] of [
    ["https://shop.test/item/1", undefined, "item"],
    ["https://shop.test/item/1", "shop", "shop"],
    ["https://shop.test/item/1", "item", "item"],
    ["https://shop.test/item/1", "other", "item"],
    ["https://shop.test/", "item", "shop"],
    ["https://nobody.test/", "shop", null],
    ["https://nobody.test/", undefined, null],
  ] as const)
    assert.equal(book.planOf(url, named).recipe, got, `${url} ${named}`);
});

test("what a recipe does not say stays as the configuration has it", () => {
  const book = recipeBook(
    options(
      [
        recipe("slow", { host: "slow.test" }, { pageTimeMs: 90_000, settleMs: 1_000, scroll: false }),
        recipe("bare", { host: "bare.test" }, { blockedTypes: [], pace: { minMs: 10, maxMs: 20 } }),
      ],
      { scroll: true, settleMaxMs: 5_000 },
    ),
  );
  const slow = book.planOf("https://slow.test/");
  assert.deepEqual(
    [slow.options.pageTimeMs, slow.options.settleMs, slow.options.settleMaxMs, slow.scroll],
    [90_000, 1_000, 5_000, null],
  );
  const other = book.planOf("https://other.test/");
  assert.equal(other.scroll?.timeoutMs, 10_000);
  assert.deepEqual(other.options.blockedTypes, ["image", "media", "font"]);
  assert.deepEqual(book.planOf("https://bare.test/").options.blockedTypes, []);
  assert.deepEqual([book.pageTimeMsMax, book.paceMsMax], [90_000, 20]);
});

test("a page that is pictured loads its images and fonts", () => {
  const book = recipeBook(
    options([recipe("shot", { host: "shot.test" }, { screenshot: { type: "jpeg", quality: 60 } })]),
  );
  const plan = book.planOf("https://shot.test/");
  assert.deepEqual(plan.options.blockedTypes, ["media"]);
  assert.deepEqual([plan.screenshot?.type, plan.screenshot?.fullPage], ["jpeg", true]);
  assert.equal(book.planOf("https://other.test/").screenshot, null);
});

test("what is wrong in a recipe is told with its place and what is allowed", () => {
  const match = { host: "a.test" };
  for (const [written, place, message] of [
    [recipe("a b", match), "recipes.0.name", /letters, digits/],
    [recipe("a", {}), "recipes.0.match", /a host or a domain/],
    [recipe("a", { host: "https://a.test" }), "recipes.0.match.host", /without scheme/],
    [recipe("a", { host: "a.test", path: "list" }), "recipes.0.match.path", /begin with \//],
    [recipe("a", { host: "a.test", path: "/(" }), "recipes.0.match.path", /no URL pattern/],
    [recipe("a", match, { step: [] }), "recipes.0", /unknown key step; did you mean steps\?/],
    [recipe("a", match, { steps: [{ do: "klick" }] }), "recipes.0.steps.0.do", /must be click, waitFor/],
    [
      recipe("a", match, { steps: [{ do: "click", selector: "li[" }] }),
      "recipes.0.steps.0.selector",
      /is no selector: \] is missing/,
    ],
    [
      recipe("a", match, { steps: [{ do: "click", selector: "li", time: 3 }] }),
      "recipes.0.steps.0",
      /unknown key time; did you mean times\?/,
    ],
    [
      recipe("a", match, { steps: [{ do: "press", key: "Return" }] }),
      "recipes.0.steps.0.key",
      /one character or a key as Enter/,
    ],
    [recipe("a", match, { pace: { minMs: 5, maxMs: 4 } }), "recipes.0.pace", /minMs must not be over maxMs/],
    [recipe("a", match, { saveStorageState: true }), "recipes.0.saveStorageState", /needs storageState/],
  ] as const) {
    const parsed = renderOptionsSchema.safeParse({ recipes: [written] });
    const issue = parsed.error?.issues[0];
    assert.equal(issue?.path.join("."), place, JSON.stringify(written));
    assert.match(issue.message, message);
  }
  const twice = renderOptionsSchema.safeParse({ recipes: [recipe("a", match), recipe("a", match)] });
  assert.equal(twice.error?.issues[0]?.path.join("."), "recipes.1.name");
});
