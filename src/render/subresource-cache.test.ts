// A cache shared by all pages: what it keeps, for whom, for how long, and what it lets go.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { VirtualClock } from "../../test/sim/virtual-clock.ts";
import type { AskedFor } from "./cache-rules.ts";
import { SubresourceCache } from "./subresource-cache.ts";

const BODY = Buffer.from("body");

function bench(bytesMax = 1_000_000) {
  const clock = new VirtualClock();
  const cache = new SubresourceCache(bytesMax, clock);
  const asked = (headers: Record<string, string> = {}, url = "https://cdn.test/app.js"): AskedFor => ({
    url,
    method: "GET",
    headers,
  });
  const keep = (request: AskedFor, headers: Record<string, string>, body = BODY): boolean => {
    const head = { status: 200, headers: { date: new Date(clock.nowMs()).toUTCString(), ...headers } };
    if (!cache.mayKeep(request, head)) return false;
    cache.keep(request, head, body);
    return true;
  };
  return { clock, cache, asked, keep, pass: (ms: number) => clock.until(clock.sleep(ms), ms + 1) };
}

describe("what is kept", () => {
  for (const [why, headers] of [
    ["no-store", { "cache-control": "no-store, max-age=60" }],
    ["private", { "cache-control": "private, max-age=60" }],
    ["a cookie comes with it", { "cache-control": "public, max-age=60", "set-cookie": "a=1" }],
    ["it depends on cookies", { "cache-control": "max-age=60", vary: "Cookie" }],
    ["it depends on anything", { "cache-control": "max-age=60", vary: "*" }],
    ["it depends on what is not shown", { "cache-control": "max-age=60", vary: "Accept, Sec-Fetch-Site" }],
    ["nothing says how long, and nothing could renew it", {}],
    ["it has been stale for long, and nothing could renew it", { expires: "Thu, 01 Jan 1970 00:00:00 GMT" }],
    [
      "it is longer than an eighth of the budget",
      { "cache-control": "max-age=60", "content-length": "125001" },
    ],
  ] as const)
    test(`not what says: ${why}`, () => {
      const { asked, keep, cache } = bench();
      assert.equal(keep(asked(), headers), false);
      assert.equal(cache.find(asked()), null);
    });

  test("not what a script asked for with fields of its own, nor what is no GET, nor a part", () => {
    const { asked, keep } = bench();
    const fresh = { "cache-control": "max-age=60" };
    for (const name of ["authorization", "x-requested-with", "cache-control", "range"])
      assert.equal(keep(asked({ [name]: "x" }), fresh), false, name);
    assert.equal(keep({ ...asked(), method: "POST" }, fresh), false);
  });

  test("not what was asked for with cookies, unless it says that it is for all", () => {
    const { asked, keep } = bench();
    const own = asked({ cookie: "a=1" });
    assert.equal(keep(own, { "cache-control": "max-age=60" }), false);
    assert.ok(keep(own, { "cache-control": "public, max-age=60" }));
    assert.ok(keep(own, { "cache-control": "s-maxage=60" }));
  });

  test("for as long as it says, with its own fields and its age", async () => {
    const { asked, keep, cache, pass } = bench();
    assert.ok(keep(asked(), { "cache-control": "max-age=60", "content-type": "text/javascript" }));
    await pass(30_000);
    const kept = cache.find(asked());
    assert.equal(kept?.body, BODY);
    assert.equal(kept.headers["content-type"], "text/javascript");
    assert.equal(kept.headers.age, "30");
    await pass(31_000);
    assert.equal(cache.find(asked()), null);
    assert.deepEqual(cache.statistics, { ...cache.statistics, hits: 1, misses: 1, evictions: 0 });
  });

  test("s-maxage before max-age; the age it came with counts; a tenth of its age where nothing is said", async () => {
    const { asked, keep, cache, pass, clock } = bench();
    assert.ok(keep(asked({}, "https://a.test/1"), { "cache-control": "max-age=1, s-maxage=60" }));
    assert.ok(keep(asked({}, "https://a.test/2"), { "cache-control": "max-age=60", age: "50" }));
    const changed = new Date(clock.nowMs() - 1_000_000_000).toUTCString();
    assert.ok(keep(asked({}, "https://a.test/3"), { "last-modified": changed }));
    await pass(20_000);
    assert.ok(cache.find(asked({}, "https://a.test/1")));
    assert.equal(cache.find(asked({}, "https://a.test/2")), null);
    assert.ok(cache.find(asked({}, "https://a.test/3")));
  });
});

describe("for whom", () => {
  test("one answer for each value of what it depends on", () => {
    const { asked, keep, cache } = bench();
    const french = Buffer.from("fr");
    const headers = { "cache-control": "max-age=60", vary: "Accept-Language" };
    assert.ok(keep(asked({ "accept-language": "en" }), headers));
    assert.ok(keep(asked({ "accept-language": "fr" }), headers, french));
    assert.equal(cache.find(asked({ "accept-language": "en" }))?.body, BODY);
    assert.equal(cache.find(asked({ "accept-language": "fr" }))?.body, french);
    assert.equal(cache.find(asked({ "accept-language": "de" })), null);
  });

  test("what is open to one origin, or to none, is not given to another", () => {
    const { asked, keep, cache } = bench();
    const headers = { "cache-control": "max-age=60", "access-control-allow-origin": "https://a.test" };
    assert.ok(keep(asked({ origin: "https://a.test" }), headers));
    assert.ok(cache.find(asked({ origin: "https://a.test" })));
    assert.equal(cache.find(asked({ origin: "https://b.test" })), null);
    assert.equal(cache.find(asked()), null);
    assert.ok(keep(asked({}, "https://a.test/2"), { "cache-control": "max-age=60" }));
    assert.equal(cache.find(asked({ origin: "https://b.test" }, "https://a.test/2")), null);
  });

  test("what is open to all is given to all", () => {
    const { asked, keep, cache } = bench();
    assert.ok(keep(asked(), { "cache-control": "max-age=60", "access-control-allow-origin": "*" }));
    assert.ok(cache.find(asked({ origin: "https://b.test" })));
  });
});

describe("what has to be asked about", () => {
  test("is asked about by its validators and given anew when nothing changed", async () => {
    const { asked, keep, cache, pass } = bench();
    assert.ok(keep(asked(), { "cache-control": "no-cache", etag: '"1"' }));
    assert.equal(cache.find(asked()), null);
    const stale = cache.findStale(asked());
    assert.deepEqual(stale?.conditions, { "if-none-match": '"1"' });
    const again = stale.refresh(asked(), { status: 304, headers: { "cache-control": "max-age=60" } });
    assert.equal(again.body, BODY);
    await pass(1_000);
    // The answer to the question may say how long it holds.
    assert.equal(cache.statistics.revalidated, 1);
  });

  test("with another origin's page it is fetched whole: a question would need leave of its own", () => {
    const { asked, keep, cache } = bench();
    assert.ok(keep(asked({ origin: "https://a.test" }), { "cache-control": "no-cache", etag: '"1"' }));
    assert.equal(cache.findStale(asked({ origin: "https://a.test" })), null);
  });
});

describe("the budget", () => {
  test("what was used least goes first, and never is more kept than it allows", () => {
    const { asked, keep, cache } = bench(100_000);
    const fresh = { "cache-control": "max-age=60" };
    const at = (n: number) => asked({}, `https://a.test/${n}`);
    for (let n = 0; n < 8; n++) assert.ok(keep(at(n), fresh, Buffer.alloc(10_000)));
    assert.ok(cache.find(at(0)));
    for (let n = 8; n < 12; n++) assert.ok(keep(at(n), fresh, Buffer.alloc(10_000)));
    assert.ok(cache.find(at(0)));
    assert.equal(cache.find(at(1)), null);
    assert.ok(cache.find(at(11)));
    assert.ok(cache.statistics.bytes <= 100_000);
    assert.ok(cache.statistics.evictions >= 3);
  });

  test("the same again takes the place of what was there", () => {
    const { asked, keep, cache } = bench();
    for (let n = 0; n < 5; n++) assert.ok(keep(asked(), { "cache-control": "max-age=60" }));
    assert.ok(cache.statistics.bytes < 3_000);
  });

  test("without a budget nothing is kept", () => {
    const { asked, keep } = bench(0);
    assert.equal(keep(asked(), { "cache-control": "max-age=60", "content-length": "4" }), false);
  });
});

test("who asks for what somebody is just asking for hears when it is there", async () => {
  const { cache } = bench();
  const first = cache.board("https://a.test/");
  assert.ok("land" in first);
  const second = cache.board("https://a.test/");
  assert.ok("landed" in second);
  first.land();
  await second.landed;
  assert.ok("land" in cache.board("https://a.test/"));
});
