// The render queue's faces: pages that wait for a browser, whoever shows them. Shapes only; knows neither SQL nor what a page is.
import type { RawLocation } from "../model/index.ts";
import type { StoredLocations } from "./faces.ts";

/** A page that waits for a browser: its capture is stored, what a browser shows of it is not. */
export interface QueueEntry {
  readonly captureId: string;
  readonly url: string;
  /** Politeness key: hosts take turns. */
  readonly host: string;
  /** What its owner needs to go on with it; kept as it is. */
  readonly page: string;
  readonly stored: StoredLocations;
  /** Somebody stands waiting for it: before every turn of others. */
  readonly isUrgent?: boolean;
}

export interface ClaimedEntry extends Omit<QueueEntry, "isUrgent"> {
  /** Not null: it has ended, and nobody may have told so yet. */
  readonly report: string | null;
  /** How often it was claimed, this time included, without having ended or been released. */
  readonly claims: number;
  readonly queuedAtMs: number;
}

/** How a queued page ended; kept as it is until it was told. */
export interface QueueEnd {
  readonly captureId: string;
  readonly report: string;
  /** Where what the browser showed was stored; null where nothing was. */
  readonly markdown: RawLocation | null;
}

export interface RenderQueueCounts {
  /** Not ended; those being shown included. */
  readonly waiting: number;
  /** Of them, those that somebody is about to show. */
  readonly claimed: number;
  /** Ended, and not told yet. */
  readonly ended: number;
}

/**
 * `render_queue`: what stands between the fast and the rich lane. Several processes share it; each claim is a lease that its
 * owner renews, and what a dead one had comes back when it runs out.
 */
export interface RenderQueue {
  /** Takes in what there is room for, in order; answers which of them are in it now. Idempotent by capture id. */
  add(entries: readonly QueueEntry[], itemsMax: number, signal?: AbortSignal): Promise<ReadonlySet<string>>;
  /** At most `limit` that nobody has, hosts by turns, the oldest of each first. */
  claim(
    owner: string,
    limits: { readonly limit: number; readonly leaseMs: number },
    signal?: AbortSignal,
  ): Promise<readonly ClaimedEntry[]>;
  /** All that this owner has. */
  renew(owner: string, leaseMs: number): Promise<void>;
  /** For anyone to claim, as if they had not been. */
  release(owner: string, captureIds: readonly string[]): Promise<void>;
  /** Whatever a process of before had: for a store that has one process at a time. */
  releaseAll(): Promise<void>;
  /** Answers which of them had not ended before. `MetadataStore.record` does the same with a page's row. */
  end(ends: readonly QueueEnd[], signal?: AbortSignal): Promise<ReadonlySet<string>>;
  /** Told: forgotten. */
  remove(captureIds: readonly string[]): Promise<void>;
  known(captureIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those that have ended and may not have been told, by id. */
  ended(limit: number): Promise<readonly { readonly captureId: string; readonly url: string }[]>;
  counts(): Promise<RenderQueueCounts>;
}
