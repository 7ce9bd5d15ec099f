// Time, disk and memory per URL of a frontier that admits, leases and ends N URLs: `node bench/frontier.ts 1000000 [--hosts 20000]
// [--sync]`. Prints one JSON object. No network: each lease is answered at once, and links feed the frontier as pages would.
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Frontier, frontierOptions } from "../src/frontier/index.ts";
import type { PageReport, PageRequest } from "../src/model/index.ts";

const LINKS_PER_PAGE = 50;
const REPORTS_PER_BATCH = 256;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { hosts: { type: "string", default: "20000" }, sync: { type: "boolean", default: false } },
});
const urls = Number(positionals[0] ?? "1000000");
const hosts = Number(values.hosts);
const folder = mkdtempSync(join(tmpdir(), "frontier-bench-"));
const options = frontierOptions.parse({
  robots: false,
  delayMs: 0,
  hostInFlightMax: 4,
  leasesPerTurnMax: 256,
  syncTurns: values.sync,
});

const urlOf = (n: number): string => `http://host${n % hosts}.example/articles/2024/page-${n}`;

function reportOf(request: PageRequest, links: readonly string[]): PageReport {
  return {
    kind: "page",
    request,
    outcome: "stored",
    code: null,
    message: null,
    status: 200,
    finalUrl: request.url,
    lane: "fast",
    validators: { etag: null, lastModified: "Tue, 01 Oct 2024 10:00:00 GMT" },
    signature: "ab".repeat(32),
    fetchedAtMs: 1_800_000_000_000,
    links,
    followers: [],
  };
}

/** Anonymous memory, KiB; null where the system does not tell. */
function anonymousKiB(): number | null {
  try {
    return Number(/RssAnon:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? Number.NaN);
  } catch {
    return null;
  }
}

const frontier = new Frontier({ folder, options });
const startedAtMs = performance.now();
const cpuBefore = process.cpuUsage();
const spec = {
  depthMax: 1_000_000,
  scope: "any",
  include: null,
  exclude: null,
  pagesMax: null,
  lane: "auto",
} as const;
await frontier.beginCrawl({ ...spec, seedsHash: "bench", refresh: false, fresh: false });
await frontier.admitGiven([urlOf(0)]);
frontier.seedingDone();

let next = 1;
let ended = 0;
let leased = 0;
let admitted = 1;
let slowestBatchMs = 0;
const loopDelay = monitorEventLoopDelay({ resolution: 5 });
loopDelay.enable();
const memory: { urls: number; anonymousKiB: number | null }[] = [];
const source = frontier.source();
const sink = frontier.sink();
const { signal } = new AbortController();
const reports: PageReport[] = [];
for (let read = await source.read(signal); read !== null; read = await source.read(signal)) {
  const request = read.payload;
  leased++;
  const links: string[] = [];
  // Links run ahead of the fetches, as in a real crawl: half of all URLs are queued at the widest.
  while (links.length < LINKS_PER_PAGE && next < urls && next < (ended + 1) * LINKS_PER_PAGE)
    links.push(urlOf(next++));
  frontier.fetched({
    captureId: request.captureId,
    host: request.host,
    address: null,
    startedAtMs: 0,
    elapsedMs: 5,
    status: 200,
    failure: null,
    retryAfter: null,
    bytes: 10_000,
  });
  reports.push(reportOf(request, links));
  if (reports.length >= REPORTS_PER_BATCH || leased === admitted) {
    const atMs = performance.now();
    await sink.write(reports, signal);
    slowestBatchMs = Math.max(slowestBatchMs, performance.now() - atMs);
    ended += reports.length;
    admitted = next;
    reports.length = 0;
  }
  if (ended > 0 && ended % Math.ceil(urls / 20) < REPORTS_PER_BATCH && reports.length === 0) {
    memory.push({ urls: ended, anonymousKiB: anonymousKiB() });
  }
}
const elapsedMs = performance.now() - startedAtMs;
const cpu = process.cpuUsage(cpuBefore);
const states = frontier.counts();
await frontier.close();
const bytes = statSync(join(folder, "data.mdb")).size;
rmSync(folder, { recursive: true, force: true });
const urlBytes = urlOf(urls - 1).length;
console.log(
  JSON.stringify({
    urls,
    hosts,
    sync: values.sync,
    stored: states.stored,
    elapsedS: Math.round(elapsedMs / 100) / 10,
    microsPerUrl: Math.round((elapsedMs * 10_000) / urls) / 10,
    cpuMicrosPerUrl: Math.round(((cpu.user + cpu.system) * 10) / urls) / 10,
    bytesPerUrl: Math.round(bytes / urls),
    bytesPerUrlWithoutUrl: Math.round(bytes / urls) - urlBytes,
    slowestBatchMs: Math.round(slowestBatchMs),
    loopBlockedMs: { p99: Math.round(loopDelay.percentile(99) / 1e6), max: Math.round(loopDelay.max / 1e6) },
    anonymousKiB: memory,
  }),
);
