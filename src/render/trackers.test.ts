// Which hosts nothing is loaded from.
import assert from "node:assert/strict";
import { test } from "node:test";
import { hostBlocker } from "./trackers.ts";

test("a tracker and all under it are blocked, and nothing that only ends alike", () => {
  const isBlocked = hostBlocker({ blockTrackers: true, blockedHosts: [] });
  for (const host of ["google-analytics.com", "www.google-analytics.com", "region1.google-analytics.com."])
    assert.ok(isBlocked(host), host);
  for (const host of ["notgoogle-analytics.com", "google.com", "com", "127.0.0.1", "[::1]"])
    assert.ok(!isBlocked(host), host);
});

test("the user's own are blocked too, and the known ones can be left alone", () => {
  const isBlocked = hostBlocker({ blockTrackers: false, blockedHosts: ["Ads.Example"] });
  assert.ok(isBlocked("cdn.ads.example"));
  assert.ok(!isBlocked("google-analytics.com"));
});
