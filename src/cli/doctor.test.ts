import assert from "node:assert/strict";
import { test } from "node:test";
import { browserFinding } from "./doctor.ts";

test("a browser that was found is named", () => {
  assert.deepEqual(browserFinding({ executable: "/usr/bin/chromium", origin: "system" }), {
    check: "browser",
    level: "ok",
    found: "/usr/bin/chromium",
    advice: null,
  });
});

test("without a browser a crawl still runs, and every system is told how to get one", () => {
  const { level, found, advice } = browserFinding(null);
  assert.equal(level, "warn");
  assert.match(found, /no Chromium found: .* reads pages in the fast lane/);
  assert.match(
    advice ?? "",
    /Debian: apt install .*macOS: brew install .*others: npx playwright-core install chromium/,
  );
});
