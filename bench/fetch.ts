// What fetching costs above its floor: CPU seconds per 1,000 pages of 30 KB, gzipped, over HTTP/1.1 on loopback, by bare
// undici and by the fetch stage, in turns in one process; the server is a child. And the heap over many hosts.
// Prints one JSON object. Usage: node bench/fetch.ts [pages] [rounds] [hosts]
import { fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import http from "node:http";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Agent, type Dispatcher } from "undici";
import { systemClock } from "../src/base/index.ts";
import { createFetchStage, fetchOptionsSchema } from "../src/fetch/index.ts";
import type { PageRequest } from "../src/model/index.ts";
import { createDialer, netOptionsSchema } from "../src/net/index.ts";

const CONCURRENCY = 50;
const CONNECTIONS = 50;

if (process.argv[2] === "--serve") serve();
else await bench();

function serve(): void {
  const body = gzipSync(randomBytes(26_500).toString("hex"));
  const server = http.createServer((_request, response) => {
    response.writeHead(200, {
      "content-type": "text/html; charset=utf-8",
      "content-encoding": "gzip",
      "content-length": body.length,
      "cache-control": "max-age=60",
      etag: '"v1"',
    });
    response.end(body);
  });
  server.listen(0, "127.0.0.1", 4096, () => {
    const address = server.address();
    process.send?.(typeof address === "object" ? address?.port : 0);
  });
  process.once("disconnect", () => process.exit());
}

async function bench(): Promise<void> {
  const [pages = 4_000, rounds = 5, hosts = 20_000] = process.argv.slice(2).map(Number);
  const child = fork(fileURLToPath(import.meta.url), ["--serve"]);
  const port = await new Promise<number>((resolve) =>
    child.once("message", (message) => resolve(Number(message))),
  );
  const url = `http://127.0.0.1:${port}`;

  const agent = new Agent({ connections: CONNECTIONS, pipelining: 1 });
  const bare = (at: number): Promise<number> =>
    new Promise((resolve, reject) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      const handler: Dispatcher.DispatchHandler = {
        onRequestStart() {},
        onResponseStart() {},
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
          bytes += chunk.length;
        },
        onResponseEnd: () => resolve(Buffer.concat(chunks, bytes).length),
        onResponseError: (_controller, error) => reject(error),
      };
      agent.dispatch(
        { origin: url, path: `/${at}`, method: "GET", headers: ["accept-encoding", "gzip"] },
        handler,
      );
    });

  const stageFor = (resolve: readonly string[]) =>
    createFetchStage({
      options: fetchOptionsSchema.parse({ connectionsPerOriginMax: CONNECTIONS }),
      dialer: createDialer(netOptionsSchema.parse({ allowPrivate: true, resolve }), systemClock),
      clock: systemClock,
      version: "0.0.0",
      onFetched: () => {},
    });
  const stage = stageFor([]);
  const signal = new AbortController().signal;
  const full = async (at: number): Promise<number> => {
    const verdict = await stage.handle(pageRequest(`${url}/${at}`, "127.0.0.1"), {
      signal,
      attempt: 1,
      traceId: "",
    });
    const output = verdict.kind === "emit" ? verdict.outputs[0] : undefined;
    if (output?.kind !== "page") throw new Error(`no page: ${JSON.stringify(verdict)}`);
    return output.page.body.byteLength;
  };

  await measure(bare, 1_000);
  await measure(full, 1_000);
  const samples = { bare: [] as number[], stage: [] as number[] };
  for (let round = 0; round < rounds; round++) {
    samples.bare.push(await measure(bare, pages));
    samples.stage.push(await measure(full, pages));
  }
  await Promise.all([agent.close(), stage.close()]);

  const heap = await manyHosts(stageFor([`*:${port}:127.0.0.1`]), port, hosts);
  child.disconnect();
  const [floor, cost] = [median(samples.bare), median(samples.stage)];
  console.log(
    JSON.stringify({
      case: "fetch",
      unit: "CPU s per 1,000 pages",
      pages,
      floor,
      stage: cost,
      ratio: cost / floor,
      samples,
      heap,
    }),
  );
}

/** One page from each of many hosts: heap in MiB after each fifth, and what stays open in the end. */
async function manyHosts(stage: ReturnType<typeof createFetchStage>, port: number, hosts: number) {
  const signal = new AbortController().signal;
  const heapMiB: number[] = [];
  const startedMs = process.cpuUsage();
  for (let fifth = 0; fifth < 5; fifth++) {
    const base = (fifth * hosts) / 5;
    await inParallel(hosts / 5, async (at) => {
      const url = `http://h${base + at}.example:${port}/`;
      await stage.handle(pageRequest(url, "h"), { signal, attempt: 1, traceId: "" });
    });
    global.gc?.();
    heapMiB.push(Math.round(process.memoryUsage().heapUsed / 2 ** 20));
  }
  const { user, system } = process.cpuUsage(startedMs);
  const origins = stage.origins;
  await stage.close();
  return { hosts, heapMiB, origins, cpuSecondsPer1000: (user + system) / 1e6 / (hosts / 1_000) };
}

async function measure(fetchOne: (at: number) => Promise<number>, pages: number): Promise<number> {
  const before = process.cpuUsage();
  await inParallel(pages, fetchOne);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / (pages / 1_000);
}

async function inParallel(count: number, work: (at: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, worker));
}

function median(samples: readonly number[]): number {
  return [...samples].sort((a, b) => a - b)[Math.floor(samples.length / 2)] ?? Number.NaN;
}

function pageRequest(url: string, host: string): PageRequest {
  return {
    kind: "page",
    captureId: "00000000-0000-7000-8000-000000000000",
    url,
    host,
    crawlId: "bench",
    depth: 0,
    attempt: 1,
    redirects: 0,
    given: true,
    referrer: null,
    validators: null,
    lane: "auto",
    verdict: null,
  };
}
