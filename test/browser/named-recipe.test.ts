// A task that names a recipe, in a real browser: of two that fit its URL it is shown by the one that was named.
import assert from "node:assert/strict";
import { test } from "node:test";
import { scratch } from "../scenario/program.ts";
import { SERVE_FLAGS, served } from "../scenario/served.ts";
import { serve } from "../scenario/site.ts";
import { whyNoBrowser } from "../services/index.ts";

const PAGE = `<!doctype html><title>Two buttons</title><article><p>${"Words that are there from the start. ".repeat(8)}</p>
<button id="first" onclick="said.textContent = 'What the first recipe opens.'">first</button>
<button id="second" onclick="said.textContent = 'What the second recipe opens.'">second</button>
<p id="said"></p></article>`;

test("of two recipes that fit a page, the named one shows it; without a name the first does", {
  skip: whyNoBrowser() ?? false,
}, async (t) => {
  const site = await serve(t, {
    "*": (_, response) => void response.setHeader("content-type", "text/html").end(PAGE),
  });
  const recipes = ["first", "second"].map((name) => ({
    ...{ name, match: { host: "127.0.0.1" } },
    steps: [{ do: "click", selector: `#${name}` }],
  }));
  const api = await served(t, scratch(t), SERVE_FLAGS, {
    env: { MILLRACE_RENDER_RECIPES: JSON.stringify(recipes) },
  });
  for (const [path, named, opened] of [
    ["/plain", null, "first"],
    ["/named", "second", "second"],
    ["/named", "first", "first"],
  ] as const) {
    const done = await api.post("/api/scrape?wait=60", { url: site.origin + path, recipe: named });
    assert.equal(done.json.status, "completed", done.text.slice(0, 500));
    const { result } = done.json;
    assert.ok(typeof result === "object" && result !== null && "markdown" in result);
    assert.match(String(result.markdown), new RegExp(`What the ${opened} recipe opens`), `${path} ${named}`);
  }
});
