// Prometheus's configuration and rules by promtool, and the dashboard as JSON: nothing asks for a metric that the roles do
// not show, and each alert is shown to fire by test/deploy/alerts.test.yml.
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { z } from "zod";
import { createMetrics } from "../../src/observe/index.ts";
import { lacks, read, root, run } from "./deployment.ts";

/** What both roles may show beside what src/observe registers at once: metrics of Kafka, the API and the jobs. */
const SHOWN_LATER = [
  "http_requests_total",
  "http_request_duration_seconds",
  "search_duration_seconds",
  "catalog_items_total",
  "scraping_total",
  "scraping_duration_seconds",
  "artists_scraped_total",
  "search_cache_hits_total",
  "search_cache_misses_total",
  "job_runs_total",
  "job_sla_missed_total",
];

const WORDS = ["and", "or", "unless", "by", "without", "on", "ignoring", "offset", "bool"];

/** Names of metrics in a PromQL expression: what is left without labels, ranges, groupings, functions and words. */
function metricsOf(expression: string): string[] {
  const bare = expression
    .replace(/"[^"]*"/g, "")
    .replace(/\{[^}]*\}|\[[^\]]*\]/g, "")
    .replace(/\b(by|without|on|ignoring)\s*\([^)]*\)/g, " ")
    .replace(/\boffset\s+\w+/g, " ");
  return [...bare.matchAll(/\b[a-z_:][a-z0-9_:]*\b(?!\s*\()/gi)]
    .map(([name]) => name)
    .filter((name) => !WORDS.includes(name));
}

async function shownMetrics(): Promise<Set<string>> {
  const text = await createMetrics().text();
  const shown = new Set(["up", ...SHOWN_LATER]);
  for (const [, name = "", type] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    shown.add(name);
    if (type === "histogram") for (const part of ["bucket", "sum", "count"]) shown.add(`${name}_${part}`);
  }
  return shown;
}

const ruleFile = z.object({
  groups: z.array(
    z.object({
      rules: z.array(
        z.object({
          alert: z.string(),
          expr: z.string(),
          labels: z.object({ severity: z.enum(["warning", "critical"]) }),
          annotations: z.object({ summary: z.string(), description: z.string() }),
        }),
      ),
    }),
  ),
});
const rules = ruleFile
  .parse(parse(read("deploy/prometheus/alerts.yml")))
  .groups.flatMap((group) => group.rules);

const withPromtool = { skip: lacks("promtool", "promtool is not installed (Debian package prometheus)") };

test("promtool takes the configuration, with its rules and targets", withPromtool, () => {
  const { code, stdout, stderr } = run("promtool", ["check", "config", "deploy/prometheus/prometheus.yml"]);
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, new RegExp(`${rules.length} rules found`));
});

test("every alert fires on what it is for, and on nothing else", withPromtool, () => {
  const { code, stdout, stderr } = run("promtool", ["test", "rules", "test/deploy/alerts.test.yml"]);
  assert.equal(code, 0, stdout + stderr);
  const tried = read("test/deploy/alerts.test.yml");
  for (const { alert } of rules)
    assert.match(
      tried,
      new RegExp(`alertname: ${alert}\\n\\s+exp_alerts:\\n`),
      `${alert} is not shown to fire`,
    );
});

test("alerts ask only for metrics that are shown", async () => {
  const shown = await shownMetrics();
  for (const { alert, expr } of rules) {
    const asked = metricsOf(expr);
    assert.ok(asked.length > 0, alert);
    assert.deepEqual(
      asked.filter((name) => !shown.has(name)),
      [],
      alert,
    );
  }
});

const dashboard = z.object({
  uid: z.string(),
  panels: z.array(
    z.object({
      id: z.number(),
      type: z.string(),
      title: z.string(),
      gridPos: z.object({ x: z.number(), y: z.number(), w: z.number(), h: z.number() }),
      targets: z
        .array(z.object({ refId: z.string(), expr: z.string(), datasource: z.object({ uid: z.string() }) }))
        .default([]),
    }),
  ),
});

test("the dashboard asks only for metrics that are shown, of the data source that is provisioned", async () => {
  const shown = await shownMetrics();
  const { panels } = dashboard.parse(JSON.parse(read("deploy/grafana/dashboards/millrace.json")));
  const source = z
    .object({ datasources: z.tuple([z.object({ uid: z.string(), url: z.string() })]) })
    .parse(parse(read("deploy/grafana/provisioning/datasources/prometheus.yml"))).datasources[0];
  assert.equal(source.url, "http://prometheus:9090");
  const asked = new Set<string>();
  for (const { type, title, targets } of panels) {
    assert.equal(type === "row", targets.length === 0, title);
    for (const { expr, datasource } of targets) {
      assert.equal(datasource.uid, source.uid, title);
      for (const name of metricsOf(expr)) {
        assert.ok(shown.has(name), `${title}: ${name}`);
        asked.add(name);
      }
    }
  }
  for (const name of [
    "ingestor_requests_total",
    "kafka_consumer_lag",
    "channel_depth",
    "storage_records_saved_total",
    "dead_letters_total",
    "process_resident_memory_bytes",
  ])
    assert.ok(asked.has(name), `${name} is on no panel`);
});

test("the dashboard's expressions are PromQL", withPromtool, () => {
  const { panels } = dashboard.parse(JSON.parse(read("deploy/grafana/dashboards/millrace.json")));
  const expressions = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const file = {
    groups: [
      {
        name: "dashboard",
        rules: expressions.map((expr, index) => ({
          record: `panel:${index}`,
          expr: expr.replaceAll("$__rate_interval", "1m"),
        })),
      },
    ],
  };
  const folder = mkdtempSync(join(tmpdir(), "millrace-rules-"));
  try {
    const rulesFile = join(folder, "dashboard.yml");
    writeFileSync(rulesFile, JSON.stringify(file));
    const { code, stderr } = run("promtool", ["check", "rules", rulesFile]);
    assert.equal(code, 0, stderr);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("the dashboard's panels have ids of their own and do not lie over each other", () => {
  const { panels } = dashboard.parse(JSON.parse(read("deploy/grafana/dashboards/millrace.json")));
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Map<string, string>();
  for (const { title, gridPos } of panels)
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
        assert.ok(x < 24, `${title} is too wide`);
        assert.equal(taken.get(`${x},${y}`), undefined, `${title} lies over another`);
        taken.set(`${x},${y}`, title);
      }
});

test("Prometheus is told where each role shows its metrics", () => {
  const targets = (name: string): string[] =>
    z
      .array(z.object({ targets: z.array(z.string()) }))
      .parse(parse(read(`deploy/prometheus/targets/${name}`)))
      .flatMap((group) => group.targets);
  assert.deepEqual(readdirSync(join(root, "deploy/prometheus/targets")).sort(), [
    "api.yml",
    "ingestor.yml",
    "processor.yml",
  ]);
  assert.deepEqual(targets("ingestor.yml"), ["ingestor:9465"]);
  assert.deepEqual(targets("processor.yml"), ["processor:9464"]);
});
