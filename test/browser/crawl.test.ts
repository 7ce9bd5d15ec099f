// A whole crawl in the rich lane over pages that only their script fills: each is stored as a person sees it, once, whatever
// is killed on the way.
import assert from "node:assert/strict";
import { join } from "node:path";
import { describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { jsonFile, jsonLines, run, scratch, start } from "../scenario/program.ts";
import { whyNoBrowser } from "../services/index.ts";
import { app, assertWhole, PAGES } from "./app-site.ts";
import { killBelow } from "./browser-processes.ts";

describe("a crawl in the rich lane", { skip: whyNoBrowser() ?? false }, () => {
  test("stores what scripts made, follows the links they made, and fetches each document once", async (t) => {
    const { args, url, documents } = await app(t);
    const folder = scratch(t);
    const [data, out] = [join(folder, "data"), join(folder, "out.jsonl")];
    const ended = await run(["crawl", ...args, "--data", data, "--out", out]);
    assert.equal(ended.code, 0, ended.stderr);
    assertWhole(jsonFile(out), url);
    assert.equal(documents(), PAGES);
    assert.match(ended.stderr, /lanes +fast 0, rich 10/);
    const stored = async (): Promise<Record<string, unknown>[]> => {
      const exported = await run(["export", "--format", "jsonl", "--data", data, "--out", "-"]);
      assert.equal(exported.code, 0, exported.stderr);
      return jsonLines(exported.stdout);
    };
    const before = await stored();
    assertWhole(before, url);
    for (const command of [["reprocess"], ["reprocess", "--rebuild"]]) {
      const again = await run([...command, "--data", data]);
      assert.equal(again.code, 0, again.stderr);
      assert.deepEqual(await stored(), before, command.join(" "));
    }
    const found = await run(["search", '"number 7 is told"', "--json", "--data", data]);
    assert.equal(jsonLines(found.stdout).length, 1, found.stdout);
  });

  test("a browser killed again and again in mid-crawl loses no page", async (t) => {
    const { args, url } = await app(t);
    const folder = scratch(t);
    const out = join(folder, "out.jsonl");
    const crawl = start(["crawl", ...args, "--data", join(folder, "data"), "--out", out]);
    let kills = 0;
    const ended = crawl.ended.finally(() => {
      kills = -1;
    });
    while (kills >= 0 && kills < 2) {
      await sleep(1_500);
      if (kills >= 0 && killBelow(crawl.child.pid ?? 0, "browsers") > 0) kills++;
    }
    const { code, stderr } = await ended;
    assert.equal(code, 0, stderr);
    const lines = jsonFile(out);
    // A page that met two of them in its two tries ends with its code; it does not vanish.
    assert.equal(new Set(lines.map((line) => line.url)).size, lines.length);
    for (const line of lines.filter(({ outcome }) => outcome !== "stored"))
      assert.deepEqual([line.outcome, (line.error as { code: string }).code], ["failed", "render"]);
    if (lines.every(({ outcome }) => outcome === "stored")) assertWhole(lines, url);
  });

  test("killed itself in mid-crawl it goes on, and each page is stored once", async (t) => {
    const { args, url } = await app(t);
    const data = join(scratch(t), "data");
    for (let kill = 0; kill < 2; kill++) {
      const crawl = start(["crawl", ...args, "--data", data]);
      await sleep(2_500);
      crawl.child.kill("SIGKILL");
      await crawl.ended;
    }
    const ended = await run(["crawl", ...args, "--data", data]);
    assert.equal(ended.code, 0, ended.stderr);
    const exported = await run(["export", "--format", "jsonl", "--data", data, "--out", "-"]);
    assertWhole(jsonLines(exported.stdout), url);
  });
});
