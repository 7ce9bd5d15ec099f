import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { shapeOf, TRAP_DEFAULTS, type TrapOptions, TrapWatch, trapReason } from "./traps.ts";

const NOW_MS = Date.UTC(2026, 5, 1);
const reason = (path: string) => trapReason(`http://e.com${path}`, NOW_MS, TRAP_DEFAULTS);

test("spirals, absurd depth, absurd dates and exploding queries are traps", () => {
  for (const [path, why] of [
    ["/blog/blog/blog/blog/", /^"\/blog" stands more than 3 times on end/],
    ["/x/y/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/a/b/", /on end/],
    ["/news/tag/news/tag/news/tag/news/tag/x", /"\/(?:news\/tag|tag\/news)"/],
    [`${"/a".repeat(12)}/`, /on end/],
    ["/cat/1/cat/2/cat/3/cat/4/cat/5/cat/6/cat/7/cat/8/cat/9", /"cat" stands more than 8 times in the path/],
    [`/${Array.from({ length: 60 }, (_, at) => `s${at}`).join("/")}`, /60 segments/],
    [`/?${Array.from({ length: 60 }, (_, at) => `p${at}=1`).join("&")}`, /60 parameters/],
    ["/?f=a&f=a&f=a&f=a", /"f=a" stands in the query/],
    ["/calendar/2099/07", /calendar page of the year 2099/],
    ["/events/month/2150/1/", /2150/],
    ["/cal?year=2099&month=2", /2099/],
    ["/events?tribe-bar-date=2199-04-01", /2199/],
  ] as const) {
    assert.match(reason(path) ?? "", why, path);
  }
});

test("addresses that ordinary sites have are no traps", () => {
  for (const path of [
    "/",
    "/p/20000",
    "/cat/3/item/77",
    "/en/en/about",
    "/a/a/a",
    "/f/f/f/f/ffff.jpg",
    "/0/0/0/0/0/0.png",
    "/archive/1/1/1/1/1",
    "/2026/06/01/a-post",
    "/2099/07",
    "/paper/2345/12",
    "/calendar/2030/07",
    "/events/1066/10/14/hastings",
    "/product/2400/12",
    "/?year=2045",
    "/specs/model/2099/1",
    "/search?q=a&page=2&sort=price&brand=x&brand=y&brand=z",
    "/?id[]=1&id[]=2&id[]=3&id[]=4&id[]=5&id[]=6",
    "/src/main/java/com/example/main/java/App.java",
    "/docs/api/v1/api/docs/index.html",
    "/wiki/Buffalo_buffalo_Buffalo_buffalo",
    `/${"x".repeat(4000)}`,
    "/img/800x600/2150/12/photo.jpg",
    "/?&&&&",
  ]) {
    assert.equal(reason(path), null, path);
  }
});

test("families are told by what counts up, not by words", () => {
  for (const [a, b, isOne] of [
    ["/p/1", "/p/20000", true],
    ["/cat/3/item/77", "/cat/4/item/1", true],
    ["/a-1.html", "/a-22.html", true],
    ["/x/0123456789abcdef01", "/x/fedcba98765432100f", true],
    ["/x?a=1&b=2", "/x?b=9&a=8", true],
    ["/x?a=1", "/x?b=1", false],
    ["/news/one", "/news/two", false],
    ["/p/1", "/q/1", false],
  ] as const) {
    assert.equal(shapeOf(`http://e.com${a}`) === shapeOf(`http://e.com${b}`), isOne, `${a} ${b}`);
  }
  assert.notEqual(shapeOf("http://e.com/p/1"), shapeOf("http://f.com/p/1"));
});

test("a family that yields one and the same page is closed, and says why", () => {
  const watch = new TrapWatch(TRAP_DEFAULTS);
  let fetched = 0;
  for (let at = 0; at < 20_000; at++) {
    const url = `http://e.com/next/${at}`;
    const why = watch.refuses(url, NOW_MS);
    if (why !== null) {
      assert.match(why, /pages like e\.com\/next\/\{n\}/);
      break;
    }
    fetched++;
    watch.reportSignature(url, "same");
  }
  assert.ok(fetched >= TRAP_DEFAULTS.trialPages && fetched < 3 * TRAP_DEFAULTS.trialPages, String(fetched));
  assert.equal(watch.refuses("http://e.com/other/1", NOW_MS), null);
});

test("a family with now and then a new page stays open", () => {
  const watch = new TrapWatch(TRAP_DEFAULTS);
  for (let at = 0; at < 20_000; at++) {
    const url = `http://e.com/p/${at}`;
    assert.equal(watch.refuses(url, NOW_MS), null);
    watch.report(url, at % 50 === 0);
  }
});

test("combinations of parameters are counted per path", () => {
  const watch = new TrapWatch(TRAP_DEFAULTS);
  let admitted = 0;
  for (let bits = 0; bits < 4096; bits++) {
    const facets = Array.from({ length: 12 }, (_, bit) => ((bits >> bit) & 1 ? `f${bit}=1` : "")).filter(
      (facet) => facet !== "",
    );
    if (watch.refuses(`http://e.com/shop?${facets.join("&")}`, NOW_MS) === null) admitted++;
  }
  assert.ok(admitted >= 500 && admitted < 520, String(admitted));
  assert.equal(watch.refuses("http://e.com/other?a=1&b=2", NOW_MS), null);
});

/** Sites as they are, every page of which must be fetched. */
const SITES: Readonly<Record<string, () => Iterable<string>>> = {
  *numbered() {
    for (let at = 1; at <= 20_000; at++) yield `/p/${at}`;
  },
  *shop() {
    for (let category = 1; category <= 200; category++) {
      for (let item = 1; item <= 90; item++) yield `/cat/${category}/item/${item}`;
      for (let page = 1; page <= 10; page++) {
        for (const sort of ["price", "name", "new"])
          yield `/cat/${category}?page=${page}&sort=${sort}&view=grid&lang=en`;
      }
    }
  },
  *forum() {
    for (let thread = 1; thread <= 4000; thread++) {
      yield `/viewtopic.php?f=${thread % 30}&t=${thread}`;
      yield `/viewtopic.php?f=${thread % 30}&t=${thread}&start=20`;
      yield `/viewtopic.php?p=${thread * 7}`;
      yield `/memberlist.php?mode=viewprofile&u=${thread}`;
      yield `/posting.php?mode=reply&f=${thread % 30}&t=${thread}`;
    }
  },
  *wiki() {
    for (let page = 1; page <= 5000; page++) {
      yield `/wiki/Page_${page}`;
      yield `/w/index.php?title=Page_${page}&action=history`;
      yield `/w/index.php?title=Page_${page}&oldid=${page * 31}`;
      yield `/w/index.php?title=Page_${page}&diff=prev&oldid=${page * 31}`;
    }
  },
  *newspaper() {
    for (let year = 1990; year <= 2026; year++) {
      for (let month = 1; month <= 12; month++) {
        yield `/archive/${year}/${String(month).padStart(2, "0")}/`;
        for (let day = 1; day <= 28; day++)
          yield `/${year}/${month}/${day}/article-${year}${month}${day}.html`;
      }
    }
  },
  *events() {
    for (let year = 2010; year <= 2036; year++) {
      for (let month = 1; month <= 12; month++) {
        yield `/events/${year}/${month}/`;
        for (let day = 1; day <= 28; day++) yield `/calendar?year=${year}&month=${month}&day=${day}`;
      }
    }
  },
  *tiles() {
    for (let x = 0; x < 16 ** 3; x++) yield `/${[...x.toString(16).padStart(4, "0")].join("/")}/index.html`;
  },
  *repository() {
    for (let at = 0; at < 3000; at++) {
      yield `/tree/main/packages/p${at % 50}/src/main/java/org/example/p${at % 50}/src/test/File${at}.java`;
      yield `/blob/0123456789abcdef0123456789abcdef${String(at).padStart(8, "0")}/README.md`;
    }
  },
};

test("ordinary sites lose no page", () => {
  for (const [name, pages] of Object.entries(SITES)) {
    const watch = new TrapWatch(TRAP_DEFAULTS);
    for (const path of pages()) {
      const url = `http://site.example${path}`;
      assert.equal(watch.refuses(url, NOW_MS), null, `${name}: ${path}`);
      watch.reportSignature(url, path);
    }
  }
});

test("a site whose pages differ in a number alone loses none either", () => {
  const watch = new TrapWatch(TRAP_DEFAULTS);
  for (let at = 1; at <= 20_000; at++) {
    const url = `http://site.example/p/${at}`;
    assert.equal(watch.refuses(url, NOW_MS), null);
    watch.reportSignature(url, String(at % 9000)); // many duplicates, as filters and print views make them
  }
});

test("memory stays within its limits, and what is forgotten starts anew", () => {
  const options: TrapOptions = {
    ...TRAP_DEFAULTS,
    shapesMax: 10,
    trialPages: 5,
    yieldMin: 0.5,
    parameterSetsMax: 3,
  };
  const watch = new TrapWatch(options);
  const closed = (host: string) => watch.refuses(`http://${host}/p/9`, NOW_MS) !== null;
  for (let at = 0; at < 50; at++) watch.report(`http://a.example/p/${at}`, at === 0);
  assert.equal(closed("a.example"), true);
  for (let at = 0; at < 20; at++) watch.report(`http://h${at}.example/p/1`, true);
  assert.equal(closed("a.example"), false);
  for (let at = 0; at < 1000; at++) watch.refuses(`http://b.example/${at}?a=1&b=2`, NOW_MS);
});

test("no URL makes the judges throw", () => {
  fc.assert(
    fc.property(fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string()), (url) => {
      const watch = new TrapWatch(TRAP_DEFAULTS);
      watch.refuses(url, NOW_MS);
      watch.report(url, false);
      watch.refuses(url, NOW_MS);
    }),
    { numRuns: 200 },
  );
});
