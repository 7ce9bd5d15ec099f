// How far behind its topic a group is: asked of the broker by who watches it, remembered for the metrics in between.
import type { KafkaFigures } from "../observe/index.ts";
import type { GroupPosition, GroupWatch, TopicName } from "../wire/index.ts";

export interface GroupLag {
  /** Throws while the broker is away. */
  positions(): Promise<readonly GroupPosition[]>;
  /** As last seen. */
  readonly lag: KafkaFigures["lag"];
}

/** `isOwn`: the partitions that count. */
export function groupLag(
  group: Pick<GroupWatch, "positions">,
  topic: TopicName,
  isOwn: (partition: number) => boolean = () => true,
): GroupLag {
  let lag: KafkaFigures["lag"] = [];
  return {
    async positions() {
      const found = (await group.positions()).filter(({ partition }) => isOwn(partition));
      lag = found.map((position) => ({ topic, partition: position.partition, records: position.lag }));
      return found;
    },
    get lag() {
      return lag;
    },
  };
}
