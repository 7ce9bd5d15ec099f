import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import fc from "fast-check";
import { stringify } from "yaml";
import { isSecret, masked } from "./base/index.ts";
import { type Environment, keyPaths, loadConfig, variableOf } from "./config.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-config-"));
after(() => rmSync(folder, { recursive: true, force: true }));

const load = (parts: {
  files?: readonly string[];
  environment?: Environment;
  flags?: readonly { path: string; value: unknown; flag: string }[];
}) =>
  loadConfig({ role: "standalone", files: [], flags: [], environment: {}, folder, cwd: folder, ...parts });

function written(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return name;
}

const nested = (path: string, value: unknown): unknown =>
  path.split(".").reduceRight<unknown>((below, key) => ({ [key]: below }), value);

test("the last of defaults, default.yaml, role file, --config, environment and flags wins, and is named", () => {
  const keys = ["observe.metrics.port", "fetch.concurrencyMax", "extract.linksMax"] as const;
  const layers = ["default.yaml", "standalone.yaml", "more.yaml", "environment", "flag"] as const;
  fc.assert(
    fc.property(
      fc.constantFrom(...keys),
      fc.array(fc.option(fc.integer({ min: 1, max: 20_000 })), { minLength: 5, maxLength: 5 }),
      (path, values) => {
        const files = layers.slice(0, 3);
        files.forEach((name, at) => {
          const value = values[at] ?? null;
          written(name, value === null ? "" : stringify(nested(path, value)));
        });
        const environment = values[3] == null ? {} : { [variableOf(path)]: String(values[3]) };
        const flags = values[4] == null ? [] : [{ path, value: values[4], flag: "--it" }];
        const loaded = load({ files: ["more.yaml"], environment, flags });
        assert.ok(loaded.ok);
        const last = values.findLastIndex((value) => value !== null);
        const actual = path
          .split(".")
          .reduce<unknown>((at, key) => Reflect.get(Object(at), key), loaded.value.config);
        const source = loaded.value.sources.get(path) ?? "";
        if (last === -1) assert.equal(source, "default");
        else {
          assert.equal(actual, values[last]);
          const marks = [
            "config/default.yaml:",
            "config/standalone.yaml:",
            "more.yaml:",
            "environment ",
            "--it",
          ];
          assert.ok(source.startsWith(marks[last] ?? "?"), source);
        }
      },
    ),
    { numRuns: 60 },
  );
  for (const name of layers.slice(0, 3)) written(name, "");
});

test("every key has an environment variable of its own", () => {
  const names = [...keyPaths().keys()].map(variableOf);
  assert.equal(new Set(names).size, names.length);
  assert.equal(variableOf("fetch.concurrencyMax"), "MILLRACE_FETCH_CONCURRENCY_MAX");
});

test("an unknown key names its place and the nearest known one", () => {
  const wrong = load({ files: [written("typo.yaml", "fetch:\n  concurencyMax: 3\n")] });
  assert.deepEqual(wrong, {
    ok: false,
    error: "typo.yaml:2: unknown key fetch.concurencyMax; did you mean fetch.concurrencyMax?",
  });
  const room = load({ files: [written("typo.yaml", "fetsh:\n  concurrencyMax: 3\n")] });
  assert.ok(!room.ok && /typo.yaml:1: unknown key fetsh; did you mean fetch\?/.test(room.error));
  const variable = load({ environment: { MILLRACE_FETCH_CONCURENCY_MAX: "3" } });
  assert.ok(!variable.ok && /did you mean MILLRACE_FETCH_CONCURRENCY_MAX\?/.test(variable.error));
});

test("a wrong value names its source, key and value, and a secret's value is not shown", () => {
  const file = load({ files: [written("wrong.yaml", "fetch:\n  http2: true\n  concurrencyMax: many\n")] });
  assert.ok(!file.ok && file.error.startsWith('wrong.yaml:3: fetch.concurrencyMax = "many": '));
  const flag = load({ flags: [{ path: "fetch.concurrencyMax", value: 0, flag: "--concurrency" }] });
  assert.ok(!flag.ok && flag.error.startsWith("--concurrency: fetch.concurrencyMax = 0: "));
});

test("files that are no mapping, no YAML or not there are one line each", () => {
  for (const [content, what] of [
    ["[1, 2]", /must be a mapping/],
    ["a: [", /odd.yaml: /],
    ["a: 1\na: 2", /odd.yaml: /],
  ] as const) {
    const loaded = load({ files: [written("odd.yaml", content)] });
    assert.ok(!loaded.ok && what.test(loaded.error) && !loaded.error.includes("\n"), JSON.stringify(loaded));
  }
  const absent = load({ files: ["absent.yaml"] });
  assert.ok(!absent.ok && absent.error.startsWith("--config absent.yaml: cannot be read"));
});

test("a variable's value may lie in a file, but not in both places", () => {
  const file = join(folder, written("port", "1234\n"));
  const loaded = load({ environment: { MILLRACE_OBSERVE_METRICS_PORT_FILE: file } });
  assert.ok(loaded.ok && loaded.value.config.observe.metrics.port === 1234);
  const both = load({
    environment: { MILLRACE_OBSERVE_METRICS_PORT_FILE: file, MILLRACE_OBSERVE_METRICS_PORT: "1" },
  });
  assert.ok(!both.ok && /set only one/.test(both.error));
});

test("lists come from variables, by commas or as YAML, and an empty variable counts as not set", () => {
  for (const text of ["a:1:127.0.0.1,b:2:127.0.0.1", '["a:1:127.0.0.1", "b:2:127.0.0.1"]']) {
    const loaded = load({ environment: { MILLRACE_NET_RESOLVE: text } });
    assert.ok(loaded.ok);
    assert.deepEqual(loaded.value.config.net.resolve, ["a:1:127.0.0.1", "b:2:127.0.0.1"]);
  }
  const empty = load({ environment: { MILLRACE_FETCH_CONCURRENCY_MAX: "", INGESTOR_MAX_CONCURRENT: "77" } });
  assert.ok(empty.ok && empty.value.config.fetch.concurrencyMax === 77);
});

test("keys that look like a prototype's are refused like any unknown key", () => {
  const loaded = load({ files: [written("proto.yaml", "__proto__:\n  polluted: true\n")] });
  assert.ok(!loaded.ok && /unknown key __proto__/.test(loaded.error));
  assert.equal(Reflect.get({}, "polluted"), undefined);
});

test("secrets and the user part of URLs are masked", () => {
  assert.ok(isSecret("auth.jwtSecret") && isSecret("minio.accessKey") && isSecret("x.password"));
  assert.equal(masked("net.proxy", "http://me:pw@proxy.example:1/"), "http://********@proxy.example:1/");
  assert.deepEqual(masked("fetch.headers", ["Authorization: Bearer x", "X-A: b"]), [
    "Authorization: ********",
    "X-A: b",
  ]);
  assert.equal(masked("a.token", "abc"), "********");
  assert.equal(masked("fetch.userAgent", "abc"), "abc");
  assert.equal(masked("frontier.productToken", "millrace"), "millrace");
});

test("the configuration is frozen to its leaves", () => {
  const loaded = load({});
  assert.ok(loaded.ok && Object.isFrozen(loaded.value.config.observe.metrics));
});
