// One host's row: its clock, its faults, and its place among the ready hosts. Kept over restarts, so that a crawl that
// comes back is as polite as one that never stopped.

export interface HostRecord {
  readonly name: string;
  /** Earliest next start. */
  nextAtMs: number;
  /** What robots.txt asks for; 0 = nothing. */
  crawlDelayMs: number;
  /** Moving average; 0 = none yet. */
  latencyMs: number;
  /** In a row. */
  faults: number;
  /** Place in the tree of ready hosts, valid for `epoch` alone; 0 = not in it. */
  readyTicks: number;
  epoch: number;
  fetched: number;
  failed: number;
  /** Last address dialled; empty = not known. */
  address: string;
}

export const newHost = (name: string): HostRecord => ({
  name,
  nextAtMs: 0,
  crawlDelayMs: 0,
  latencyMs: 0,
  faults: 0,
  readyTicks: 0,
  epoch: 0,
  fetched: 0,
  failed: 0,
  address: "",
});

const HEAD_BYTES = 41;

export function encodeHostRecord(host: HostRecord): Buffer {
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + host.address.length + Buffer.byteLength(host.name));
  bytes.writeUIntBE(Math.max(0, Math.floor(host.nextAtMs)), 0, 6);
  bytes.writeUInt32BE(Math.min(host.crawlDelayMs, 0xffff_ffff), 6);
  bytes.writeUInt32BE(Math.min(Math.round(host.latencyMs), 0xffff_ffff), 10);
  bytes.writeUInt16BE(Math.min(host.faults, 65_535), 14);
  bytes.writeDoubleBE(host.readyTicks, 16);
  bytes.writeUInt32BE(host.epoch, 24);
  bytes.writeUInt32BE(host.fetched, 28);
  bytes.writeUInt32BE(host.failed, 32);
  bytes.writeUInt32BE(0, 36);
  bytes[40] = host.address.length;
  bytes.write(host.address, HEAD_BYTES, "latin1");
  bytes.write(host.name, HEAD_BYTES + host.address.length);
  return bytes;
}

/** First byte of a resting host's row; of any other it is the top byte of a time in milliseconds. */
const RESTING = 0xff;
const RESTING_HEAD_BYTES = 5;

/**
 * The row of a host without queued URLs whose clock has run out: what its next URL still needs to know. Null where that is
 * nothing. A store of a million hosts with a page or two each stays small by it.
 */
export function encodeRestingHost(host: HostRecord): Buffer | null {
  if (host.faults > 0) return encodeHostRecord(host);
  if (host.address === "" && host.latencyMs === 0) return null;
  const bytes = Buffer.allocUnsafe(RESTING_HEAD_BYTES + host.address.length);
  bytes[0] = RESTING;
  bytes.writeUInt32BE(Math.min(Math.round(host.latencyMs), 0xffff_ffff), 1);
  bytes.write(host.address, RESTING_HEAD_BYTES, "latin1");
  return bytes;
}

/** `hostName` is asked for a resting host, whose row leaves it out. */
export function decodeHostRecord(bytes: Buffer, hostName: () => string): HostRecord {
  if (bytes[0] === RESTING) {
    const address = bytes.toString("latin1", RESTING_HEAD_BYTES, bytes.length);
    return { ...newHost(hostName()), latencyMs: bytes.readUInt32BE(1), address };
  }
  const nameAt = HEAD_BYTES + (bytes[40] ?? 0);
  return {
    nextAtMs: bytes.readUIntBE(0, 6),
    crawlDelayMs: bytes.readUInt32BE(6),
    latencyMs: bytes.readUInt32BE(10),
    faults: bytes.readUInt16BE(14),
    readyTicks: bytes.readDoubleBE(16),
    epoch: bytes.readUInt32BE(24),
    fetched: bytes.readUInt32BE(28),
    failed: bytes.readUInt32BE(32),
    address: bytes.toString("latin1", HEAD_BYTES, nameAt),
    name: bytes.toString("utf8", nameAt, bytes.length),
  };
}
