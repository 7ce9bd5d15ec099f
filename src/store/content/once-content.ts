// One record a capture in all segments, however often its page arrives. Between machines a page may come again: after a
// kill between segment and row, after a rebalance, published twice. So each capture is claimed in the database before its
// segment is put, and the claim ends in the transaction that writes its row. Who finds a claim of another settles the
// fate of that segment first: it is there, then its record is this capture's; or it is not, then its name is taken by an
// empty object, which refuses a late put, and the capture is written anew. Costs one round trip a segment.
import { asError, type Clock } from "../../base/index.ts";
import { NotConnected } from "../../engine/index.ts";
import type { ProcessedPage } from "../../model/index.ts";
import type { ContentStore, MetadataStore, StoredLocations } from "../faces.ts";
import type { SegmentClaims } from "../sql/segment-claims.ts";
import { type ClaimedSegments, SegmentTaken } from "./claimed-segments.ts";

export interface OnceParts {
  readonly segments: ClaimedSegments;
  readonly claims: SegmentClaims;
  /** Its `connect` makes the table of claims. */
  readonly metadata: Pick<MetadataStore, "connect">;
  /** A claim of another process is left alone until it is so old: its segment may be on its way. */
  readonly graceMs: number;
  readonly clock: Clock;
}

const LOOK_MS = 250;
const SWEEP_MS = 6 * 60 * 60 * 1000;
/** Segments that were taken from us in one append: more is no accident but two who never let each other finish. */
const TAKEN_MAX = 10;

export function onceContent(parts: OnceParts): ContentStore {
  return new OnceContent(parts);
}

class OnceContent implements ContentStore {
  readonly #parts: OnceParts;
  readonly #segments: ClaimedSegments;
  /** Captures being written by this process, each with its outcome. Bounded by the batches under way. */
  readonly #underWay = new Map<string, Promise<StoredLocations>>();
  #sweptAtMs = Number.NEGATIVE_INFINITY;

  constructor(parts: OnceParts) {
    this.#parts = parts;
    this.#segments = parts.segments;
  }

  get batch(): ContentStore["batch"] {
    return this.#segments.batch;
  }

  async connect(signal: AbortSignal): Promise<void> {
    await this.#parts.metadata.connect(signal);
    await this.#segments.connect(signal);
  }

  async append(pages: readonly ProcessedPage[], signal: AbortSignal): Promise<readonly StoredLocations[]> {
    const shown = pages.filter(isLater);
    if (shown.length === 0) return this.#appendOnce(pages, signal);
    // What a browser showed is claimed in the render queue, and its row alone says which showing counts.
    const captured = pages.filter((page) => !isLater(page));
    const [first, later] = await Promise.all([
      this.#appendOnce(captured, signal),
      this.#segments.append(shown, signal),
    ]);
    const [firstLocations, laterLocations] = [first.values(), later.values()];
    return pages.flatMap((page) => (isLater(page) ? laterLocations : firstLocations).next().value ?? []);
  }

  async #appendOnce(
    pages: readonly ProcessedPage[],
    signal: AbortSignal,
  ): Promise<readonly StoredLocations[]> {
    const mine = new Map<string, ProcessedPage>();
    const awaited = pages.map((page) => {
      const id = page.page.request.captureId;
      const other = this.#underWay.get(id);
      if (other === undefined) mine.set(id, page);
      return { id, other };
    });
    const writing = this.#write(mine, signal);
    for (const id of mine.keys()) {
      const location = writing.then((written) => found(written, id));
      // Who else waits for it hears of a failure; if nobody does, `writing` tells it here.
      location.catch(() => undefined);
      this.#underWay.set(id, location);
    }
    let written: ReadonlyMap<string, StoredLocations>;
    try {
      written = await writing;
    } finally {
      for (const id of mine.keys()) this.#underWay.delete(id);
    }
    return Promise.all(
      awaited.map(({ id, other }) =>
        other === undefined ? found(written, id) : other.catch((thrown: unknown) => notWritten(thrown)),
      ),
    );
  }

  readCapture: ContentStore["readCapture"] = (location) => this.#segments.readCapture(location);
  readMarkdown: ContentStore["readMarkdown"] = (location) => this.#segments.readMarkdown(location);
  readRendered: ContentStore["readRendered"] = (location) => this.#segments.readRendered(location);
  readScreenshot: ContentStore["readScreenshot"] = (location) => this.#segments.readScreenshot(location);
  readMember: ContentStore["readMember"] = (location) => this.#segments.readMember(location);
  recover: ContentStore["recover"] = (captureIds) => this.#segments.recover(captureIds);
  eachStoredCapture: ContentStore["eachStoredCapture"] = (onDamaged) =>
    this.#segments.eachStoredCapture(onDamaged);
  statistics: ContentStore["statistics"] = () => this.#segments.statistics();
  closedSegments: ContentStore["closedSegments"] = (beforeMs) => this.#segments.closedSegments(beforeMs);
  removeSegment: ContentStore["removeSegment"] = (key, signal) => this.#segments.removeSegment(key, signal);
  close: ContentStore["close"] = () => this.#segments.close();

  async #write(
    pages: ReadonlyMap<string, ProcessedPage>,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, StoredLocations>> {
    const written = new Map<string, StoredLocations>();
    if (pages.size > 0) await this.#sweep(signal);
    for (let taken = 0; written.size < pages.size; ) {
      const segment = this.#segments.mint();
      const open = [...pages.keys()].filter((id) => !written.has(id));
      const claimed = await this.#claim(segment, open, written, signal);
      if (claimed.length === 0) {
        if (written.size < pages.size) await this.#parts.clock.sleep(LOOK_MS, signal);
        continue;
      }
      try {
        const fresh = claimed.flatMap((id) => pages.get(id) ?? []);
        const locations = await this.#segments.appendAs(segment, fresh, signal);
        for (const [at, id] of claimed.entries()) {
          const location = locations[at];
          if (location !== undefined) written.set(id, location);
        }
      } catch (thrown) {
        if (!(thrown instanceof SegmentTaken)) throw thrown;
        taken++;
        if (taken === TAKEN_MAX)
          throw new NotConnected("segments are taken away before they are put", { cause: thrown });
      }
    }
    return written;
  }

  /** What of `open` is this segment's to write; what was written before is added to `written`; the rest has to wait. */
  async #claim(
    segment: string,
    open: readonly string[],
    written: Map<string, StoredLocations>,
    signal: AbortSignal,
  ): Promise<string[]> {
    const { claims, graceMs } = this.#parts;
    const { mine, stored, held } = await claims.take(segment, open, signal);
    for (const [id, locations] of stored) written.set(id, locations);
    const claimed = [...mine];
    const holders = Map.groupBy(held, (claim) => claim.segment);
    for (const [holder, claimsOfHolder] of holders) {
      // A segment of our own is not on its way any more: its captures would be under way.
      const isOwn = holder.includes(this.#segments.writer);
      const due = claimsOfHolder.filter(({ ageMs }) => isOwn || ageMs >= graceMs);
      if (due.length === 0) continue;
      const ids = new Set(due.map(({ captureId }) => captureId));
      const there = await this.#segments.conclude(holder, ids, signal);
      for (const [id, locations] of there) written.set(id, locations);
      const lost = [...ids].filter((id) => !there.has(id));
      if (lost.length > 0) claimed.push(...(await claims.transfer(holder, segment, lost, signal)));
    }
    return claimed;
  }

  async #sweep(signal: AbortSignal): Promise<void> {
    const nowMs = this.#parts.clock.monotonicMs();
    if (nowMs - this.#sweptAtMs < SWEEP_MS) return;
    await this.#parts.claims.sweep(signal);
    this.#sweptAtMs = nowMs;
  }
}

/** Its capture is stored: what is written has no claim. */
const isLater = ({ rendering }: ProcessedPage): boolean => rendering === "done" || rendering === "again";

function found(written: ReadonlyMap<string, StoredLocations>, id: string): StoredLocations {
  const locations = written.get(id);
  if (locations === undefined) throw new Error(`capture ${id} was given to a segment and has no place in it`);
  return locations;
}

/** The one who wrote it failed or was stopped, which is no fault of this batch: nothing of it is settled, and it comes again. */
function notWritten(thrown: unknown): never {
  const error = asError(thrown);
  throw new NotConnected(`a capture was being written by another batch: ${error.message}`, { cause: error });
}
