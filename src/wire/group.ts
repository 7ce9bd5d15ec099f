// Where a group stands on a topic: its commits against the log's start and end, and who its members are. What lag, the
// retention rule and "is the other machine alive" are read from.
import type { Kafka } from "kafkajs";
import { RETRY } from "./client.ts";

export interface GroupPosition {
  readonly partition: number;
  /** Next offset to be read; null: the group has never committed here. */
  readonly committed: number | null;
  readonly logStart: number;
  readonly logEnd: number;
  /** Records not yet committed, those that are gone included. */
  readonly lag: number;
  /** Uncommitted records that retention took. */
  readonly expired: number;
}

/** Every partition of the topic, rising. Throws what kafkajs throws. */
export async function groupPositions(
  kafka: Kafka,
  groupId: string,
  topic: string,
): Promise<readonly GroupPosition[]> {
  const admin = kafka.admin({ retry: RETRY });
  try {
    await admin.connect();
    const [ends, commits] = [
      await admin.fetchTopicOffsets(topic),
      await admin.fetchOffsets({ groupId, topics: [topic], resolveOffsets: false }),
    ];
    const committedAt = new Map(
      commits.flatMap(({ partitions }) =>
        partitions.map(({ partition, offset }) => [partition, Number(offset)] as const),
      ),
    );
    return ends
      .map(({ partition, low, high }) => {
        const said = committedAt.get(partition) ?? -1;
        const committed = said < 0 ? null : said;
        const [logStart, logEnd] = [Number(low), Number(high)];
        return {
          partition,
          committed,
          logStart,
          logEnd,
          lag: Math.max(0, logEnd - (committed ?? logStart)),
          expired: committed === null ? 0 : Math.max(0, Math.min(logStart, logEnd) - committed),
        };
      })
      .sort((a, b) => a.partition - b.partition);
  } finally {
    await admin.disconnect();
  }
}
