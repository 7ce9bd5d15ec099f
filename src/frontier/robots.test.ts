import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  crawlDelayMs,
  isAllowed,
  NO_RULES,
  parseRobots,
  productToken,
  ROBOTS_BYTES_MAX,
  robotsPath,
  sitemaps,
} from "./robots.ts";

const bytes = (text: string) => Buffer.from(text);
const may = (file: string | Uint8Array, agent: string, url: string): boolean =>
  isAllowed(parseRobots(typeof file === "string" ? bytes(file) : file), agent, robotsPath(url)).allowed;

/** One file, one agent, and what it may and may not fetch on http://foo.bar. */
interface Case {
  readonly what: string;
  readonly file: string;
  readonly agent?: string;
  readonly allowed?: readonly string[];
  readonly disallowed?: readonly string[];
}

const foo = (...rules: readonly string[]): string => ["user-agent: FooBot", ...rules, ""].join("\n");
const GROUPS =
  "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\nallow: /y/\n\n\n" +
  "allow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n";
const FISH = [
  "/fish",
  "/fish.html",
  "/fish/salmon.html",
  "/fishheads",
  "/fishheads/yummy.html",
  "/fish.html?id=anything",
];
const NO_FISH = ["/bar", "/Fish.asp", "/catfish", "/?id=fish"];

const CASES: readonly Case[] = [
  { what: "an empty file allows all", file: "", allowed: ["", "/x"] },
  { what: "an empty agent has no rules", file: foo("disallow: /"), agent: "", allowed: ["", "/x"] },
  { what: "an empty URL is the root", file: foo("disallow: /"), disallowed: [""] },
  { what: "unknown keys mean nothing", file: "foo: FooBot\nbar: /\n", allowed: ["/x/y"] },
  {
    what: "a blank stands for a missing colon",
    file: "user-agent FooBot\ndisallow /\n",
    disallowed: ["/x/y"],
  },
  { what: "three words without colon mean nothing", file: foo("disallow /a /b"), allowed: ["/a"] },
  {
    what: "groups of one agent are joined",
    file: GROUPS,
    allowed: ["/x/b", "/z/d"],
    disallowed: ["/y/c", "/foo/bar/"],
  },
  {
    what: "blank lines do not end a group",
    file: GROUPS,
    agent: "BarBot",
    allowed: ["/y/c", "/w/a"],
    disallowed: ["/z/d", "/foo/bar/"],
  },
  {
    what: "agents one after another share rules",
    file: GROUPS,
    agent: "BazBot",
    allowed: ["/z/d"],
    disallowed: ["/foo/bar/"],
  },
  {
    what: "a Sitemap line does not part agents",
    file: "User-agent: BarBot\nSitemap: https://foo.bar/sitemap\nUser-agent: *\nDisallow: /\n",
    agent: "BarBot",
    disallowed: ["/"],
  },
  {
    what: "an unknown line does not part agents",
    file: "User-agent: FooBot\nInvalid-Unknown-Line: unknown\nUser-agent: *\nDisallow: /\n",
    disallowed: ["/"],
  },
  {
    what: "names of lines in upper case",
    file: "USER-AGENT: FooBot\nALLOW: /x/\nDISALLOW: /\n",
    allowed: ["/x/y"],
    disallowed: ["/a/b"],
  },
  {
    what: "names of lines in mixed case",
    file: "uSeR-aGeNt: FooBot\nAlLoW: /x/\ndIsAlLoW: /\n",
    allowed: ["/x/y"],
    disallowed: ["/a/b"],
  },
  {
    what: "agents in upper case, up to a blank",
    file: "User-Agent: FOO BAR\nAllow: /x/\nDisallow: /\n",
    agent: "foo",
    allowed: ["/x/y"],
    disallowed: ["/a/b"],
  },
  {
    what: "agents in mixed case, up to a blank",
    file: "User-Agent: FoO bAr\nAllow: /x/\nDisallow: /\n",
    agent: "Foo",
    allowed: ["/x/y"],
    disallowed: ["/a/b"],
  },
  {
    what: "a named group stands before *",
    file: "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n",
    agent: "Foo",
    allowed: ["/x/y"],
  },
  {
    what: "a token with a blank names no group",
    file: "User-Agent: *\nDisallow: /\nUser-Agent: Foo Bar\nAllow: /x/\nDisallow: /\n",
    agent: "Foo Bar",
    disallowed: ["/x/y"],
  },
  {
    what: "a version in the file is ignored",
    file: "user-agent: FooBot/2.1\ndisallow: /\n",
    disallowed: ["/x"],
  },
  {
    what: "a version in the token is ignored",
    file: foo("disallow: /"),
    agent: "FooBot/1.0",
    disallowed: ["/x"],
  },
  {
    what: "a longer name is another agent",
    file: foo("disallow: /"),
    agent: "FooBot-Images",
    allowed: ["/x"],
  },
  { what: "a shorter name is another agent", file: foo("disallow: /"), agent: "Foo", allowed: ["/x"] },
  {
    what: "a token with digits is found",
    file: "user-agent: 360Spider\ndisallow: /\n",
    agent: "360spider",
    disallowed: ["/x"],
  },
  { what: "* followed by a blank is *", file: "user-agent: * all of you\ndisallow: /\n", disallowed: ["/x"] },
  { what: "* followed by letters is no *", file: "user-agent: *foo\ndisallow: /\n", allowed: ["/x"] },
  {
    what: "* is for agents without a group",
    file: "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n",
    disallowed: ["/x/y"],
  },
  {
    what: "* for another agent",
    file: "user-agent: *\nallow: /\nuser-agent: FooBot\ndisallow: /\n",
    agent: "BarBot",
    allowed: ["/x/y"],
  },
  {
    what: "no group, no rules",
    file: "user-agent: FooBot\nallow: /\nuser-agent: BarBot\ndisallow: /\n",
    agent: "QuxBot",
    allowed: ["/x/y"],
  },
  {
    what: "a named group without rules allows all",
    file: "user-agent: *\ndisallow: /\nuser-agent: FooBot\n",
    allowed: ["/x"],
  },
  {
    what: "an empty Disallow allows all",
    file: "user-agent: *\ndisallow: /\nuser-agent: FooBot\ndisallow:\n",
    allowed: ["/x"],
  },
  { what: "paths tell case", file: foo("disallow: /X/"), allowed: ["/x/y"], disallowed: ["/X/y"] },
  {
    what: "longest match: disallow",
    file: foo("disallow: /x/page.html", "allow: /x/"),
    disallowed: ["/x/page.html"],
  },
  {
    what: "longest match: allow",
    file: foo("allow: /x/page.html", "disallow: /x/"),
    allowed: ["/x/page.html"],
    disallowed: ["/x/"],
  },
  { what: "empty against empty", file: foo("disallow: ", "allow: "), allowed: ["/x/page.html"] },
  { what: "allow wins a tie", file: foo("disallow: /", "allow: /"), allowed: ["/x/page.html"] },
  {
    what: "allow wins a longer tie",
    file: foo("disallow: /x/page.html", "allow: /x/page.html"),
    allowed: ["/x/page.html"],
  },
  {
    what: "a slash more is longer",
    file: foo("disallow: /x", "allow: /x/"),
    allowed: ["/x/"],
    disallowed: ["/x"],
  },
  {
    what: "a star counts one: disallow",
    file: foo("allow: /page", "disallow: /*.html"),
    allowed: ["/page"],
    disallowed: ["/page.html"],
  },
  {
    what: "a star counts one: allow",
    file: foo("allow: /x/page.", "disallow: /*.html"),
    allowed: ["/x/page.html"],
    disallowed: ["/x/y.html"],
  },
  {
    what: "the named group alone counts",
    file: "User-agent: *\nDisallow: /x/\nUser-agent: FooBot\nDisallow: /y/\n",
    allowed: ["/x/page"],
    disallowed: ["/y/page"],
  },
  {
    what: "reserved characters stay as they are",
    file: foo("Disallow: /", "Allow: /foo/bar?qux=taz&baz=http://foo.bar?tar&par"),
    allowed: ["/foo/bar?qux=taz&baz=http://foo.bar?tar&par"],
  },
  {
    what: "a rule's bytes are encoded, a URL's are the caller's",
    file: foo("Disallow: /", "Allow: /foo/bar/ツ"),
    allowed: ["/foo/bar/%E3%83%84"],
    disallowed: ["/foo/bar/ツ"],
  },
  {
    what: "an encoded rule",
    file: foo("Disallow: /", "Allow: /foo/bar/%E3%83%84"),
    allowed: ["/foo/bar/%E3%83%84"],
    disallowed: ["/foo/bar/ツ"],
  },
  {
    what: "lower-case escapes in a rule",
    file: foo("Disallow: /", "Allow: /%e3%83%84"),
    allowed: ["/%E3%83%84"],
  },
  {
    what: "an allow with needless escapes allows just that",
    file: foo("Disallow: /", "Allow: /foo/bar/%62%61%7A"),
    allowed: ["/foo/bar/%62%61%7A"],
    disallowed: ["/foo/bar/baz"],
  },
  {
    what: "a disallow with needless escapes closes both forms",
    file: foo("Disallow: /%62az"),
    disallowed: ["/baz", "/%62az", "/b%61z"],
  },
  {
    what: "a needlessly escaped URL does not slip by",
    file: foo("Disallow: /private"),
    disallowed: ["/%70rivate", "/pr%69vate/x"],
    allowed: ["/%2Fprivate"],
  },
  {
    what: "a star in the middle",
    file: foo("Disallow: /foo/bar/quz", "Allow: /foo/*/qux"),
    disallowed: ["/foo/bar/quz"],
    allowed: ["/foo/quz", "/foo//quz", "/foo/bax/quz"],
  },
  {
    what: "a closing dollar",
    file: foo("Disallow: /foo/bar$", "Allow: /foo/bar/qux"),
    disallowed: ["/foo/bar"],
    allowed: ["/foo/bar/qux", "/foo/bar/", "/foo/bar/baz"],
  },
  {
    what: "a dollar elsewhere is a dollar",
    file: foo("Disallow: /a$b"),
    disallowed: ["/a$b", "/a$bc"],
    allowed: ["/a"],
  },
  {
    what: "comments",
    file: foo("# Disallow: /", "Disallow: /foo/quz#qux", "Allow: /"),
    allowed: ["/foo/bar"],
    disallowed: ["/foo/quz"],
  },
  {
    what: "allowed index.html allows its folder",
    file: "User-Agent: *\nAllow: /allowed-slash/index.html\nDisallow: /\n",
    allowed: ["/allowed-slash/", "/allowed-slash/index.html"],
    disallowed: ["/allowed-slash/index.htm", "/anyother-url"],
  },
  { what: "/fish", file: foo("disallow: /", "allow: /fish"), allowed: FISH, disallowed: NO_FISH },
  { what: "/fish*", file: foo("disallow: /", "allow: /fish*"), allowed: FISH, disallowed: NO_FISH },
  {
    what: "/fish/",
    file: foo("disallow: /", "allow: /fish/"),
    allowed: ["/fish/", "/fish/salmon", "/fish/?salmon", "/fish/salmon.html", "/fish/?id=anything"],
    disallowed: ["/bar", "/fish", "/fish.html", "/Fish/Salmon.html"],
  },
  {
    what: "/*.php",
    file: foo("disallow: /", "allow: /*.php"),
    allowed: [
      "/filename.php",
      "/folder/filename.php",
      "/folder/filename.php?parameters",
      "//folder/any.php.file.html",
      "/filename.php/",
      "/index?f=filename.php/",
    ],
    disallowed: ["/bar", "/php/", "/index?php", "/windows.PHP"],
  },
  {
    what: "/*.php$",
    file: foo("disallow: /", "allow: /*.php$"),
    allowed: ["/filename.php", "/folder/filename.php", "/a.php/b.php"],
    disallowed: [
      "/bar",
      "/filename.php?parameters",
      "/filename.php/",
      "/filename.php5",
      "/php/",
      "/filename?php",
      "/aaaphpaaa",
      "//windows.PHP",
    ],
  },
  {
    what: "/fish*.php",
    file: foo("disallow: /", "allow: /fish*.php"),
    allowed: ["/fish.php", "/fishheads/catfish.php?parameters"],
    disallowed: ["/bar", "/Fish.PHP"],
  },
  { what: "precedence: a longer allow", file: foo("allow: /p", "disallow: /"), allowed: ["/page"] },
  { what: "precedence: a tie", file: foo("allow: /folder", "disallow: /folder"), allowed: ["/folder/page"] },
  {
    what: "precedence: a longer disallow",
    file: foo("allow: /page", "disallow: /*.htm"),
    disallowed: ["/page.htm"],
  },
  {
    what: "precedence: the root alone",
    file: foo("allow: /$", "disallow: /"),
    allowed: ["/"],
    disallowed: ["/page.html"],
  },
  {
    what: "the file itself is always allowed",
    file: foo("disallow: /"),
    allowed: ["/robots.txt"],
    disallowed: ["/robots.txt.bak"],
  },
  ...["dissallow", "dissalow", "disalow", "diasllow", "disallaw"].map((key) => ({
    what: `typing error ${key}`,
    file: foo(`${key}: /a/`),
    disallowed: ["/a/b"],
  })),
  ...["useragent", "user agent", "User-Agents"].map((key) => ({
    what: `typing error ${key}`,
    file: `${key}: FooBot\ndisallow: /\n`,
    disallowed: ["/"],
  })),
  {
    what: "a pattern without a leading slash matches nothing",
    file: foo("disallow: private"),
    allowed: ["/private"],
  },
  {
    what: "a pattern may begin with a star",
    file: foo("disallow: *.gif$"),
    disallowed: ["/a/b.gif"],
    allowed: ["/a.gif?x"],
  },
  {
    what: "stars one after another are one",
    file: foo("disallow: /a***b"),
    disallowed: ["/ab", "/a-b"],
    allowed: ["/a"],
  },
  { what: "star and dollar", file: foo("disallow: /a*$"), disallowed: ["/a", "/abc"], allowed: ["/b"] },
  {
    what: "a tail may not overlap what a part took",
    file: foo("disallow: /*aba*ba$"),
    disallowed: ["/ababa"],
    allowed: ["/aba"],
  },
];

test("files decide as RFC 9309 and Google's parser have it", () => {
  for (const { what, file, agent = "FooBot", allowed = [], disallowed = [] } of CASES) {
    for (const path of allowed)
      assert.equal(may(file, agent, path === "" ? "" : `http://foo.bar${path}`), true, `${what}: ${path}`);
    for (const path of disallowed)
      assert.equal(may(file, agent, path === "" ? "" : `http://foo.bar${path}`), false, `${what}: ${path}`);
  }
});

test("line ends of every kind count lines alike", () => {
  const lines = ["User-Agent: foo", "Allow: /some/path", "User-Agent: bar", "", "", "Disallow: /"];
  for (const file of [
    `${lines.join("\n")}\n`,
    `${lines.join("\r\n")}\r\n`,
    `${lines.join("\r")}\r`,
    lines.join("\n"),
    "User-Agent: foo\nAllow: /some/path\r\nUser-Agent: bar\n\r\n\nDisallow: /",
  ]) {
    assert.deepEqual(
      isAllowed(parseRobots(bytes(file)), "bar", "/x"),
      { allowed: false, line: 6 },
      JSON.stringify(file),
    );
    assert.deepEqual(isAllowed(parseRobots(bytes(file)), "foo", "/some/path"), { allowed: true, line: 2 });
  }
});

test("a byte order mark, whole or in part, is passed over at the beginning only", () => {
  const rules = "User-Agent: foo\nDisallow: /\n";
  for (const [mark, isRead] of [
    ["\xef\xbb\xbf", true],
    ["\xef\xbb", true],
    ["\xef", true],
    ["\xef\x11\xbf", false],
  ] as const) {
    assert.equal(may(Buffer.from(mark + rules, "latin1"), "foo", "/x"), !isRead, JSON.stringify(mark));
  }
  const middle = Buffer.from("User-Agent: foo\n\xef\xbb\xbfDisallow: /\n", "latin1");
  assert.equal(may(middle, "foo", "/x"), true);
});

test("UTF-16 is read, with a mark or without", () => {
  const rules = "User-Agent: foo\nDisallow: /한\n";
  const little = Buffer.from(rules, "utf16le");
  const marked = Buffer.from(`\ufeff${rules}`, "utf16le");
  const big = Buffer.from(marked).swap16();
  for (const file of [little, marked, big]) assert.equal(may(file, "foo", "/%ED%95%9C"), false);
});

test("a line is cut at 16,663 bytes", () => {
  const long = `/x/${"a".repeat(2083 * 8 - "/x/".length - "disallow: ".length)}`;
  const file = `user-agent: FooBot\ndisallow: ${long}/qux\n`;
  assert.equal(may(file, "FooBot", "http://foo.bar/fux"), true);
  assert.equal(may(file, "FooBot", `http://foo.bar${long}/fux`), false);
  const longA = `/x/${"a".repeat(2083 * 8 - "/x/".length - "allow: ".length)}`;
  const longB = longA.replaceAll("a", "b");
  const allowing = `user-agent: FooBot\ndisallow: /\nallow: ${longA}/qux\nallow: ${longB}/qux\n`;
  assert.equal(may(allowing, "FooBot", "http://foo.bar/"), false);
  assert.equal(may(allowing, "FooBot", `http://foo.bar${longA}/qux`), true);
  assert.equal(may(allowing, "FooBot", `http://foo.bar${longB}/fux`), true);
});

test("what follows 500 KiB is ignored, with the line that is cut", () => {
  const head = "user-agent: *\ndisallow: /first\n";
  const filler = `#${"x".repeat(98)}\n`.repeat(5119);
  const file = `${head}${filler}`;
  const pad = ROBOTS_BYTES_MAX - file.length - "disallow: /c".length;
  const rules = parseRobots(bytes(`${file}#${"y".repeat(pad - 2)}\ndisallow: /cut-here\ndisallow: /late\n`));
  assert.equal(rules.truncated, true);
  for (const [path, allowed] of [
    ["/first", false],
    ["/c", true],
    ["/cut-here", true],
    ["/late", true],
  ] as const) {
    assert.equal(isAllowed(rules, "a", path).allowed, allowed, path);
  }
});

test("NUL ends a line as in Google's parser, and noise is no rule", () => {
  assert.equal(may("user-agent: a\ndisallow: /x\0/y\n", "a", "/x/z"), false);
  assert.equal(may("<!doctype html><html><body>User-agent: *<br>Disallow: /</body></html>", "a", "/x"), true);
  assert.deepEqual(
    parseRobots(Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0])).groups,
    [],
  );
});

test("paths are cut out of URLs as Google's parser cuts them", () => {
  for (const [url, path] of [
    ["", "/"],
    ["http://www.example.com", "/"],
    ["http://www.example.com/", "/"],
    ["http://www.example.com/a", "/a"],
    ["http://www.example.com/a/", "/a/"],
    ["http://www.example.com/a/b?c=http://d.e/", "/a/b?c=http://d.e/"],
    ["http://www.example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"],
    ["example.com", "/"],
    ["example.com/", "/"],
    ["example.com/a", "/a"],
    ["example.com/a/", "/a/"],
    ["example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f"],
    ["a", "/"],
    ["a/", "/"],
    ["/a", "/a"],
    ["a/b", "/b"],
    ["example.com?a", "/?a"],
    ["example.com/a;b#c", "/a;b"],
    ["//a/b/c", "/b/c"],
    ["http://e.com#a/b", "/"],
  ] as const) {
    assert.equal(robotsPath(url), path, url);
  }
});

test("Crawl-delay is read per agent, in seconds and parts of them", () => {
  const delay = (file: string, agent = "foo") => crawlDelayMs(parseRobots(bytes(file)), agent);
  assert.equal(delay("user-agent: foo\ncrawl-delay: 1.5\n"), 1500);
  assert.equal(delay("user-agent: foo\nCrawl-Delay: .5\n"), 500);
  assert.equal(delay("user-agent: foo\ncrawl-delay: 10 # s\n"), 10_000);
  assert.equal(delay("user-agent: foo\ncrawl-delay: 99999999999999999999999\n"), 86_400_000);
  for (const value of ["-1", "", "soon", "NaN"])
    assert.equal(delay(`user-agent: foo\ncrawl-delay: ${value}\n`), null, value);
  assert.equal(delay("crawl-delay: 5\nuser-agent: foo\n"), null);
  assert.equal(delay("user-agent: *\ncrawl-delay: 5\n"), 5000);
  assert.equal(delay("user-agent: *\ncrawl-delay: 5\nuser-agent: foo\ndisallow: /x\n"), null);
  assert.equal(delay("user-agent: foo\nuser-agent: bar\ncrawl-delay: 3\n", "bar"), 3000);
  assert.equal(delay("user-agent: foo\ncrawl-delay: 3\nuser-agent: bar\ndisallow: /\n", "bar"), null);
  assert.equal(delay("user-agent: foo\ncrawl-delay: 3\ndisallow:\nuser-agent: foo\ncrawl-delay: 7\n"), 3000);
  assert.equal(delay("user-agent: __proto__\ncrawl-delay: 3\n", "__proto__"), 3000);
  assert.equal(delay("user-agent: constructor\n", "constructor"), null);
});

test("Sitemap lines stand anywhere and are resolved", () => {
  const file =
    "Sitemap: http://foo.bar/1.xml\nuser-agent: a\nsitemap: /2.xml\nsite-map: http://foo.bar/1.xml\nallow: /\nSitemap: //cdn.example/3.xml.gz\nsitemap: ftp://x/\nsitemap:\nSitemap: http://foo.bar/한.xml";
  assert.deepEqual(sitemaps(parseRobots(bytes(file)), "https://foo.bar/robots.txt"), [
    "http://foo.bar/1.xml",
    "https://foo.bar/2.xml",
    "https://cdn.example/3.xml.gz",
    "http://foo.bar/%ED%95%9C.xml",
  ]);
});

test("Content-Signal lines are kept with their agents", () => {
  const { contentSignals } = parseRobots(
    bytes("User-Agent: *\nContent-Signal: search=yes, ai-train=no\nAllow: /\n"),
  );
  assert.deepEqual(contentSignals, [{ agents: ["*"], value: "search=yes, ai-train=no" }]);
});

test("rules survive being written down", () => {
  const rules = parseRobots(bytes(GROUPS));
  const again: typeof rules = JSON.parse(JSON.stringify(rules));
  assert.deepEqual(again, rules);
  assert.deepEqual(isAllowed(again, "FooBot", "/y/c"), isAllowed(rules, "FooBot", "/y/c"));
  assert.deepEqual(isAllowed(NO_RULES, "a", "/x"), { allowed: true, line: null });
});

test("the product token is cut out of a User-Agent header", () => {
  for (const [header, token] of [
    ["millrace/1.0 (+https://example.com/bot)", "millrace"],
    ["Foo Bar", "Foo Bar"],
    ["Foo/1.0 Bar/2", "Foo"],
    ["Mozilla/5.0 (compatible; FooBot/2.1; +http://foo.bar/)", "FooBot"],
    ["Mozilla/5.0 (X11; Linux x86_64; compatible; FooBot/2.1)", "FooBot"],
    ["", ""],
  ] as const) {
    assert.equal(productToken(header), token);
  }
});

/** The definition, written for plainness: all ways of matching, then the best rule. */
function naive(rules: readonly { allow: boolean; pattern: string }[], path: string): boolean {
  const matches = (pattern: string, at: number): boolean => {
    if (pattern === "") return true;
    if (pattern === "$") return at === path.length;
    if (pattern.startsWith("*")) {
      for (let skip = at; skip <= path.length; skip++) if (matches(pattern.slice(1), skip)) return true;
      return false;
    }
    return path[at] === pattern[0] && matches(pattern.slice(1), at + 1);
  };
  let best = { allow: true, length: 0 };
  for (const { allow, pattern } of rules) {
    if (!matches(pattern, 0) || pattern.length < best.length) continue;
    if (pattern.length > best.length || allow) best = { allow, length: pattern.length };
  }
  return best.allow;
}

test("decisions equal those of a naive matcher", () => {
  const piece = fc.constantFrom("a", "b", "/", "*", "$", "ab");
  const pattern = fc.array(piece, { maxLength: 9 }).map((pieces) => `/${pieces.join("")}`);
  const path = fc
    .array(fc.constantFrom("a", "b", "/", "$"), { maxLength: 12 })
    .map((pieces) => `/${pieces.join("")}`);
  fc.assert(
    fc.property(
      fc.array(fc.record({ allow: fc.boolean(), pattern }), { maxLength: 6 }),
      path,
      (rules, url) => {
        const file = foo(...rules.map((rule) => `${rule.allow ? "allow" : "disallow"}: ${rule.pattern}`));
        assert.equal(isAllowed(parseRobots(bytes(file)), "foobot", url).allowed, naive(rules, url));
      },
    ),
    { numRuns: 2000 },
  );
});

test("no bytes make the parser throw, and long patterns meet long paths in the same way", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => {
      isAllowed(parseRobots(noise), "a", "/x");
    }),
  );
  const run = "ab".repeat(60);
  assert.equal(may(foo(`disallow: /*${run}c*${run}d`), "foobot", `/${run}${run}c${run}${run}d`), false);
  assert.equal(may(foo(`disallow: /*${run}c*${run}d`), "foobot", `/${run}${run}c${run}${run}`), true);
});

test("many stars against a long path take steps in proportion, not in powers", () => {
  const file = foo(`disallow: /${"*a".repeat(4000)}b`);
  assert.equal(may(file, "foobot", `/${"a".repeat(8000)}`), true);
  const periodic = foo(`disallow: /*${"a".repeat(8000)}b`);
  assert.equal(may(periodic, "foobot", `/${"a".repeat(16_000)}`), true);
});
