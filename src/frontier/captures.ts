// The last capture of each URL that came, or may have come, to the broker: its id, when it was handed over, and whether a report
// of it is awaited. Rows outlive the end, so that a late or repeated report is known for what it is. Knows no state of a URL.
//
// Whoever calls a method that writes writes the URL's row too: `traced` tells that a capture is kept.
import { CAPTURE_ID_BYTES, readCaptureId, writeCaptureId } from "./capture-id.ts";
import { handedKey, handedKeyAtMs, handedKeyId } from "./keys.ts";
import type { Trees } from "./trees.ts";
import type { UrlRecord } from "./url-record.ts";

export interface Capture {
  readonly captureId: string;
  /** 0 = not known to be handed over, or no longer waited for. */
  readonly handedAtMs: number;
  /** A report of it may still end the URL. */
  readonly isAwaited: boolean;
  /** The URL's next lease carries its id. */
  readonly isKept: boolean;
  /** It waits in the render queue: its timer runs seven days longer. */
  readonly isQueued: boolean;
}

const ROW_BYTES = CAPTURE_ID_BYTES + 7;
const FLAGS_AT = CAPTURE_ID_BYTES + 6;
const EMPTY = Buffer.alloc(0);
/** How long a page may wait for a browser; its queue may be lost with its database. */
export const QUEUED_MS = 7 * 86_400_000;
/** Six bytes hold a time; those in the render queue stand behind all others, at this and their own. */
const QUEUED_AT = 2 ** 47;
const FIRST = handedKey(0, 0);
const FIRST_QUEUED = handedKey(QUEUED_AT, 0);

export class Captures {
  readonly #trees: Trees;

  constructor(trees: Trees) {
    this.#trees = trees;
  }

  of(id: number, record: UrlRecord): Capture | null {
    if (!record.traced) return null;
    const row = this.#trees.captures.getBinaryFast(id);
    if (row === undefined) return null;
    const flags = row[FLAGS_AT] ?? 0;
    return {
      captureId: readCaptureId(row),
      handedAtMs: row.readUIntBE(CAPTURE_ID_BYTES, 6),
      isAwaited: (flags & 1) !== 0,
      isKept: (flags & 2) !== 0,
      isQueued: (flags & 4) !== 0,
    };
  }

  /** The broker answers for it: its timer runs, unless its interim report was quicker. */
  hand(id: number, record: UrlRecord, captureId: string, handedAtMs: number): void {
    const isQueued = this.#isQueued(id, record, captureId);
    const row = { captureId, handedAtMs, isAwaited: true, isKept: false, isQueued };
    this.#put(id, record, row);
  }

  /** Its page may be at the broker already, so the next fetch goes by the same id. */
  keep(id: number, record: UrlRecord, captureId: string): void {
    const isQueued = this.#isQueued(id, record, captureId);
    this.#put(id, record, { captureId, handedAtMs: 0, isAwaited: true, isKept: true, isQueued });
  }

  /** It waits in the render queue, handed over or soon to be. */
  queue(id: number, record: UrlRecord, captureId: string): void {
    const before = this.of(id, record);
    const isSame = before?.captureId === captureId;
    this.#put(id, record, {
      captureId,
      handedAtMs: isSame ? before.handedAtMs : 0,
      isAwaited: true,
      isKept: isSame && before.isKept,
      isQueued: true,
    });
  }

  /** Nobody waits for its report any longer; one that comes before the next fetch is welcome. */
  expire(id: number, record: UrlRecord, { captureId }: Capture): void {
    this.#put(id, record, { captureId, handedAtMs: 0, isAwaited: true, isKept: false, isQueued: false });
  }

  /** It was reported, or ended where it was fetched: no report of it is awaited. */
  settle(id: number, record: UrlRecord, captureId: string): void {
    this.#put(id, record, { captureId, handedAtMs: 0, isAwaited: false, isKept: false, isQueued: false });
  }

  /** A lease ended its URL without a hand-over. What was never handed over keeps no capture. */
  settleLeased(id: number, record: UrlRecord, captureId: string): void {
    if (record.traced) this.settle(id, record, captureId);
  }

  /** A new fetch is wanted, whatever comes of the last. */
  supersede(id: number, record: UrlRecord): void {
    const before = this.of(id, record);
    if (before !== null) this.settle(id, record, before.captureId);
  }

  /** URLs of which a capture is kept. */
  ids(): Iterable<number> {
    return this.#trees.captures.getKeys();
  }

  /** When the longest awaited was handed over; those in the render queue do not count. */
  oldestHandedAtMs(): number | null {
    const key = this.#trees.firstKey(this.#trees.handed, FIRST, FIRST_QUEUED);
    return key === null ? null : handedKeyAtMs(key);
  }

  /**
   * URLs whose capture was handed over before `beforeMs` and is awaited, oldest first; then those that have been in the render
   * queue for `QUEUED_MS` longer.
   */
  handedBefore(beforeMs: number, limit: number): number[] {
    const { handed } = this.#trees;
    const beforeOf = (atMs: number): number => Math.min(Math.max(0, atMs), QUEUED_AT - 1);
    const end = handedKey(beforeOf(beforeMs), 0);
    const ids = Array.from(handed.getKeys({ start: FIRST, end, limit }), handedKeyId);
    if (ids.length >= limit) return ids;
    const queuedEnd = handedKey(QUEUED_AT + beforeOf(beforeMs - QUEUED_MS), 0);
    const queued = handed.getKeys({ start: FIRST_QUEUED, end: queuedEnd, limit: limit - ids.length });
    return [...ids, ...Array.from(queued, handedKeyId)];
  }

  #isQueued(id: number, record: UrlRecord, captureId: string): boolean {
    const before = this.of(id, record);
    return before?.captureId === captureId && before.isQueued;
  }

  #put(id: number, record: UrlRecord, capture: Capture): void {
    const before = this.of(id, record);
    const { handed } = this.#trees;
    if (before !== null && before.handedAtMs !== 0) handed.removeSync(timerKey(before, id));
    if (capture.handedAtMs !== 0) handed.putSync(timerKey(capture, id), EMPTY);
    const row = Buffer.allocUnsafe(ROW_BYTES);
    writeCaptureId(row, capture.captureId);
    row.writeUIntBE(Math.floor(capture.handedAtMs), CAPTURE_ID_BYTES, 6);
    row[FLAGS_AT] = (capture.isAwaited ? 1 : 0) | (capture.isKept ? 2 : 0) | (capture.isQueued ? 4 : 0);
    this.#trees.captures.putSync(id, row);
    record.traced = true;
  }
}

const timerKey = ({ handedAtMs, isQueued }: Capture, id: number): Buffer =>
  handedKey(isQueued ? QUEUED_AT + handedAtMs : handedAtMs, id);
