// `topics`: makes the Kafka topics that cross machines, and shows how they are and who reads them how far.
import { loadConfig } from "../config.ts";
import { createTopics, describeTopics, type TopicDescription, type TopicFailure } from "../wire/index.ts";
import { defineCommand, type ExitCode, onOff, value, wholeNumber } from "./command.ts";
import type { Io } from "./io.ts";

const ACTIONS = "create, describe";

export const topics = defineCommand({
  name: "topics",
  summary: "Kafka topics: create, describe",
  usage: "topics create|describe [--replication-factor N] [--json]",
  examples: [
    {
      line: "millrace topics create --replication-factor 3",
      does: "makes what is missing on a cluster of three",
    },
    { line: "millrace topics describe", does: "partitions, retention, offsets, and the lag of each group" },
  ],
  flags: {
    "replication-factor": value("N", "copies of each new topic (default 1)", wholeNumber(1, 32).default(1)),
    json: onOff("one JSON object a topic and line"),
  },
  positionals: { min: 1, max: 1, what: ACTIONS },
  drains: false,
  async run({ flags, positionals, shared }, io) {
    const [action] = positionals;
    if (action !== "create" && action !== "describe")
      return io.usage(`topics ${JSON.stringify(action)}: allowed are ${ACTIONS}`);
    const loaded = loadConfig({ role: "ingestor", files: shared.config, flags: [], cwd: io.cwd });
    if (!loaded.ok) return io.usage(loaded.error);
    const { wire } = loaded.value.config;
    const lines = (values: readonly unknown[]): string =>
      values.map((one) => `${JSON.stringify(one)}\n`).join("");
    if (action === "create") {
      const made = await createTopics(wire, flags["replication-factor"], io.clock);
      if (!made.ok) return failed(made.error, io);
      const text = made.value.map(({ topic, did, differences }) => {
        const told = differences.map((one) => `  differs: ${one} (left as it is)\n`).join("");
        return `${topic.padEnd(16)} ${did}\n${told}`;
      });
      await io.print(flags.json ? lines(made.value) : text.join(""));
      return 0;
    }
    const found = await describeTopics(wire);
    if (!found.ok) return failed(found.error, io);
    await io.print(flags.json ? lines(found.value) : found.value.map(shown).join(""));
    return 0;
  },
});

/** What the configuration can mend is exit 2; a broker that is away is not. */
function failed({ kind, message }: TopicFailure, io: Io): ExitCode {
  if (kind === "refused" || kind === "missing_topic") return io.usage(message);
  return io.failure({ code: "connect", message, transient: true });
}

function shown({ topic, partitions, retentionMs, offsets, groups }: TopicDescription): string {
  if (partitions === null) return `${topic}: does not exist\n`;
  const records = offsets.reduce((sum, { logStart, logEnd }) => sum + logEnd - logStart, 0);
  const kept = retentionMs === null ? "unknown" : `${retentionMs / 3_600_000} h`;
  const head = `${topic}: ${partitions} partitions, retention ${kept}, ${records} records\n`;
  const held = offsets
    .filter(({ logEnd }) => logEnd > 0)
    .map(({ partition, logStart, logEnd }) => `  partition ${partition}: offsets ${logStart} to ${logEnd}\n`);
  const readers = groups.map(({ groupId, members, positions }) => {
    const lag = positions.reduce((sum, position) => sum + position.lag, 0);
    const expired = positions.reduce((sum, position) => sum + position.expired, 0);
    const behind = positions
      .filter((position) => position.lag > 0)
      .map(
        ({ partition, committed, lag: of }) =>
          `    partition ${partition}: committed ${committed ?? "nothing"}, lag ${of}\n`,
      );
    const lost = expired === 0 ? "" : `, ${expired} expired unread`;
    return `  group ${groupId}: ${members} members, lag ${lag}${lost}\n${behind.join("")}`;
  });
  return `${head}${held.join("")}${readers.join("")}`;
}
