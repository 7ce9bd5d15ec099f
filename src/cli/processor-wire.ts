// The processor's ends of the wire, made of its configuration: pages in, reports and events out, dead letters both ways.
import { type Clock, describe, systemRandom } from "../base/index.ts";
import type { Config } from "../config.ts";
import type { DeadLetterWriter } from "../engine/index.ts";
import type { KafkaFigures, Log } from "../observe/index.ts";
import type { Store } from "../store/index.ts";
import { intoTable, letterWriter, poisonLetter } from "../topology/index.ts";
import {
  type ClaimMissing,
  type ClaimStore,
  encodePageRecord,
  groupWatch,
  letterSource,
  PROCESSOR_GROUP,
  pageSource,
  type RawRecord,
  recordSink,
  TOPICS,
  type WireFailure,
} from "../wire/index.ts";
import { groupLag } from "./group-lag.ts";
import { wireLog } from "./wire-log.ts";

export interface ProcessorWireParts {
  readonly config: Config;
  readonly store: Store;
  readonly claims: ClaimStore;
  readonly clock: Clock;
  readonly log: Log;
}

export function processorWire({ config, store, claims, clock, log }: ProcessorWireParts) {
  const { wire } = config;
  const toLog = wireLog(log);
  const records = recordSink({ name: "reports", wire, log: toLog });
  const letters = recordSink({ name: "letter-copies", wire, log: toLog });
  const orders = recordSink({ name: "orders", wire, log: toLog });
  const write = intoTable(store);

  /** Keeps what cannot be read, and has the page fetched again whose body is lost. */
  async function onPoison(record: RawRecord, failure: WireFailure, signal: AbortSignal): Promise<void> {
    if (failure.kind === "claim_missing") {
      log.warn({ url: failure.url, cause: failure.message }, "a body is lost; its page is fetched again");
      return order(failure, signal);
    }
    log.error({ topic: record.topic, partition: record.partition, offset: record.offset }, failure.message);
    return write(poisonLetter(record, failure, clock), signal);
  }

  async function order({ host, url }: ClaimMissing, signal: AbortSignal): Promise<void> {
    await orders.connect(signal);
    const record = { kind: "order", reason: "refetch", host, url } as const;
    const [written] = await orders.write([{ kind: "frontier", record }], signal);
    if (written?.kind !== "written") throw new Error(`the order to fetch ${url} again was refused`);
  }

  const events = {
    poisonDelayed: (record: RawRecord, error: Error) =>
      log.error({ offset: record.offset, cause: describe(error) }, "a dead letter cannot be written yet"),
  };
  const common = { wire, clock, random: systemRandom, log: toLog, events, onPoison };
  const pages = pageSource({ ...common, claims });
  const notices = letterSource(common);
  const group = groupWatch({ wire, groupId: PROCESSOR_GROUP, topic: TOPICS.rawPage, log: toLog });
  const behind = groupLag(group, TOPICS.rawPage);
  const deadLetters: DeadLetterWriter = letterWriter({ write, payloadOf: encodePageRecord, log, clock });
  const sinks = [records, letters, orders];
  const sources = [pages, notices];
  return {
    /** For URLs that are to be fetched. */
    orders,
    pages,
    notices,
    records,
    letters,
    deadLetters,
    positions: () => behind.positions(),
    figures(): KafkaFigures {
      return {
        lag: behind.lag,
        sentTotal: sinks.reduce((sum, { statistics }) => sum + statistics.recordsTotal, 0),
        consumedTotal: sources.reduce((sum, { statistics }) => sum + statistics.recordsTotal, 0),
        expired: [{ topic: TOPICS.rawPage, records: pages.statistics.expiredTotal }],
      };
    },
    async close() {
      await orders.close();
      await group.close();
    },
  };
}
