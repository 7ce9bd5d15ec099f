// Where a group stands on a topic: its commits against the log's start and end, and who its members are. What lag, the
// retention rule and "is the other machine alive" are read from. Keeps one connection, and makes a new one after a failure.
import type { Admin, Kafka } from "kafkajs";
import { kafkaClient, RETRY, type WireLog } from "./client.ts";
import type { WireOptions } from "./options.ts";
import { notConnected } from "./trouble.ts";

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

export interface GroupWatchOptions {
  readonly wire: WireOptions;
  readonly groupId: string;
  readonly topic: string;
  readonly log?: WireLog;
}

/** Every method throws NotConnected when the broker is away. */
export interface GroupWatch {
  /** Every partition of the topic, rising. */
  positions(): Promise<readonly GroupPosition[]>;
  /** Processes that read as this group now. */
  members(): Promise<number>;
  close(): Promise<void>;
}

export function groupWatch(options: GroupWatchOptions): GroupWatch {
  return new AdminWatch(options);
}

class AdminWatch implements GroupWatch {
  readonly #options: GroupWatchOptions;
  readonly #kafka: Kafka;
  #admin: Promise<Admin> | null = null;

  constructor(options: GroupWatchOptions) {
    this.#options = options;
    this.#kafka = kafkaClient(options.wire, options.log);
  }

  positions(): Promise<readonly GroupPosition[]> {
    const { groupId, topic } = this.#options;
    return this.#asking("the offsets", (admin) => positionsOf(admin, groupId, topic));
  }

  members(): Promise<number> {
    return this.#asking("the members", async (admin) => {
      const { groups } = await admin.describeGroups([this.#options.groupId]);
      return groups[0]?.members.length ?? 0;
    });
  }

  async close(): Promise<void> {
    const admin = this.#admin;
    this.#admin = null;
    await admin?.then(
      (open) => open.disconnect(),
      () => undefined, // it never opened
    );
  }

  async #asking<T>(what: string, ask: (admin: Admin) => Promise<T>): Promise<T> {
    this.#admin ??= this.#open();
    const mine = this.#admin;
    try {
      return await ask(await mine);
    } catch (thrown) {
      if (this.#admin === mine) await this.close().catch(() => undefined); // a new one is opened for the next question
      throw notConnected(thrown, `asking for ${what} of ${this.#options.groupId}`);
    }
  }

  async #open(): Promise<Admin> {
    const admin = this.#kafka.admin({ retry: RETRY });
    await admin.connect();
    return admin;
  }
}

export async function positionsOf(
  admin: Admin,
  groupId: string,
  topic: string,
): Promise<readonly GroupPosition[]> {
  const commits = await admin.fetchOffsets({ groupId, topics: [topic], resolveOffsets: false });
  const ends = await admin.fetchTopicOffsets(topic);
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
        expired: committed === null ? 0 : Math.max(0, logStart - committed),
      };
    })
    .sort((a, b) => a.partition - b.partition);
}
