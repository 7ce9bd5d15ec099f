import assert from "node:assert/strict";
import { test } from "node:test";
import { judgeScope, type ScopeMode, type ScopeRules, scopeKey } from "./scope.ts";
import { hostKey } from "./url.ts";

const rules = (mode: ScopeMode, changes: Partial<ScopeRules> = {}): ScopeRules => ({
  mode,
  include: null,
  exclude: null,
  ...changes,
});

function admitted(from: ScopeRules, given: string, url: string): boolean {
  const joined = scopeKey(from.mode, given);
  return judgeScope(from, url, hostKey(url), (key) => key === joined).admitted;
}

test("each mode takes the hosts it names", () => {
  for (const [mode, given, url, expected] of [
    ["host", "example.com", "https://example.com/a", true],
    ["host", "example.com", "http://www.example.com/", false],
    ["host", "example.com", "http://example.com:8080/", false],
    ["domain", "www.example.co.uk", "http://shop.example.co.uk:8080/", true],
    ["domain", "www.example.co.uk", "http://other.co.uk/", false],
    ["domain", "a.github.io", "http://b.github.io/", false],
    ["domain", "127.0.0.1:8080", "http://127.0.0.1:9090/", true],
    ["domain", "127.0.0.1:8080", "http://127.0.0.2/", false],
    ["domain", "[::1]:8080", "http://[::1]/", true],
    ["domain", "localhost:1", "http://localhost:2/", true],
    ["domain", "a.localhost", "http://b.localhost/", false],
    ["domain", "co.uk", "http://example.co.uk/", false],
    ["any", "example.com", "http://elsewhere.example/", true],
  ] as const) {
    assert.equal(admitted(rules(mode), given, url), expected, `${mode} ${given} ${url}`);
  }
});

test("include and exclude judge the whole URL, with or without the g flag", () => {
  const both = rules("any", { include: /\/docs\//g, exclude: /\.pdf$/g });
  for (let round = 0; round < 3; round++) {
    assert.equal(admitted(both, "x", "http://e.com/docs/a"), true);
    assert.equal(admitted(both, "x", "http://e.com/blog/a"), false);
    assert.equal(admitted(both, "x", "http://e.com/docs/a.pdf"), false);
  }
});

test("a refusal says why", () => {
  const verdict = judgeScope(rules("host"), "http://b.example/", "b.example", () => false);
  assert.match(verdict.admitted ? "" : verdict.reason, /host b\.example was not given/);
});
