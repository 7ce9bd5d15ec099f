// The topics that cross machines, as one table: partitions for good, retention by option. Knows no broker.
import type { WireOptions } from "./options.ts";

export const TOPICS = {
  rawPage: "raw.page",
  rawPageDlq: "raw.page.dlq",
  frontierLinks: "frontier.links",
  processedDlq: "processed.dlq",
  storageSaved: "storage.saved",
  storageDlq: "storage.dlq",
} as const;

export type TopicName = (typeof TOPICS)[keyof typeof TOPICS];

/** Whose key is the host are 12: a host's partition decides which ingestor owns it, so these numbers never change. */
export const PARTITIONS: Readonly<Record<TopicName, number>> = {
  "raw.page": 12,
  "raw.page.dlq": 3,
  "frontier.links": 12,
  "processed.dlq": 3,
  "storage.saved": 6,
  "storage.dlq": 3,
};

export interface TopicSpec {
  readonly name: TopicName;
  readonly partitions: number;
  readonly retentionMs: number;
}

export function topicTable({ retentionMs }: Pick<WireOptions, "retentionMs">): readonly TopicSpec[] {
  const spec = (key: keyof typeof TOPICS): TopicSpec => ({
    name: TOPICS[key],
    partitions: PARTITIONS[TOPICS[key]],
    retentionMs: retentionMs[key],
  });
  return [
    spec("rawPage"),
    spec("rawPageDlq"),
    spec("frontierLinks"),
    spec("processedDlq"),
    spec("storageSaved"),
    spec("storageDlq"),
  ];
}
