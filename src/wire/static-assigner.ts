// A group of one member that owns a shard's partitions and no others: p with p mod count = index. Partitions of a shard
// that is not running stay with nobody and wait for it.
import { AssignerProtocol, type PartitionAssigner } from "kafkajs";
import type { Shard } from "../model/index.ts";

export function staticAssigner(shard: Shard, partitions: number): PartitionAssigner {
  const name = `millrace-shard-${shard.index}-of-${shard.count}`;
  const version = 1;
  const owned = Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => partition % shard.count === shard.index,
  );
  return () => ({
    name,
    version,
    async assign({ members, topics }) {
      // A second process of the same shard gets nothing until the first one goes.
      return members
        .map(({ memberId }) => memberId)
        .sort()
        .map((memberId, at) => ({
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version,
            assignment: at === 0 ? Object.fromEntries(topics.map((topic) => [topic, [...owned]])) : {},
            userData: Buffer.alloc(0),
          }),
        }));
    },
    protocol({ topics }) {
      return {
        name,
        metadata: AssignerProtocol.MemberMetadata.encode({ version, topics, userData: Buffer.alloc(0) }),
      };
    },
  });
}
