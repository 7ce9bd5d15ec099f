// The binary keys of the store: big-endian, so that byte order is the order wanted. Knows no records.

/** Ready times are kept in ticks, so that a thousand hosts of one millisecond keep their order. */
export const TICKS_PER_MS = 1024;

/** crawl | host | priority | URL: a host's URLs in the order they are fetched. */
export function queueKey(crawlNo: number, host: Buffer, priority: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(15);
  key.writeUInt16BE(crawlNo, 0);
  host.copy(key, 2);
  key[10] = priority;
  key.writeUInt32BE(id, 11);
  return key;
}

export const queueKeyHost = (key: Buffer): Buffer => Buffer.from(key.subarray(2, 10));
export const queueKeyPriority = (key: Buffer): number => key[10] ?? 0;
export const queueKeyId = (key: Buffer): number => key.readUInt32BE(11);

/** ready time | host. */
export function readyKey(ticks: number, host: Buffer): Buffer {
  const key = Buffer.allocUnsafe(15);
  key.writeUInt16BE(Math.floor(ticks / 2 ** 40), 0);
  key.writeUIntBE(ticks % 2 ** 40, 2, 5);
  host.copy(key, 7);
  return key;
}

export const readyKeyTicks = (key: Buffer): number => key.readUInt16BE(0) * 2 ** 40 + key.readUIntBE(2, 5);
export const readyKeyHost = (key: Buffer): Buffer => Buffer.from(key.subarray(7, 15));

/** crawl | due time | URL. */
export function waitingKey(crawlNo: number, dueAtMs: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(12);
  key.writeUInt16BE(crawlNo, 0);
  key.writeUIntBE(dueAtMs, 2, 6);
  key.writeUInt32BE(id, 8);
  return key;
}

export const waitingKeyDueAtMs = (key: Buffer): number => key.readUIntBE(2, 6);
export const waitingKeyId = (key: Buffer): number => key.readUInt32BE(8);

/** time of the hand-over | URL. */
export function handedKey(handedAtMs: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(10);
  key.writeUIntBE(Math.floor(handedAtMs), 0, 6);
  key.writeUInt32BE(id, 6);
  return key;
}

export const handedKeyAtMs = (key: Buffer): number => key.readUIntBE(0, 6);
export const handedKeyId = (key: Buffer): number => key.readUInt32BE(6);

/** number of the parcel. */
export function outboxKey(number: number): Buffer {
  const key = Buffer.allocUnsafe(6);
  key.writeUIntBE(number, 0, 6);
  return key;
}

export const outboxKeyNumber = (key: Buffer): number => key.readUIntBE(0, 6);

/** URL | URL that redirected to it. */
export function followerKey(targetId: number, followerId: number): Buffer {
  const key = Buffer.allocUnsafe(8);
  key.writeUInt32BE(targetId, 0);
  key.writeUInt32BE(followerId, 4);
  return key;
}

/** crawl | URL. */
export function crawlUrlKey(crawlNo: number, id: number): Buffer {
  const key = Buffer.allocUnsafe(6);
  key.writeUInt16BE(crawlNo, 0);
  key.writeUInt32BE(id, 2);
  return key;
}

/** crawl | fingerprint. */
export function crawlFingerprintKey(crawlNo: number, fingerprint: Buffer): Buffer {
  const key = Buffer.allocUnsafe(10);
  key.writeUInt16BE(crawlNo, 0);
  fingerprint.copy(key, 2);
  return key;
}

/** The first key after all that begin with the two bytes of `crawlNo`. */
export function afterCrawl(crawlNo: number): Buffer {
  const key = Buffer.allocUnsafe(2);
  key.writeUInt16BE(crawlNo + 1, 0);
  return key;
}
