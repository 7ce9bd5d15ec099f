// What crosses machines, as the contract has it: the table that deploy/topics.sh is held against.
const HOUR = 3_600_000;
export const DAY = 24 * HOUR;

export const TOPICS: readonly (readonly [topic: string, partitions: number, retentionMs: number])[] = [
  ["raw.page", 12, 6 * HOUR],
  ["raw.page.dlq", 3, DAY],
  ["frontier.links", 12, 7 * DAY],
  ["processed.dlq", 3, DAY],
  ["storage.saved", 6, HOUR],
  ["storage.dlq", 3, DAY],
];
