// curl's form of --resolve, and what is wrong with a flag.
import assert from "node:assert/strict";
import { test } from "node:test";
import { parseHosts } from "./hosts-file.ts";
import { parseOverrides } from "./overrides.ts";

function find(flags: readonly string[], host: string, port: number): readonly string[] | null {
  const parsed = parseOverrides(flags);
  assert.ok(parsed.ok);
  return parsed.value.find(host, port);
}

test("the exact flag goes before the wildcards, the later of equal ones before the earlier", () => {
  const flags = ["*:*:9.9.9.9", "*:80:8.8.8.8", "a.test:*:7.7.7.7", "a.test:80:1.1.1.1", "a.test:80:2.2.2.2"];
  assert.deepEqual(find(flags, "a.test", 80), ["2.2.2.2"]);
  assert.deepEqual(find(flags, "a.test", 81), ["7.7.7.7"]);
  assert.deepEqual(find(flags, "b.test", 80), ["8.8.8.8"]);
  assert.deepEqual(find(flags, "b.test", 81), ["9.9.9.9"]);
  assert.equal(find(["a.test:80:1.1.1.1"], "b.test", 80), null);
});

test("IPv6 stands in brackets, several addresses behind commas, names in any case or script", () => {
  assert.deepEqual(find(["a.test:443:[::1],127.0.0.1"], "a.test", 443), ["::1", "127.0.0.1"]);
  assert.deepEqual(find(["[2001:DB8::1]:80:127.0.0.1"], "2001:db8::1", 80), ["127.0.0.1"]);
  assert.deepEqual(find(["A.Test:80:127.0.0.1"], "a.test", 80), ["127.0.0.1"]);
  assert.deepEqual(find(["한국.test:80:127.0.0.1"], "xn--3e0b707e.test", 80), ["127.0.0.1"]);
});

test("a wrong flag is named", () => {
  for (const flag of [
    "",
    "a.test",
    "a.test:80",
    "a.test:80:",
    "a.test:80:b.test",
    "a.test:0:1.1.1.1",
    "a.test:99999:1.1.1.1",
  ]) {
    const parsed = parseOverrides([flag]);
    assert.ok(!parsed.ok && parsed.error.includes(`--resolve ${flag}`), flag);
  }
});

test("a hosts file gives all addresses of a name, in any line ending, without comments", () => {
  const names = parseHosts(
    "127.0.0.1 localhost\r\n::1\tlocalhost ip6 # six\n#10.0.0.1 no\n10.0.0.2 A.Test b.test\nx y\n",
  );
  assert.deepEqual(names.get("localhost"), ["127.0.0.1", "::1"]);
  assert.deepEqual(names.get("a.test"), ["10.0.0.2"]);
  assert.equal(names.get("no"), undefined);
  assert.equal(names.get("y"), undefined);
});
