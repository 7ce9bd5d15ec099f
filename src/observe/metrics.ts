// The metrics of the process in one registry. Every label's values are a closed set or names given in code: no URL, no
// host. Rooms never see this file; the topology tells it what happened.
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { Code, Lane, Outcome, UrlState } from "../model/index.ts";
import { type KafkaReader, registerKafka } from "./kafka-metrics.ts";
import { diskBytes, systemCpu, usedMemory } from "./machine.ts";
import { type RenderCacheCounts, registerRenderCache } from "./render-metrics.ts";
import { registerSchemas, type WatchedSchema } from "./schema-metrics.ts";
import { registerService, type ServiceMetrics } from "./service-metrics.ts";

/** What a channel shows to be watched. */
export interface WatchedChannel {
  readonly name: string;
  readonly depth: { readonly items: number; readonly bytes: number };
}

export type RequestOutcome = "fetched" | "redirect" | "not_modified" | "failed";

export interface Metrics extends ServiceMetrics {
  /** One request to a server ended; code `none` when nothing failed. */
  requestEnded(outcome: RequestOutcome, code: Code | null, elapsedMs: number): void;
  pageRouted(lane: Lane): void;
  pageProcessed(lane: Lane, outcome: Outcome, elapsedMs: number): void;
  batchSaved(sink: string, records: number, elapsedMs: number): void;
  channelBlocked(channel: string, blockedMs: number): void;
  actorRestarted(actor: string): void;
  deadLetter(topic: string): void;
  /** Read at each scrape until the returned function is called. */
  watchChannel(channel: WatchedChannel): () => void;
  watchFrontier(counts: () => Readonly<Partial<Record<UrlState, number>>>): () => void;
  watchKafka(read: KafkaReader): () => void;
  watchSchema(schema: WatchedSchema): () => void;
  watchRenderCache(read: () => RenderCacheCounts): () => void;
  /** The text format, version 0.0.4. */
  text(): Promise<string>;
  readonly contentType: string;
}

const FETCH_SECONDS = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WORK_SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30];

export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  registerMachine(registers);
  const channels = new Set<WatchedChannel>();
  registerChannels(registers, channels);
  const frontiers = new Set<() => Readonly<Partial<Record<UrlState, number>>>>();
  registerFrontier(registers, frontiers);

  const kafkas = new Set<KafkaReader>();
  registerKafka(registers, kafkas);
  const caches = new Set<() => RenderCacheCounts>();
  registerRenderCache(registers, caches);
  const schemas = new Set<WatchedSchema>();
  registerSchemas(registers, schemas);

  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]): Counter<L> =>
    new Counter({ name, help, labelNames: [...labelNames], registers });
  const seconds = <L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: number[],
  ) => new Histogram({ name, help, labelNames: [...labelNames], buckets, registers });

  const requests = counter("ingestor_requests_total", "Requests that ended", ["outcome", "code"]);
  const requestSeconds = seconds("ingestor_request_duration_seconds", "Time of a request", [], FETCH_SECONDS);
  const routed = counter("router_messages_routed_total", "Pages routed, by lane", ["lane"]);
  const processed = counter("processor_pages_processed_total", "Pages processed", ["lane", "outcome"]);
  const processSeconds = seconds(
    "processor_page_duration_seconds",
    "Time of a page's work",
    ["lane"],
    WORK_SECONDS,
  );
  const saved = counter("storage_records_saved_total", "Records written for good", ["sink"]);
  const batchSeconds = seconds(
    "storage_batch_duration_seconds",
    "Time of a batch's write",
    ["sink"],
    WORK_SECONDS,
  );
  const blocked = counter("channel_blocked_seconds_total", "Time senders waited for room", ["channel"]);
  const restarts = counter("actor_restarts_total", "Restarts by a supervisor", ["actor"]);
  const dead = counter("dead_letters_total", "Records that became dead letters", ["topic"]);

  return {
    requestEnded(outcome, code, elapsedMs) {
      requests.inc({ outcome, code: code ?? "none" });
      requestSeconds.observe(elapsedMs / 1000);
    },
    pageRouted: (lane) => routed.inc({ lane }),
    pageProcessed(lane, outcome, elapsedMs) {
      processed.inc({ lane, outcome });
      processSeconds.observe({ lane }, elapsedMs / 1000);
    },
    batchSaved(sink, records, elapsedMs) {
      saved.inc({ sink }, records);
      batchSeconds.observe({ sink }, elapsedMs / 1000);
    },
    channelBlocked: (channel, blockedMs) => blocked.inc({ channel }, blockedMs / 1000),
    actorRestarted: (actor) => restarts.inc({ actor }),
    deadLetter: (topic) => dead.inc({ topic }),
    ...registerService(registers),
    watchChannel: (channel) => watched(channels, channel),
    watchFrontier: (counts) => watched(frontiers, counts),
    watchKafka: (read) => watched(kafkas, read),
    watchSchema: (schema) => watched(schemas, schema),
    watchRenderCache: (read) => watched(caches, read),
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}

function watched<T>(set: Set<T>, item: T): () => void {
  set.add(item);
  return () => set.delete(item);
}

function registerChannels(registers: Registry[], channels: ReadonlySet<WatchedChannel>): void {
  const gauge = (name: string, help: string, read: (channel: WatchedChannel) => number): void => {
    new Gauge({
      name,
      help,
      labelNames: ["channel"],
      registers,
      collect() {
        this.reset();
        for (const channel of channels) this.set({ channel: channel.name }, read(channel));
      },
    });
  };
  gauge("channel_depth", "Records waiting in a channel", ({ depth }) => depth.items);
  gauge("channel_bytes", "Bytes waiting in a channel", ({ depth }) => depth.bytes);
}

function registerFrontier(
  registers: Registry[],
  frontiers: ReadonlySet<() => Readonly<Partial<Record<UrlState, number>>>>,
): void {
  new Gauge({
    name: "frontier_urls",
    help: "URLs by state",
    labelNames: ["state"],
    registers,
    collect() {
      this.reset();
      for (const counts of frontiers) {
        for (const [state, count] of Object.entries(counts())) this.inc({ state }, count);
      }
    },
  });
}

function registerMachine(registers: Registry[]): void {
  const cpuSince = systemCpu();
  new Gauge({
    name: "system_cpu_usage",
    help: "Share of all processors in use since the last scrape, 0 to 1",
    registers,
    collect() {
      this.set(cpuSince());
    },
  });
  new Gauge({
    name: "system_memory_usage",
    help: "Bytes of memory in use on the machine",
    registers,
    collect() {
      this.set(usedMemory());
    },
  });
  new Gauge({
    name: "system_disk_io",
    help: "Bytes this process has read from and written to disks since its start",
    labelNames: ["direction"],
    registers,
    collect() {
      const bytes = diskBytes();
      this.set({ direction: "read" }, bytes.read);
      this.set({ direction: "write" }, bytes.written);
    },
  });
}
