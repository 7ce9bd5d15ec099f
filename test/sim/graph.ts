// The crawler's graph in small, on the engine as it ships: a source with leases, two lanes that meet again, a batch stage
// with tagged outputs, a sink of rows, and a sink that feeds the source's intake: the one cycle. One call is one process life.
import { InvariantError, type Random } from "../../src/base/index.ts";
import {
  type BatchLimits,
  type BatchStage,
  type Channel,
  createRuntime,
  type DeadLetterWriter,
  type RuntimeOptions,
  type Sink,
  type Source,
  type Stage,
  type Verdict,
} from "../../src/engine/index.ts";
import type { Lease, Service, World } from "./world.ts";

export type Tagged =
  | { readonly kind: "row"; readonly url: Lease["url"] }
  | { readonly kind: "report"; readonly url: Lease["url"] };

/** Where a test puts its hands between the parts; each returns what is used instead. */
export interface Parts {
  readonly runtime?: Partial<RuntimeOptions>;
  channel?<T>(made: Channel<T>): Channel<T>;
  source?(source: Source<Lease>, world: World): Source<Lease>;
  content?(stage: BatchStage<Lease, Tagged>, world: World): BatchStage<Lease, Tagged>;
  rows?(sink: Sink<Tagged>, world: World): Sink<Tagged>;
  reports?(sink: Sink<Tagged>, world: World): Sink<Tagged>;
  letters?(writer: DeadLetterWriter, world: World): DeadLetterWriter;
}

export interface Life {
  readonly channels: readonly Channel<never>[];
  readonly drain: AbortController;
  readonly abort: AbortController;
  readonly names: readonly string[];
  restart(name: string, reason: Error): boolean;
  readonly ended: Promise<"drained" | "aborted">;
}

const deadlineMs = 2_000;

/** One process life over the world; ends when the crawl has, or is told to, or the root supervisor gives up. */
export function live(world: World, random: Random, parts: Parts): Life {
  const { clock } = world;
  const letters: DeadLetterWriter = { write: (letter, signal) => world.writeLetter(letter, signal) };
  const rt = createRuntime({
    clock,
    random,
    deadLetters: parts.letters?.(letters, world) ?? letters,
    backoff: { firstMs: 50, maxMs: 2_000, factor: 2, jitter: 0.2 },
    observer: {
      restarted(actor, error) {
        if (error instanceof InvariantError)
          world.wrongs.push(`${actor} broke an invariant: ${error.message}`);
      },
    },
    watchdogCheckMs: 500,
    watchdogGraceMs: 1_000,
    ...parts.runtime,
  });
  const small = (): { itemsMax: number; bytesMax: number } => ({
    itemsMax: 1 + random.below(4),
    bytesMax: 200 + random.below(2_000),
  });
  // Half of the worlds have urgent records, everywhere on their way.
  const share = random.next() < 0.5 ? 0 : 2 + random.below(6);
  const channel = <T extends { readonly url: Lease["url"] }>(name: string): Channel<T> => {
    const isUrgent = ({ url }: T): boolean => url.id % share === 0;
    const made = rt.channel<T>(name, share === 0 ? small() : { ...small(), isUrgent });
    return parts.channel?.(made) ?? made;
  };
  const batch = (): BatchLimits => ({
    itemsMax: 1 + random.below(6),
    bytesMax: 300 + random.below(2_000),
    lingerMs: random.below(200),
    inFlightMax: 1 + random.below(3),
  });
  const requests = channel<Lease>("requests");
  const pages = channel<Lease>("raw.page");
  const fast = channel<Lease>("process.fast");
  const rich = channel<Lease>("process.rich");
  const final = channel<Lease>("processed.final");
  const rowsIn = channel<Tagged>("rows");
  const reportsIn = channel<Tagged>("reports");

  const source = world.source(world.flood ? 1_000 : 1 + random.below(40));
  const content = contentStage(world, batch());
  const rows = rowSink(world, batch());
  const reports = reportSink(world, batch());
  const actors = [
    rt.lane("storage", [
      rt.sink(parts.reports?.(reports, world) ?? reports, { from: reportsIn }),
      rt.sink(parts.rows?.(rows, world) ?? rows, { from: rowsIn }),
      rt.batchStage(parts.content?.(content, world) ?? content, {
        from: final,
        to: [rowsIn, reportsIn],
        route: (out) => (out.kind === "row" ? rowsIn : reportsIn),
      }),
    ]),
    rt.lane(
      "process",
      [
        rt.stage(lane(world, "rich", 2), { from: rich, to: final }),
        rt.stage(lane(world, "fast", 3), { from: fast, to: final }),
        rt.stage(routeStage, { from: pages, to: [fast, rich], route: ({ url }) => (url.rich ? rich : fast) }),
      ],
      { strategy: "rest_for_one" },
    ),
    rt.lane("ingest", [
      rt.stage(fetchStage(world, 1 + random.below(8)), { from: requests, to: pages }),
      rt.source(parts.source?.(source, world) ?? source, { to: requests }),
    ]),
  ];
  const drain = new AbortController();
  const abort = new AbortController();
  return {
    channels: rt.channels,
    drain,
    abort,
    names: ["reports", "rows", "content", "rich", "fast", "route", "fetch", "frontier"],
    restart: (name, reason) => rt.restart(name, reason),
    ended: rt.run(actors, { drain: drain.signal, abort: abort.signal, stopDeadlineMs: 20_000 }),
  };
}

const emit = <Out>(...outputs: Out[]): Verdict<Out> => ({ kind: "emit", outputs });

function fetchStage({ clock, random }: World, concurrencyMax: number): Stage<Lease, Lease> {
  return {
    name: "fetch",
    concurrencyMax,
    urgentMax: 1,
    deadlineMs,
    async handle(lease, work) {
      const first = work.attempt === 1;
      switch (lease.url.fate) {
        case "deaf":
          return new Promise(() => {});
        case "hangs once":
          if (first) await clock.sleep(100_000, work.signal);
          break;
        case "slow":
          await clock.sleep(random.below(1_500), work.signal);
          break;
        case "throws once":
          if (first) throw new Error("thrown once");
          break;
        case "throws always":
          throw new Error("thrown");
        case "retry once":
          if (first) return { kind: "retry", code: "fetch" };
          break;
        case "retry always":
          return { kind: "retry", code: "fetch" };
        case "later twice":
          if (lease.nth <= 2) return { kind: "later", code: "status", delayMs: random.below(5_000) };
          break;
        case "drop":
          return { kind: "drop", reason: "policy" };
        default:
      }
      if (random.next() < 0.8) await clock.sleep(random.below(50), work.signal);
      return emit(lease);
    },
  };
}

const routeStage: Stage<Lease, Lease> = {
  name: "route",
  concurrencyMax: 1,
  deadlineMs,
  handle: async (lease) => emit(lease),
};

function lane({ clock, random }: World, name: string, concurrencyMax: number): Stage<Lease, Lease> {
  return {
    name,
    concurrencyMax,
    deadlineMs,
    async handle(lease, work) {
      if (random.next() < 0.5) await clock.sleep(random.below(name === "rich" ? 400 : 20), work.signal);
      if (lease.url.fate === "reject") return { kind: "reject", code: "parse", detail: "not a page" };
      if (lease.url.fate === "nothing") return emit();
      return emit(lease);
    },
  };
}

/** Writes land or fail as a service does: also when nobody waits for them any more. */
async function reach(world: World, service: Service, signal: AbortSignal): Promise<void> {
  service.check();
  const { clock, random } = world;
  // Now and then a service swallows a call.
  await clock.sleep(
    random.next() < 0.02 ? 60_000 : random.below(40),
    random.next() < 0.5 ? signal : undefined,
  );
  service.check();
}

function contentStage(world: World, batch: BatchLimits): BatchStage<Lease, Tagged> {
  const service = world.services.content;
  return {
    name: "content",
    batch,
    deadlineMs,
    connect: async () => service.check(),
    close: async () => {},
    async handle(leases, work) {
      await reach(world, service, work.signal);
      if (leases.some(({ url }) => url.fate === "batch poison")) throw new Error("poisoned batch");
      return leases.map(({ url }): Verdict<Tagged> => {
        if (url.fate === "item reject") return { kind: "reject", code: "store", detail: "bad item" };
        if (url.fate === "item retry once" && work.attempt === 1) return { kind: "retry", code: "store" };
        world.content.add(url.id);
        return emit<Tagged>({ kind: "row", url }, { kind: "report", url });
      });
    },
  };
}

function rowSink(world: World, batch: BatchLimits): Sink<Tagged> {
  const service = world.services.rows;
  return {
    name: "rows",
    batch,
    deadlineMs,
    connect: async () => service.check(),
    close: async () => {},
    async write(rows, signal) {
      await reach(world, service, signal);
      if (rows.some(({ url }) => url.fate === "sink poison")) throw new Error("poisoned row");
      return rows.map(({ url }) => {
        if (url.fate === "sink reject") return { kind: "rejected", code: "store", detail: "bad row" };
        world.rows.add(url.id);
        return { kind: "written" };
      });
    },
  };
}

function reportSink(world: World, batch: BatchLimits): Sink<Tagged> {
  const service = world.services.intake;
  return {
    name: "reports",
    batch,
    deadlineMs,
    connect: async () => service.check(),
    close: async () => {},
    async write(reports, signal) {
      await reach(world, service, signal);
      for (const { url } of reports) {
        for (const link of url.links) world.admit(link);
        world.reported.add(url.id);
      }
      return reports.map(() => ({ kind: "written" }));
    },
  };
}
