// What is measured of Kafka, whoever speaks to it: lag, rates, and records that expired unread. Partitions and topics are
// a closed set.
import { Gauge, type Registry } from "prom-client";
import { systemClock } from "../base/index.ts";

/** Totals since the process began; rates are made of them here. */
export interface KafkaFigures {
  readonly lag: readonly { readonly topic: string; readonly partition: number; readonly records: number }[];
  readonly sentTotal: number;
  readonly consumedTotal: number;
  readonly expired: readonly { readonly topic: string; readonly records: number }[];
}

export type KafkaReader = () => KafkaFigures;

/** Rates are averages over at least this; two scrapes at once see the same. */
const WINDOW_MS = 1_000;

export function registerKafka(registers: Registry[], readers: ReadonlySet<KafkaReader>): void {
  const each = (): KafkaFigures[] => Array.from(readers, (read) => read());
  new Gauge({
    name: "kafka_consumer_lag",
    help: "Records not yet committed by the group that this process belongs to",
    labelNames: ["topic", "partition"],
    registers,
    collect() {
      this.reset();
      for (const { lag } of each())
        for (const { topic, partition, records } of lag) this.set({ topic, partition }, records);
    },
  });
  // A gauge, because the totals are counted where Kafka is spoken to; it only rises.
  new Gauge({
    name: "kafka_consumer_records_expired_total",
    help: "Records that retention took before they were read",
    labelNames: ["topic"],
    registers,
    collect() {
      this.reset();
      for (const { expired } of each())
        for (const { topic, records } of expired) this.inc({ topic }, records);
    },
  });
  rate("kafka_producer_record_send_rate", "Records sent in a second", ({ sentTotal }) => sentTotal);
  rate(
    "kafka_consumer_records_consumed_rate",
    "Records read in a second",
    ({ consumedTotal }) => consumedTotal,
  );

  function rate(name: string, help: string, total: (figures: KafkaFigures) => number): void {
    const now = (): { atMs: number; total: number } => ({
      atMs: systemClock.monotonicMs(),
      total: each().reduce((sum, figures) => sum + total(figures), 0),
    });
    let before = now();
    let last = 0;
    new Gauge({
      name,
      help,
      registers,
      collect() {
        const current = now();
        const elapsedMs = current.atMs - before.atMs;
        if (elapsedMs >= WINDOW_MS) {
          last = ((current.total - before.total) * 1000) / elapsedMs;
          before = current;
        }
        this.set(last);
      },
    });
  }
}
