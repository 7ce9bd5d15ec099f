// Makes, checks and describes the topics that cross machines. What exists is grown to the table's partitions and never
// shrunk or otherwise changed; differences are told.
import type { Admin } from "kafkajs";
import { type Clock, describe, err, ok, type Result } from "../base/index.ts";
import { kafkaClient, RETRY, type WireLog } from "./client.ts";
import { type GroupPosition, positionsOf } from "./group.ts";
import type { WireOptions } from "./options.ts";
import { TOPICS, type TopicName, type TopicSpec, topicTable } from "./topics.ts";
import { type Trouble, troubleOf } from "./trouble.ts";

export interface TopicFailure {
  readonly kind: Trouble | "wrong_topic";
  /** One line for people. */
  readonly message: string;
}

export interface TopicChange {
  readonly topic: TopicName;
  readonly did: "created" | "grown" | "unchanged";
  /** How it differs from the table, one line each; such differences are left. */
  readonly differences: readonly string[];
}

export interface TopicDescription {
  readonly topic: string;
  /** Null: it does not exist. */
  readonly partitions: number | null;
  readonly retentionMs: number | null;
  readonly retentionBytes: number | null;
  readonly offsets: readonly {
    readonly partition: number;
    readonly logStart: number;
    readonly logEnd: number;
  }[];
  readonly groups: readonly {
    readonly groupId: string;
    readonly members: number;
    readonly positions: readonly GroupPosition[];
  }[];
}

interface Found {
  readonly partitions: number;
  readonly config: ReadonlyMap<string, string>;
}

const TOPIC_RESOURCE = 2;
const CREATE_MS = 30_000;
const SETTLE_MS = 100;

export function createTopics(
  wire: WireOptions,
  replicationFactor: number,
  clock: Clock,
  log?: WireLog,
): Promise<Result<readonly TopicChange[], TopicFailure>> {
  return asking(wire, log, async (admin) => {
    const specs = topicTable(wire);
    const before = await find(admin, specs);
    const missing = specs.filter(({ name }) => !before.has(name));
    if (missing.length > 0) {
      await admin.createTopics({
        timeout: CREATE_MS,
        waitForLeaders: false, // it gives up where a broker has not heard of the topic yet; settled() waits
        topics: missing.map(({ name, partitions, retentionMs }) => ({
          topic: name,
          numPartitions: partitions,
          replicationFactor,
          configEntries: [
            { name: "cleanup.policy", value: "delete" },
            { name: "retention.ms", value: String(retentionMs) },
            { name: "retention.bytes", value: "-1" },
          ],
        })),
      });
    }
    const small = specs.filter(
      ({ name, partitions }) => (before.get(name)?.partitions ?? partitions) < partitions,
    );
    if (small.length > 0) {
      await admin.createPartitions({
        timeout: CREATE_MS,
        topicPartitions: small.map(({ name, partitions }) => ({ topic: name, count: partitions })),
      });
    }
    if (missing.length + small.length > 0) await settled(admin, [...missing, ...small], clock);
    return specs.map((spec): TopicChange => {
      const found = before.get(spec.name);
      if (found === undefined) return { topic: spec.name, did: "created", differences: [] };
      const did = small.includes(spec) ? "grown" : "unchanged";
      return { topic: spec.name, did, differences: differencesOf(spec, found) };
    });
  });
}

/** Waits until the brokers know the topics with all their partitions, and a leader of each. */
async function settled(admin: Admin, specs: readonly TopicSpec[], clock: Clock): Promise<void> {
  const endMs = clock.monotonicMs() + CREATE_MS;
  for (;;) {
    const late = clock.monotonicMs() > endMs;
    try {
      const { topics } = await admin.fetchTopicMetadata({ topics: specs.map(({ name }) => name) });
      const known = new Map(topics.map(({ name, partitions }) => [name, partitions]));
      const ready = specs.every(({ name, partitions }) => {
        const led = known.get(name)?.filter(({ leader }) => leader >= 0) ?? [];
        return led.length >= partitions;
      });
      if (ready) {
        for (const { name } of specs) await admin.fetchTopicOffsets(name);
        return;
      }
      if (late) throw new Error(`no leaders within ${CREATE_MS} ms`);
    } catch (thrown) {
      if (late) throw thrown;
    }
    await clock.sleep(SETTLE_MS);
  }
}

/** For a role's start: every topic named is there with its partitions, and we are let in. */
export function checkTopics(
  wire: WireOptions,
  names: readonly TopicName[] = Object.values(TOPICS),
  log?: WireLog,
): Promise<Result<null, TopicFailure>> {
  return asking(wire, log, async (admin) => {
    const specs = topicTable(wire).filter(({ name }) => names.includes(name));
    const found = await find(admin, specs);
    const wrong = specs.flatMap(({ name, partitions }) => {
      const has = found.get(name)?.partitions;
      if (has === undefined) return [`topic ${name} does not exist`];
      return has === partitions ? [] : [`topic ${name} has ${has} partitions and must have ${partitions}`];
    });
    return wrong.length === 0 ? null : { wrong: wrong.join(", ") };
  }).then((answer) => {
    if (!answer.ok) return answer;
    if (answer.value === null) return ok(null);
    const message = `Kafka at ${at(wire)}: ${answer.value.wrong}; \`millrace topics create\` makes what is missing`;
    return err({ kind: "wrong_topic", message });
  });
}

/** The topics of the table, whether they exist or not, with every group that has committed on them. */
export function describeTopics(
  wire: WireOptions,
  log?: WireLog,
): Promise<Result<readonly TopicDescription[], TopicFailure>> {
  return asking(wire, log, async (admin) => {
    const specs = topicTable(wire);
    const found = await find(admin, specs);
    const { groups: listed } = await admin.listGroups();
    const ids = listed
      .filter(({ protocolType }) => protocolType === "consumer")
      .map(({ groupId }) => groupId);
    const members = new Map<string, number>();
    if (ids.length > 0) {
      const { groups } = await admin.describeGroups(ids);
      for (const { groupId, members: all } of groups) members.set(groupId, all.length);
    }
    const descriptions: TopicDescription[] = [];
    for (const { name } of specs) {
      const topic = found.get(name);
      descriptions.push({
        topic: name,
        partitions: topic?.partitions ?? null,
        retentionMs: numberOf(topic, "retention.ms"),
        retentionBytes: numberOf(topic, "retention.bytes"),
        ...(topic === undefined
          ? { offsets: [], groups: [] }
          : await readersOf(admin, name, ids.sort(), members)),
      });
    }
    return descriptions;
  });
}

async function readersOf(
  admin: Admin,
  topic: string,
  ids: readonly string[],
  members: ReadonlyMap<string, number>,
): Promise<Pick<TopicDescription, "offsets" | "groups">> {
  const ends = await admin.fetchTopicOffsets(topic);
  const offsets = ends
    .map(({ partition, low, high }) => ({ partition, logStart: Number(low), logEnd: Number(high) }))
    .sort((a, b) => a.partition - b.partition);
  const groups: TopicDescription["groups"][number][] = [];
  for (const groupId of ids) {
    const positions = await positionsOf(admin, groupId, topic);
    if (positions.some(({ committed }) => committed !== null))
      groups.push({ groupId, members: members.get(groupId) ?? 0, positions });
  }
  return { offsets, groups };
}

async function find(admin: Admin, specs: readonly TopicSpec[]): Promise<ReadonlyMap<string, Found>> {
  const existing = new Set(await admin.listTopics());
  const names = specs.map(({ name }) => name).filter((name) => existing.has(name));
  if (names.length === 0) return new Map();
  const { topics } = await admin.fetchTopicMetadata({ topics: names });
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: names.map((name) => ({ type: TOPIC_RESOURCE, name })),
  });
  const configs = new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(configEntries.map(({ configName, configValue }) => [configName, configValue])),
    ]),
  );
  return new Map(
    topics.map(({ name, partitions }) => [
      name,
      { partitions: partitions.length, config: configs.get(name) ?? new Map<string, string>() },
    ]),
  );
}

function differencesOf({ partitions, retentionMs }: TopicSpec, found: Found): string[] {
  const wanted = [
    ["retention.ms", String(retentionMs)],
    ["retention.bytes", "-1"],
    ["cleanup.policy", "delete"],
  ] as const;
  return [
    ...(found.partitions > partitions ? [`${found.partitions} partitions instead of ${partitions}`] : []),
    ...wanted.flatMap(([key, value]) => {
      const has = found.config.get(key);
      return has === undefined || has === value ? [] : [`${key} is ${has} instead of ${value}`];
    }),
  ];
}

const numberOf = (found: Found | undefined, key: string): number | null => {
  const written = found?.config.get(key);
  return written === undefined ? null : Number(written);
};

const at = (wire: WireOptions): string => wire.bootstrapServers.join(",");

async function asking<T>(
  wire: WireOptions,
  log: WireLog | undefined,
  ask: (admin: Admin) => Promise<T>,
): Promise<Result<T, TopicFailure>> {
  const admin = kafkaClient(wire, log).admin({ retry: RETRY });
  try {
    await admin.connect();
    return ok(await ask(admin));
  } catch (thrown) {
    const kind = troubleOf(thrown);
    const said = kind === "refused" ? "does not let us in" : "cannot be asked";
    return err({ kind, message: `Kafka at ${at(wire)} ${said}: ${describe(thrown)}` });
  } finally {
    await admin.disconnect();
  }
}
