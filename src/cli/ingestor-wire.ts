// The ingestor's ends of the wire, made of its configuration: pages out, reports in, URLs to other ingestors, dead letters.
import type { Clock } from "../base/index.ts";
import { systemRandom } from "../base/index.ts";
import type { Config } from "../config.ts";
import type { DeadLetterWriter } from "../engine/index.ts";
import type { Frontier } from "../frontier/index.ts";
import type { DeadLetter } from "../model/index.ts";
import type { KafkaFigures, Log } from "../observe/index.ts";
import { letterWriter, poisonLetter } from "../topology/index.ts";
import {
  type ClaimStore,
  frontierSource,
  groupWatch,
  ingestorGroup,
  PROCESSOR_GROUP,
  pagePublisher,
  recordSink,
  TOPICS,
} from "../wire/index.ts";
import { groupLag } from "./group-lag.ts";
import { wireLog } from "./wire-log.ts";

/** One ingestor for all hosts. */
const WHOLE = { index: 0, count: 1 };

export interface IngestorWireParts {
  readonly config: Config;
  readonly frontier: Frontier;
  readonly claims: ClaimStore;
  readonly clock: Clock;
  readonly log: Log;
}

export function ingestorWire({ config, frontier, claims, clock, log }: IngestorWireParts) {
  const { wire } = config;
  const toLog = wireLog(log);
  const pages = pagePublisher({ wire, clock, claims, log: toLog });
  const records = recordSink({ name: "foreign", wire, log: toLog });
  const notices = recordSink({ name: "notices", wire, log: toLog });
  const shard = config.frontier.shard ?? WHOLE;
  const write = async (letter: DeadLetter): Promise<void> => frontier.letters.write([letter]);
  const returns = frontierSource({
    wire,
    clock,
    random: systemRandom,
    log: toLog,
    ownShard: shard,
    async onPoison(record, failure) {
      // Only pages have claims.
      if (failure.kind === "undecodable") await write(poisonLetter(record, failure, clock));
    },
  });
  const processors = groupWatch({ wire, groupId: PROCESSOR_GROUP, topic: TOPICS.rawPage, log: toLog });
  const own = groupWatch({
    wire,
    groupId: ingestorGroup(shard),
    topic: TOPICS.frontierLinks,
    log: toLog,
  });
  const isOwn = (partition: number): boolean => partition % shard.count === shard.index;
  const behind = groupLag(own, TOPICS.frontierLinks, isOwn);
  const deadLetters: DeadLetterWriter = letterWriter({ write, log, clock });
  return {
    pages,
    records,
    notices,
    returns,
    deadLetters,
    retentionMs: wire.retentionMs.rawPage,
    positions: () => behind.positions(),
    processorsAlive: async () => (await processors.members()) > 0,
    figures(): KafkaFigures {
      return {
        lag: behind.lag,
        sentTotal: [pages, records, notices].reduce(
          (sum, { statistics }) => sum + statistics.recordsTotal,
          0,
        ),
        consumedTotal: returns.statistics.recordsTotal,
        expired: [{ topic: TOPICS.frontierLinks, records: returns.statistics.expiredTotal }],
      };
    },
    async close() {
      await processors.close();
      await own.close();
    },
  };
}
