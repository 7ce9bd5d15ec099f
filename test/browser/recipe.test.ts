// Recipes in a real Chromium: what a page shows only once something is done in it comes with it, and every limit holds.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import type { Screenshot } from "../../src/model/index.ts";
import type { Renderer } from "../../src/render/index.ts";
import type { Rendered } from "../../src/render/page-load.ts";
import { scratch } from "../scenario/program.ts";
import { whyNoBrowser } from "../services/index.ts";
import { ITEMS, infinite, itemsIn, LOAD_MORE, PICTURED, recipeSite } from "./recipe-site.ts";
import { fetched, rendererFor, suite, type TestSite } from "./rendering.ts";

const never = new AbortController().signal;

describe("a recipe", { skip: whyNoBrowser() ?? false }, () => {
  const t = suite();
  const recipes: Record<string, unknown>[] = [];
  let server: TestSite;
  let origin: string;
  let renderer: Renderer;

  /** A page of its own that has this recipe, by its path. One renderer knows them all. */
  const page = (recipe: Record<string, unknown>): string => {
    const path = `/page-${recipes.length}`;
    recipes.push({ name: `recipe-${recipes.length}`, match: { host: "shop.test", path }, ...recipe });
    return path;
  };
  before(async () => {
    server = await recipeSite(t);
    origin = `http://shop.test:${server.port}`;
    renderer = rendererFor(t, [`shop.test:${server.port}:127.0.0.1`], {
      settleMs: 200,
      pageTimeMs: 60_000,
      recipes,
    });
  });
  const tried = (path: string, html: string) =>
    renderer.render(fetched(`${origin}${path}`, html), "utf-8", never);
  const shown = async (path: string, html: string): Promise<Rendered> => {
    const rendered = await tried(path, html);
    assert.ok(rendered.ok, JSON.stringify(rendered));
    return rendered.value;
  };
  const titleOf = ({ html }: Rendered): string => /<title>(.*)<\/title>/.exec(html)?.[1] ?? "no title";

  const loadMore = page({
    steps: [{ do: "click", selector: "text=Load more", times: 100, timeoutMs: 40_000 }],
  });
  test("clicks a button until it is gone, and every item is there", async () => {
    const { html, missed } = await shown(loadMore, LOAD_MORE);
    assert.equal(itemsIn(html), ITEMS);
    assert.deepEqual(missed, []);
  });

  /** Patient on a busy machine. */
  const patient = { do: "scroll", newMs: 2_500, timeoutMs: 40_000 };
  const bottom = page({ steps: [patient] });
  test("scrolls a list to its end in bounded steps, and every item is there", async () => {
    const before = server.asked.length;
    const { html } = await shown(bottom, infinite("/items"));
    assert.equal(itemsIn(html), ITEMS);
    assert.ok(server.asked.length - before <= ITEMS / 20 + 2, String(server.asked.length - before));
  });

  const within = page({ steps: [{ ...patient, within: "#box" }] });
  test("scrolls a list that lies in a box of its own", async () => {
    const { html } = await shown(within, infinite("/items", "height:300px;overflow:auto"));
    assert.equal(itemsIn(html), ITEMS);
  });

  const viewport = { width: 800, height: 1_000 };
  const threeScreens = page({ viewport, steps: [{ do: "scroll", times: 3 }] });
  const toElement = page({ viewport, steps: [{ do: "scroll", to: "#end" }] });
  test("scrolls so far as it is told: screens, or to an element", async () => {
    const long = `<!doctype html><div style="height:20000px"></div><p id="end">end</p>
      <script>onscroll = () => { document.title = Math.round(scrollY / innerHeight * 10) }</script>`;
    assert.equal(titleOf(await shown(threeScreens, long)), "27");
    assert.ok(Number(titleOf(await shown(toElement, long))) > 185);
  });

  const limited = [{ screensMax: 3 }, { elementsMax: 150 }, { timeoutMs: 700 }].map((limit) =>
    page({ steps: [{ do: "scroll", ...limit }] }),
  );
  const pageTime = page({
    pageTimeMs: 6_000,
    steps: [
      { do: "scroll", timeoutMs: 60_000, screensMax: 10_000 },
      { do: "wait", ms: 60_000 },
    ],
  });
  test("ends on an endless page at each of its limits, and keeps what came", async () => {
    for (const path of limited) {
      const { html, missed } = await shown(path, infinite("/endless"));
      assert.ok(itemsIn(html) >= 20, path);
      assert.deepEqual(missed, []);
    }
    const { html, missed } = await shown(pageTime, infinite("/endless"));
    assert.ok(itemsIn(html) >= 20, "the page's own time ends the steps before, and it is read");
    assert.match(missed.join(), /step 2 \(wait 60000 ms\): the page's time is over$/);
  });

  const consent = page({
    steps: [
      { do: "click", selector: "role=button[name='Accept all']", optional: true },
      { do: "click", frame: "iframe.consent", selector: "text=Agree", optional: true },
      { do: "click", selector: "#never-there", optional: true },
    ],
  });
  test("dismisses a consent where there is one, also in a frame, and asks nobody where there is none", async () => {
    const wall = `<div id="wall"><button onclick="document.getElementById('wall').remove(); document.title = 'read'">Accept all</button></div>`;
    const walled = await shown(consent, `<title>asked</title>${wall}<p>text</p>`);
    assert.deepEqual([titleOf(walled), walled.missed], ["read", []]);
    const framed = await shown(
      consent,
      `<iframe class="consent" srcdoc="<button onclick='parent.document.title = &quot;agreed&quot;'>Agree</button>"></iframe>`,
    );
    assert.equal(titleOf(framed), "agreed");
    const open = await shown(consent, "<title>open</title><p>text</p>");
    assert.deepEqual([titleOf(open), open.missed], ["open", []]);
  });

  const late = page({
    steps: [
      { do: "waitFor", selector: ".late" },
      { do: "waitFor", selector: "#loading", state: "hidden" },
    ],
  });
  test("waits for what comes late, and for what goes", async () => {
    const { html, missed } = await shown(
      late,
      `<p id="loading">…</p><script>
      setTimeout(() => { document.body.insertAdjacentHTML("beforeend", "<p class=late>late</p>"); }, 900);
      setTimeout(() => { document.getElementById("loading").remove(); }, 1_100);
      </script>`,
    );
    assert.match(html, /class="late"/);
    assert.doesNotMatch(html, /id="loading"/);
    assert.deepEqual(missed, []);
  });

  const form = page({
    steps: [
      { do: "fill", selector: "input[name=q]", text: "shoes" },
      { do: "select", selector: "#sort", option: "newest" },
      { do: "press", selector: "input[name=q]", key: "Enter" },
    ],
  });
  test("fills a field, chooses an option and presses a key", async () => {
    const { html } = await shown(
      form,
      `<input name="q"><select id="sort"><option>oldest<option value="new">newest</select><ol id="found"></ol>
      <script>document.querySelector("input").onkeydown = ({ key, target }) => {
        if (key === "Enter") document.getElementById("found").innerHTML = "<li>" + target.value + " by " + document.getElementById("sort").value;
      }</script>`,
    );
    assert.match(html, /<li>shoes by new<\/li>/);
  });

  const all = page({
    steps: [
      { do: "click", selector: "summary", all: true },
      { do: "click", selector: ".more", all: true },
    ],
  });
  test("clicks every match once, also when a click ends the match", async () => {
    const more = `<button class="more" onclick="this.className = 'less'; this.after('opened')">+</button>`;
    const details = "<details><summary>a</summary>1</details>";
    const { html } = await shown(all, details + details + more + more);
    assert.equal(html.match(/<details open=""/g)?.length, 2);
    assert.equal(html.match(/button>opened/g)?.length, 2);
  });

  const there = { do: "click", selector: "#there" };
  const absent = { do: "click", selector: "#absent", timeoutMs: 300 };
  const lenient = page({
    steps: [
      absent,
      { do: "waitFor", selector: "li >> nth=3", timeoutMs: 300 },
      { do: "fill", selector: "p", text: "a secret", timeoutMs: 300 },
      there,
    ],
  });
  const strict = page({ name: "strict", steps: [there, { ...absent, required: true }] });
  test("a step that fails is noted and the next one is taken; a required one fails the page, and says which", async () => {
    const html = `<p>text</p><button id="there" onclick="document.title = 'clicked'">x</button>`;
    const rendered = await shown(lenient, html);
    assert.equal(titleOf(rendered), "clicked");
    assert.equal(rendered.missed.length, 3);
    const [click = "", waitFor = "", fill = ""] = rendered.missed;
    assert.match(click, /^recipe recipe-\d+, step 1 \(click #absent\): not done within \d+ ms$/);
    assert.match(waitFor, /step 2 \(waitFor li >> nth=3\): not done within/);
    assert.match(fill, /step 3 \(fill p\): /);
    assert.doesNotMatch(rendered.missed.join(), /secret/);
    const failed = await tried(strict, html);
    assert.ok(!failed.ok);
    assert.equal(failed.error.code, "render");
    assert.match(failed.error.message, /^recipe strict, step 2 \(click #absent\): not done within/);
  });

  const away = page({
    steps: [
      { do: "click", selector: "text=next" },
      { ...absent, timeoutMs: 60_000 },
    ],
  });
  test("steps leave off where the page leads elsewhere, and where it leads is told", async () => {
    const { leadsTo, missed } = await shown(away, `<a href="/next">next</a>`);
    assert.equal(leadsTo, `${origin}/next`);
    assert.deepEqual(missed, []);
  });

  const file = join(scratch(t), "state.json");
  const signedIn = page({ storageState: file });
  const keeps = page({ storageState: file, saveStorageState: true });
  const stranger = page({});
  const noFile = page({ storageState: `${file}.absent` });
  test("shows its pages to somebody who signed in, and no others; what they change is kept where it is to be", async () => {
    const state = {
      cookies: [{ name: "sid", value: "s3cret", domain: "shop.test", path: "/" }],
      origins: [{ origin, localStorage: [{ name: "user", value: "Ada" }] }],
    };
    writeFileSync(file, JSON.stringify(state));
    const html = `<script>fetch("/me").then((answer) => answer.json()).then(({ cookie }) => {
      document.title = cookie + " " + localStorage.getItem("user");
      localStorage.setItem("user", "Bob");
    })</script>`;
    assert.equal(titleOf(await shown(signedIn, html)), "sid=s3cret Ada");
    assert.deepEqual(JSON.parse(readFileSync(file, "utf8")), state);
    assert.equal(titleOf(await shown(stranger, html)), " null");
    await shown(keeps, html);
    assert.equal(titleOf(await shown(signedIn, html)), "sid=s3cret Bob");
    const refused = await tried(noFile, html);
    assert.ok(!refused.ok && refused.error.code === "render");
    assert.match(refused.error.message, /storage state .*cannot be read/);
  });

  const plain = page({ blockedTypes: [] });
  /** Width, height and the colour near the lower left corner, as a browser reads the picture. */
  const seenIn = async ({ mediaType, bytes }: Screenshot): Promise<string> =>
    titleOf(
      await shown(
        plain,
        `<img src="data:${mediaType};base64,${Buffer.from(bytes).toString("base64")}"><script>
        document.images[0].decode().then(() => {
          const [image] = document.images;
          const canvas = document.createElement("canvas");
          const context = canvas.getContext("2d");
          context.drawImage(image, -10, 10 - image.naturalHeight);
          const [red, , blue] = context.getImageData(0, 0, 1, 1).data;
          const colour = red > 230 && blue < 25 ? "red" : blue > 230 && red < 25 ? "blue" : "?";
          document.title = image.naturalWidth + "x" + image.naturalHeight + " " + colour;
        });</script>`,
      ),
    );

  const pictures: readonly (readonly [mediaType: string, seen: string, screenshot: unknown])[] = [
    ["image/png", "800x1600 red", true],
    ["image/png", "800x1000 blue", { fullPage: false }],
    ["image/jpeg", "800x1600 red", { type: "jpeg", quality: 50 }],
    ["image/webp", "800x1600 red", { type: "webp" }],
    ["image/png", "800x700 blue", { heightMax: 700 }],
    ["image/png", "800x100 blue", { pixelsMax: 80_000 }],
  ];
  const pictured = pictures.map(([mediaType, seen, screenshot]) => ({
    mediaType,
    seen,
    path: page({ viewport, screenshot }),
  }));
  const tooLarge = page({ viewport, screenshot: { bytesMax: 1_024 } });
  test("takes a picture of the whole page or of what a screen shows, in each type, within its limits", async () => {
    for (const { mediaType, seen, path } of pictured) {
      const { screenshot, missed } = await shown(path, PICTURED);
      assert.deepEqual(missed, []);
      assert.ok(screenshot !== null);
      assert.equal(screenshot.mediaType, mediaType);
      assert.equal(await seenIn(screenshot), seen);
      assert.ok(seen.startsWith(`${screenshot.width}x${screenshot.height} `));
    }
    const none = await shown(tooLarge, PICTURED);
    assert.equal(none.screenshot, null);
    assert.match(none.missed.join(), /^screenshot: \d+ bytes; at most 1024 are kept$/);
  });
});

test("a page is scrolled without a recipe where the option says so, and not where it does not", {
  skip: whyNoBrowser() ?? false,
}, async (t) => {
  const server = await recipeSite(t);
  const page = fetched(`http://shop.test:${server.port}/list`, infinite("/items"));
  const patient = { newMs: 2_500, timeoutMs: 40_000 };
  for (const scroll of [patient, false]) {
    const over = { scroll, pageTimeMs: 60_000 };
    const renderer = rendererFor(t, [`shop.test:${server.port}:127.0.0.1`], over);
    const rendered = await renderer.render(page, "utf-8", never);
    assert.ok(rendered.ok, JSON.stringify(rendered));
    assert.equal(itemsIn(rendered.value.html) === ITEMS, scroll !== false);
  }
});
