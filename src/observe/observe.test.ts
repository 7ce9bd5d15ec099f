import assert from "node:assert/strict";
import { test } from "node:test";
import { createLog, createMetrics, observeOptions, openProbe } from "./index.ts";
import { prettyLine } from "./log.ts";

function lines(format: "json" | "pretty" | "auto", isTTY: boolean) {
  const written: string[] = [];
  const options = observeOptions.parse({ log: { format, level: "debug" } });
  const log = createLog(options.log, { isTTY, write: (line) => written.push(line) });
  return { log, written };
}

test("logs are JSON lines with level, time and trace id", () => {
  const { log, written } = lines("auto", false);
  log.child({ traceId: "abc" }).warn({ room: "fetch", status: 503 }, "refused");
  const line = JSON.parse(written[0] ?? "");
  assert.equal(line.level, "warn");
  assert.equal(line.traceId, "abc");
  assert.equal(line.msg, "refused");
  assert.match(line.time, /^\d{4}-\d\d-\d\dT/);
});

test("on a terminal an event is one plain line, whatever a page put into it", () => {
  const { log, written } = lines("auto", true);
  log.info({ room: "fetch", url: "http://a/\u001b[2J\nx" }, "odd");
  assert.match(
    written[0] ?? "",
    /^\d\d:\d\d:\d\d\.\d{3} info {2}fetch: odd url=http:\/\/a\/\\x1b\[2J\\x0ax\n$/,
  );
  assert.equal(prettyLine("not json\n"), "not json");
});

test("errors keep their stack, and secrets are not logged", () => {
  const { log, written } = lines("json", false);
  log.error({ err: new Error("boom"), password: "x", headers: { authorization: "y" } }, "failed");
  const line = JSON.parse(written[0] ?? "");
  assert.match(line.err.stack, /boom/);
  assert.equal(line.password, "********");
  assert.equal(line.headers.authorization, "********");
});

test("the probe shows metrics and health on a port of its own", async () => {
  const metrics = createMetrics();
  metrics.requestEnded("failed", "dns", 20);
  metrics.watchChannel({ name: "process.fast", depth: { items: 3, bytes: 99 } });
  metrics.watchFrontier(() => ({ queued: 7, stored: 2 }));
  let ready = true;
  const opened = await openProbe(
    { host: "127.0.0.1", port: 0 },
    { metrics, health: () => ({ ready, reasons: ready ? [] : ["draining"] }) },
  );
  assert.ok(opened.ok);
  const probe = opened.value;
  const get = async (path: string) => {
    const response = await fetch(probe.url + path);
    return { status: response.status, body: await response.text() };
  };
  const text = (await get("/metrics")).body;
  for (const sample of [
    'ingestor_requests_total{outcome="failed",code="dns"} 1',
    'channel_depth{channel="process.fast"} 3',
    'channel_bytes{channel="process.fast"} 99',
    'frontier_urls{state="queued"} 7',
    "process_cpu_seconds_total",
    "system_memory_usage",
    'system_disk_io{direction="read"}',
  ]) {
    assert.ok(text.includes(sample), sample);
  }
  assert.equal((await get("/health/live")).status, 200);
  assert.equal((await get("/health/ready")).status, 200);
  ready = false;
  assert.deepEqual(await get("/health"), {
    status: 503,
    body: '{"status":"not ready","reasons":["draining"]}\n',
  });
  assert.equal((await get("/nothing")).status, 404);
  const taken = await openProbe(
    { host: "127.0.0.1", port: Number(new URL(probe.url).port) },
    { metrics, health: () => ({ ready, reasons: [] }) },
  );
  assert.ok(!taken.ok && /EADDRINUSE/.test(taken.error.message));
  await probe.close();
});
