// `--role standalone`: a crawl that stays up with metrics and health, and what the other roles answer.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { jsonFile, run, scratch, start } from "./program.ts";
import { page, serve, status } from "./site.ts";

test("the role standalone crawls the configuration's seeds and stays up until it is stopped", async (t) => {
  const site = await serve(t, { "/": page("root", ["/a"]), "/a": page("a"), "/robots.txt": status(404) });
  const folder = scratch(t);
  const config = `${folder}/mine.yaml`;
  writeFileSync(
    config,
    `seeds: ["127.0.0.1:${site.port}"]\nnet:\n  allowPrivate: true\nfrontier:\n  delayMs: 0\n`,
  );
  const out = `${folder}/out.jsonl`;
  const { child, ended, stderr } = start([
    ...["--role", "standalone", "--config", config, "--data", `${folder}/data`, "--out", out],
    ...["--no-store", "--metrics-port", "0", "--quiet"],
  ]);
  t.after(() => child.kill("SIGKILL"));
  while (!stderr().includes("up until stopped") && child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 50));
  const metricsUrl = /metrics on (\S+)\/metrics/.exec(stderr())?.[1];
  assert.ok(metricsUrl, stderr());
  assert.equal((await fetch(`${metricsUrl}/health/ready`)).status, 200);
  assert.equal((await fetch(`${metricsUrl}/health/live`)).status, 200);
  const metrics = await (await fetch(`${metricsUrl}/metrics`)).text();
  for (const name of [
    "ingestor_requests_total",
    "ingestor_request_duration_seconds",
    "router_messages_routed_total",
    "processor_pages_processed_total",
    "processor_page_duration_seconds",
    "storage_records_saved_total",
    "storage_batch_duration_seconds",
    "channel_depth",
    "channel_bytes",
    "channel_blocked_seconds_total",
    "actor_restarts_total",
    "dead_letters_total",
    "frontier_urls",
    "system_cpu_usage",
    "system_memory_usage",
    "process_cpu_seconds_total",
  ])
    assert.match(metrics, new RegExp(`^# TYPE ${name} `, "m"), name);
  child.kill("SIGTERM");
  const { code } = await ended;
  assert.equal(code, 0);
  assert.deepEqual(
    jsonFile(out).map(({ outcome }) => outcome),
    ["stored", "stored"],
  );
});

test("--exit-when-done ends the role, and roles without their services say so", async (t) => {
  const site = await serve(t, { "/": page("root"), "/robots.txt": status(404) });
  const folder = scratch(t);
  const done = await run([
    ...["--role", "standalone", `${site.origin}/`, "--exit-when-done", "--allow-private", "--delay", "0"],
    ...["--metrics-port", "0", "--data", `${folder}/data`, "--no-store", "--out", `${folder}/out.jsonl`],
  ]);
  assert.equal(done.code, 0, done.stderr);
  assert.match(done.stderr, /finished: 1 URL/);
  // What must be given is said before what stands in the way here.
  const taken = { MILLRACE_API_PORT: new URL(site.origin).port };
  const api = await run(["--role", "api"], { cwd: folder, env: taken });
  assert.equal(api.code, 2, api.stderr);
  assert.match(api.stderr, /store\.database\.url \(DATABASE_URL\) must be set/);
  const wrong: readonly (readonly [string[], RegExp])[] = [
    [["--role", "ingestor", `${site.origin}/`], /store\.s3\.endpoint \(MINIO_ENDPOINT\) must be set/],
    [
      ["--role", "ingestor", `${site.origin}/`, "--out", "x.jsonl"],
      /--role ingestor: --out is not for this role/,
    ],
    [["--role", "ingestor", `${site.origin}/`, "--shard", "2/2"], /--shard.*must be I\/N/],
    [["--role", "processor"], /store\.database\.url \(DATABASE_URL\) must be set/],
    [["--role", "processor", `${site.origin}/`], /--role processor: takes no URL/],
    [["--role", "processor", "--depth", "1"], /--role processor: --depth is not for this role/],
    [
      ["--role", "standalone", `${site.origin}/`, "--shard", "0/2"],
      /--role standalone: --shard is not for this role/,
    ],
  ];
  for (const [args, line] of wrong) {
    const refused = await run(args, { cwd: folder });
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, line);
    assert.equal(refused.stderr.trim().split("\n").length, 1, refused.stderr);
  }
  const unknown = await run(["--role", "king"]);
  assert.equal(unknown.code, 2);
  const empty = await run(["--role", "standalone", "--data", `${folder}/data`]);
  assert.equal(empty.code, 2);
  assert.match(empty.stderr, /nothing to crawl/);
});
