// Which Kafka partition, and so which ingestor, a host belongs to: the rule of Kafka's own clients (murmur2 of the key's
// UTF-8 bytes, positive, modulo partitions), so that any producer that keys by host agrees with us.

/** Partition of a politeness key, 0 … partitions - 1. */
export function hostPartition(host: string, partitions: number): number {
  return (murmur2(Buffer.from(host)) & 0x7fff_ffff) % partitions;
}

/** One of several ingestors: it owns the partitions p with p mod count = index. */
export interface Shard {
  /** 0 … count - 1. */
  readonly index: number;
  readonly count: number;
}

export function ownsHost(host: string, shard: Shard, partitions: number): boolean {
  return hostPartition(host, partitions) % shard.count === shard.index;
}

/** MurmurHash2, 32 bits, as org.apache.kafka.common.utils.Utils.murmur2 has it; signed. */
export function murmur2(bytes: Uint8Array): number {
  const M = 0x5bd1_e995;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const whole = bytes.length & ~3;
  let hash = 0x9747_b28c ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    let word = Math.imul(view.getInt32(at, true), M);
    word = Math.imul(word ^ (word >>> 24), M);
    hash = Math.imul(hash, M) ^ word;
  }
  const rest = bytes.length - whole;
  if (rest > 0) {
    for (let index = rest - 1; index >= 0; index--) hash ^= (bytes[whole + index] ?? 0) << (8 * index);
    hash = Math.imul(hash, M);
  }
  hash = Math.imul(hash ^ (hash >>> 13), M);
  return hash ^ (hash >>> 15);
}
