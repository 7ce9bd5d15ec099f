// The process that crash.test.ts kills as an ingestor: every page goes to a file that stands for the broker, the word of the
// hand-over follows a little later, and a reader with an offset of its own, committed after the frontier's turn, reports back.
// One page in eight asks for a redirect, one in eight fails at first. Prints a line for each page sent.
import { createHash } from "node:crypto";
import { existsSync, openSync, readFileSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../base/index.ts";
import type { Delivery } from "../../engine/index.ts";
import type { FrontierRecord, HandedReport, PageRequest } from "../../model/index.ts";
import { Frontier } from "../frontier.ts";
import { frontierOptions } from "../options.ts";
import { answer, handed, passed, spec } from "../testing.ts";

const [folder = "", urlsText = "0"] = process.argv.slice(2);
const urls = Number(urlsText);
const { signal } = new AbortController();
const random = seededRandom(process.pid);
const urlOf = (n: number): string => `http://h${n % 7}.test/${n}`;
const numberOf = (url: string): number => Number(url.slice(url.lastIndexOf("/") + 1));
const chanceOf = (url: string): number =>
  createHash("sha1")
    .update(String(numberOf(url)))
    .digest()[0] ?? 0;

const options = frontierOptions.parse({ delayMs: 0, robots: false, syncTurns: false, leasesPerTurnMax: 16 });
const frontier = new Frontier({ folder, options });
frontier.reclaim(
  frontier.openLeases().map(({ captureId }) => captureId),
  { keepCaptureIds: true },
);
await frontier.beginCrawl(spec({ scope: "any", depthMax: 1000 }));
await frontier.admitGiven([urlOf(0)]);
frontier.seedingDone();

const brokerFile = join(folder, "broker");
const offsetFile = join(folder, "offset");
const broker = openSync(brokerFile, "a");
let offset = existsSync(offsetFile) ? Number(readFileSync(offsetFile, "utf8")) : 0;
const words: { report: HandedReport; delivery: Delivery<PageRequest> }[] = [];
const sink = frontier.sink();
const returns = frontier.returnSink();

function fetched(delivery: Delivery<PageRequest>): void {
  const { payload: request } = delivery;
  frontier.fetched({
    captureId: request.captureId,
    host: request.host,
    address: null,
    startedAtMs: 0,
    elapsedMs: 1,
    status: 200,
    failure: null,
    retryAfter: null,
    bytes: 0,
  });
  if (chanceOf(request.url) % 8 === 0 && request.attempt === 1) {
    delivery.settle({ kind: "later", code: "connect", delayMs: 1 });
    return;
  }
  writeSync(broker, `${request.captureId} ${request.url} ${JSON.stringify(request)}\n`);
  writeSync(1, `${request.url}\n`);
  words.push({ report: handed(request), delivery });
}

async function handOver(): Promise<void> {
  const told = words.splice(0);
  await sink.write(
    told.map(({ report }) => report),
    signal,
  );
  for (const { delivery } of told) delivery.settle({ kind: "delivered" });
}

async function report(): Promise<void> {
  const lines = readFileSync(brokerFile, "utf8").slice(offset).split("\n").slice(0, -1);
  const taken = lines.slice(0, 1 + random.below(40));
  const records = taken.map((line): FrontierRecord => {
    const request: PageRequest = JSON.parse(line.slice(line.indexOf("{")));
    return { kind: "end", report: reportOf(request) };
  });
  // Delivered twice now and then, as after a rebalance.
  await returns.write(random.below(4) === 0 ? [...records, ...records] : records, signal);
  offset += taken.reduce((sum, line) => sum + line.length + 1, 0);
  writeFileSync(offsetFile, String(offset));
}

function reportOf(request: PageRequest) {
  const n = numberOf(request.url);
  const children = [2 * n + 1, 2 * n + 2].filter((child) => child < urls).map(urlOf);
  const [only, other] = children;
  if (chanceOf(request.url) % 8 === 1 && only !== undefined && other === undefined)
    return { kind: "redirect", request, status: 200, target: only, setCookie: false } as const;
  return answer(request, { links: children });
}

const source = frontier.source();
let pending: Promise<Delivery<PageRequest> | null> | null = null;
for (;;) {
  pending ??= source.read(signal);
  const next = await Promise.race([pending, new Promise<"none">((resolve) => setImmediate(resolve, "none"))]);
  if (next === null) break;
  if (next !== "none") {
    pending = null;
    if (next.payload.verdict === null) fetched(next);
    else {
      await sink.write([passed(next.payload)], signal);
      next.settle({ kind: "delivered" });
    }
  }
  if (words.length >= 20 || (next === "none" && random.below(3) === 0)) await handOver();
  if (random.below(next === "none" ? 2 : 30) === 0) await report();
}
await frontier.close();
writeSync(1, "done\n");
