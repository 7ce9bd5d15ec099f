// Costs of the embedded store alone: segments, rows with and without search terms, opening, and memory as it fills.
// Prints one JSON object. `node bench/store.ts [pages] [terms]`
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { systemClock } from "../src/base/index.ts";
import type { StoredPage } from "../src/model/index.ts";
import { embeddedStore, storeOptions } from "../src/store/index.ts";
import { processedOf, prose } from "../src/store/testing/pages.ts";

const pagesMax = Number(process.argv[2] ?? 10_000);
const words = Number(process.argv[3] ?? 600);
const BATCH = 256;
const DOCUMENTS = 500;
const KILOBYTE = 1024;

const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
const never = new AbortController().signal;

async function anonymousMebibytes(): Promise<number> {
  const status = await readFile("/proc/self/status", "utf8").catch(() => "");
  const kilobytes = (name: string): number => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? 0);
  return Math.round((kilobytes("RssAnon") + kilobytes("RssShmem")) / KILOBYTE);
}

interface Cost {
  readonly perSecond: number;
  readonly cpuMsEach: number;
  readonly mebibytesAfter: number;
}

async function measured(count: number, work: () => Promise<void>): Promise<Cost> {
  const startMs = systemClock.monotonicMs();
  const cpu = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(cpu);
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  return {
    perSecond: Math.round(count / ((systemClock.monotonicMs() - startMs) / 1000)),
    cpuMsEach: round((user + system) / 1000 / count),
    mebibytesAfter: await anonymousMebibytes(),
  };
}

const timed = async (work: () => Promise<unknown>): Promise<number> => {
  const startMs = systemClock.monotonicMs();
  await work();
  return Math.round(systemClock.monotonicMs() - startMs);
};

const documents = Array.from({ length: DOCUMENTS }, (_, at) => {
  const text = prose(at, words);
  const html = Buffer.from(`<!doctype html><title>${at}</title><p>${text}${prose(at + 1e6, 2 * words)}</p>`);
  return { text, html: new Uint8Array(html), gzip: new Uint8Array(gzipSync(html)) };
});

function* batches(coded: boolean, from: number): Generator<ReturnType<typeof processedOf>[]> {
  for (let at = 0; at < pagesMax; at += BATCH) {
    yield Array.from({ length: Math.min(BATCH, pagesMax - at) }, (_, within) => {
      const number = from + at + within;
      const document = documents[(number * 7919) % DOCUMENTS];
      return processedOf(number, {
        text: document?.text ?? "",
        body: coded ? (document?.gzip ?? new Uint8Array()) : (document?.html ?? new Uint8Array()),
        headers: coded ? [["content-encoding", "gzip"]] : [["content-type", "text/html"]],
      });
    });
  }
}

const results: Record<string, unknown> = {
  pages: pagesMax,
  bodyBytes: documents[0]?.html.byteLength,
  codedBytes: documents[0]?.gzip.byteLength,
};
const options = storeOptions.parse({});
const store = embeddedStore(folder, options, "millrace/bench", systemClock);
try {
  results.openFreshMs = await timed(() => store.metadata.connect(never));
  await store.content.connect(never);
  const locate = (page: ReturnType<typeof processedOf>, at: number): StoredPage => ({
    ...page,
    stored: {
      raw: { key: "millrace-00000001-20260101000000000.warc.gz", offset: at * 10_000, length: 7000 },
      markdown: {
        key: "millrace-00000001-20260101000000000.warc.gz",
        offset: at * 10_000 + 7000,
        length: 3000,
      },
    },
  });
  results.segmentsIdentity = await measured(pagesMax, async () => {
    for (const batch of batches(false, 0)) await store.content.append(batch, never);
  });
  results.segmentsCoded = await measured(pagesMax, async () => {
    for (const batch of batches(true, 0)) await store.content.append(batch, never);
  });
  results.rowsWithTerms = await measured(pagesMax, async () => {
    for (const batch of batches(false, 0)) await store.metadata.record(batch.map(locate), never);
  });
  results.rowsAgain = await measured(pagesMax, async () => {
    for (const batch of batches(false, 0)) {
      await store.metadata.record(
        batch.map((page, at) =>
          locate({ ...page, page: { ...page.page, fetchedAtMs: page.page.fetchedAtMs + 1 } }, at),
        ),
        never,
      );
    }
  });
  results.searchCommonMs = await timed(() => store.metadata.search({ query: "w1or", limit: 10 }));
  results.searchRareMs = await timed(() => store.metadata.search({ query: "w9zor", limit: 10 }));
  results.closeMs = await timed(() => store.close());
  const again = embeddedStore(folder, options, "millrace/bench", systemClock);
  results.openKnownMs = await timed(() => again.metadata.connect(never));
  results.openSegmentsMs = await timed(() => again.content.connect(never));
  await again.close();
} finally {
  await rm(folder, { recursive: true, force: true });
}
process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
