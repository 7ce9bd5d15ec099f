// One URL's row: a fixed head that keeps its size through every change of state, so that pages of the tree never split
// on an update, and the URL behind it. Written once in the order of admission; knows nothing of queues.
import { CODES, type Code, type UrlState } from "../model/index.ts";

export const STATES = [
  "queued",
  "waiting",
  "leased",
  "handed",
  "stored",
  "failed",
  "skipped",
] as const satisfies readonly UrlState[];

export const isEnded = (state: UrlState): boolean =>
  state === "stored" || state === "failed" || state === "skipped";

export interface UrlRecord {
  state: UrlState;
  code: Code | null;
  /** A seed, a list line, or the target of one's redirect. */
  given: boolean;
  /** A sitemap: its body comes back to the frontier. */
  sitemap: boolean;
  /** Fetched before: the request is conditional. */
  conditional: boolean;
  /** Counted against the crawl's page budget. */
  counted: boolean;
  /** Its one redirect to itself is used up. */
  selfRedirected: boolean;
  /** Waits for another URL's end; its end record names the target. */
  following: boolean;
  /** Others wait, or waited, for this one's end. */
  followed: boolean;
  /** Its last capture is kept: a report of it came, or may come, from another machine. */
  traced: boolean;
  /** Links from a given URL, 0..65,535. */
  depth: number;
  /** Redirects that led here; of a sitemap, indexes above it. */
  redirects: number;
  attempts: number;
  postponements: number;
  crawlNo: number;
  /** Last HTTP status; 0 = none. */
  status: number;
  /** Fingerprint of the politeness key, 8 bytes. */
  host: Buffer;
  admittedAtMs: number;
  changedAtMs: number;
  /** Id of the URL that named this one first; 0 = none. */
  referrerId: number;
  url: string;
}

const HEAD_BYTES = 33;
const NO_CODE = 255;
const CODE_NUMBERS: ReadonlyMap<Code, number> = new Map(CODES.map((code, number) => [code, number]));
const STATE_NUMBERS: ReadonlyMap<UrlState, number> = new Map(STATES.map((state, number) => [state, number]));

export function encodeUrlRecord(record: UrlRecord): Buffer {
  // A normal URL is ASCII.
  const bytes = Buffer.allocUnsafe(HEAD_BYTES + record.url.length);
  bytes[0] = STATE_NUMBERS.get(record.state) ?? 0;
  bytes[1] = record.code === null ? NO_CODE : (CODE_NUMBERS.get(record.code) ?? NO_CODE);
  bytes[2] =
    (record.given ? 1 : 0) |
    (record.sitemap ? 2 : 0) |
    (record.conditional ? 4 : 0) |
    (record.counted ? 8 : 0) |
    (record.selfRedirected ? 16 : 0) |
    (record.following ? 32 : 0) |
    (record.followed ? 64 : 0) |
    (record.traced ? 128 : 0);
  bytes.writeUInt16BE(within(record.depth, 65_535), 3);
  bytes[5] = Math.min(record.redirects, 255);
  bytes[6] = Math.min(record.attempts, 255);
  bytes[7] = Math.min(record.postponements, 255);
  bytes.writeUInt16BE(record.crawlNo, 8);
  bytes.writeUInt16BE(within(record.status, 65_535), 10);
  record.host.copy(bytes, 12);
  bytes.writeUInt32BE(Math.floor(record.admittedAtMs / 1000), 20);
  bytes.writeUInt32BE(Math.floor(record.changedAtMs / 1000), 24);
  bytes.writeUInt32BE(record.referrerId, 28);
  bytes[32] = 0;
  bytes.write(record.url, HEAD_BYTES, "latin1");
  return bytes;
}

/** What another machine says must not break a turn: a number that cannot be kept is the nearest that can. */
const within = (value: number, max: number): number => Math.min(max, Math.max(0, Math.trunc(value) || 0));

export function decodeUrlRecord(bytes: Buffer): UrlRecord {
  const flags = bytes[2] ?? 0;
  return {
    state: STATES[bytes[0] ?? 0] ?? "queued",
    code: CODES[bytes[1] ?? NO_CODE] ?? null,
    given: (flags & 1) !== 0,
    sitemap: (flags & 2) !== 0,
    conditional: (flags & 4) !== 0,
    counted: (flags & 8) !== 0,
    selfRedirected: (flags & 16) !== 0,
    following: (flags & 32) !== 0,
    followed: (flags & 64) !== 0,
    traced: (flags & 128) !== 0,
    depth: bytes.readUInt16BE(3),
    redirects: bytes[5] ?? 0,
    attempts: bytes[6] ?? 0,
    postponements: bytes[7] ?? 0,
    crawlNo: bytes.readUInt16BE(8),
    status: bytes.readUInt16BE(10),
    // Copied: what the store lends is overwritten by the next read.
    host: Buffer.from(bytes.subarray(12, 20)),
    admittedAtMs: bytes.readUInt32BE(20) * 1000,
    changedAtMs: bytes.readUInt32BE(24) * 1000,
    referrerId: bytes.readUInt32BE(28),
    url: bytes.toString("latin1", HEAD_BYTES, bytes.length),
  };
}
