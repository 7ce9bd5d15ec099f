// Who stands waiting beside a machine that is at work: from POST to result of a static page while `serve` has nothing to do, just after a
// batch of 500 was handed in, and while thousands of tasks go through at full speed; and how many other pages were stored meanwhile.
// Wall-clock figures: for a machine that does nothing else.
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/index.ts";
import { type Served, served } from "../../test/scenario/served.ts";
import type { Case, Figure } from "../case.ts";

const PAGE_MS = 20;
const HOSTS = 50;
const BATCH = 500;
const CRAWL = 3_000;
const BATCH_URLS_MAX = 1_000;
const ASKED = 25;
const LOOK_MS = 100;
/** Between two POSTs beside tasks whose own pace is measured. */
const POST_EVERY_MS = 250;
const nothing = { after: () => {} };

interface Asked {
  /** From POST to result. */
  readonly ms: number;
  /** A POST that does not wait, until it is accepted. */
  readonly acceptedMs: number;
  /** Pages of others that were stored from before the POST to after its answer. */
  readonly others: number;
}

async function stored({ get }: Served): Promise<number> {
  const { text } = await get("/metrics");
  return Number(/^frontier_urls\{state="stored"\} (\d+)/m.exec(text)?.[1] ?? 0);
}

async function asked(at: Served, url: string): Promise<Asked> {
  const before = await stored(at);
  const startMs = systemClock.monotonicMs();
  const { status, json } = await at.post("/api/scrape/?wait=60", { url });
  const ms = systemClock.monotonicMs() - startMs;
  if (status !== 200 || json.status !== "completed")
    throw new Error(`${url}: ${status} ${json.status} ${json.error_message}`);
  const others = (await stored(at)) - before;
  const postMs = systemClock.monotonicMs();
  const accepted = await at.post("/api/scrape/", { url: `${url}/later` });
  const acceptedMs = systemClock.monotonicMs() - postMs;
  if (accepted.status !== 202) throw new Error(`${url}: not accepted but ${accepted.status}`);
  return { ms, acceptedMs, others };
}

async function idle({ get }: Served): Promise<void> {
  for (const status of ["running", "pending"]) {
    for (;;) {
      const { json } = await get(`/api/scrape/?status=${status}&limit=1`);
      if (Array.isArray(json.items) && json.items.length === 0) break;
      await systemClock.sleep(LOOK_MS);
    }
  }
}

/** Tasks a second until none is left, while somebody asks now and then. */
async function paced(
  at: Served,
  tasks: number,
  handIn: () => Promise<void>,
  ask: ((nth: number) => Promise<unknown>) | null,
): Promise<number> {
  const startMs = systemClock.monotonicMs();
  await handIn();
  let isOver = false;
  const asking = async (): Promise<void> => {
    for (let nth = 0; ask !== null && !isOver; nth++) {
      const nextMs = systemClock.monotonicMs() + POST_EVERY_MS;
      await ask(nth);
      await systemClock.sleep(Math.max(0, nextMs - systemClock.monotonicMs()));
    }
  };
  const over = idle(at).then(() => {
    isOver = true;
    return systemClock.monotonicMs();
  });
  const [endMs] = await Promise.all([over, asking()]);
  return tasks / ((endMs - startMs) / 1_000);
}

const part = (samples: readonly number[], share: number): number =>
  [...samples].sort((a, b) => a - b)[Math.floor(share * (samples.length - 1))] ?? Number.NaN;

export const busyCase: Case = {
  name: "busy",
  summary:
    "from POST to result while the machine is idle, beside a batch, and beside thousands of tasks at full speed",
  async run({ runs, count, program }): Promise<Figure[]> {
    const folder = await mkdtemp(join(tmpdir(), "millrace-bench-busy-"));
    const site = createServer((request, response) => {
      const text = `<!doctype html><title>Page ${request.url}</title><main><p>${"The mill grinds on. ".repeat(100)}</main>`;
      setTimeout(() => response.writeHead(200, { "content-type": "text/html" }).end(text), PAGE_MS);
    });
    try {
      await new Promise<void>((resolve) => site.listen(0, "127.0.0.1", resolve));
      const { port } = site.address() as AddressInfo;
      const url = (host: string, path: string): string => `http://${host}.test:${port}${path}`;
      const names = new Map<string, Asked[]>();
      const full: number[] = [];
      const alone: number[] = [];
      const every: number[] = [];
      for (let run = 0; run < runs; run++) {
        const at = await served(
          nothing,
          join(folder, `${run}`),
          [
            "--port",
            "0",
            "--allow-private",
            "--delay",
            "0",
            "--no-robots",
            "--resolve",
            `*:${port}:127.0.0.1`,
          ],
          { env: { MILLRACE_API_RATE_LIMIT_REQUESTS_MAX: "10000000" }, program },
        );
        const several = async (name: string): Promise<void> => {
          const found = names.get(name) ?? [];
          names.set(name, found);
          for (let n = 0; n < ASKED; n++) found.push(await asked(at, url("person", `/${name}/${n}`)));
        };
        const handIn = async (name: string, tasks: number): Promise<void> => {
          for (let from = 0; from < tasks; from += BATCH_URLS_MAX) {
            const urls = Array.from({ length: Math.min(BATCH_URLS_MAX, tasks - from) }, (_, n) =>
              url(`h${n % HOSTS}`, `/${name}/${from + n}`),
            );
            const { status } = await at.post("/api/scrape/", { urls });
            if (status !== 202) throw new Error(`a batch was answered with ${status}`);
          }
        };
        // The first one starts the threads.
        await asked(at, url("person", "/first"));
        await several("idle");
        await handIn("batch", BATCH);
        await several("beside a batch of 500");
        await idle(at);
        const tasks = count ?? CRAWL;
        const startMs = systemClock.monotonicMs();
        await handIn("crawl", tasks);
        await several("beside a crawl");
        await idle(at);
        full.push(tasks / ((systemClock.monotonicMs() - startMs) / 1_000));
        alone.push(await paced(at, tasks, () => handIn("alone", tasks), null));
        const ask = (nth: number) => asked(at, url("person", `/every/${nth}`));
        every.push(await paced(at, tasks, () => handIn("every", tasks), ask));
        await at.stop();
      }
      const latencies = (["ms", "acceptedMs"] as const).flatMap((what) =>
        [...names].flatMap(([name, samples]) =>
          [0.5, 0.99].map((share): Figure => {
            const called = (at: string): string =>
              `${at}, ${what === "ms" ? "" : "accepted, "}${share * 100} of 100 below`;
            const measured = samples.map((sample) => sample[what]);
            const against = name === "idle" ? {} : { against: called("idle") };
            return { name: called(name), unit: "ms", samples: [part(measured, share)], ...against };
          }),
        ),
      );
      const others = [...names].map(
        ([name, samples]): Figure => ({
          name: `${name}, pages of others before it, at most`,
          unit: "pages",
          samples: [
            part(
              samples.map(({ others }) => others),
              1,
            ),
          ],
        }),
      );
      const pace = (name: string, samples: number[]) => ({ name, unit: "tasks/s", samples });
      return [
        ...latencies,
        ...others,
        pace("tasks beside it", full),
        pace("tasks alone", alone),
        { ...pace(`tasks beside a POST each ${POST_EVERY_MS} ms`, every), against: "tasks alone" },
      ];
    } finally {
      site.close();
      await rm(folder, { recursive: true, force: true });
    }
  },
};
