// What content must offer so that a capture is written once by several processes: segments whose name is known before
// they are written, and whose fate can be settled. Shapes only, and the folder's own answer to them.
import { uuidv7 } from "../../base/index.ts";
import type { ProcessedPage } from "../../model/index.ts";
import type { ContentStore, StoredLocations } from "../faces.ts";
import { pageLocations } from "./page-records.ts";

/** Another process made sure that this segment will never be written. Nothing of it was. */
export class SegmentTaken extends Error {
  override readonly name = "SegmentTaken";
}

export interface ClaimedSegments extends ContentStore {
  /** A name that was never used and begins with this process's own `writer`. */
  mint(): string;
  readonly writer: string;
  /** As `append`, under a minted name, once. Rejects with SegmentTaken. */
  appendAs(
    name: string,
    pages: readonly ProcessedPage[],
    signal: AbortSignal,
  ): Promise<readonly StoredLocations[]>;
  /** What was written of these captures under that name; once told, nothing more will ever be written under it. */
  conclude(
    name: string,
    captureIds: ReadonlySet<string>,
    signal: AbortSignal,
  ): Promise<Map<string, StoredLocations>>;
}

/** A folder has one writer at a time: what an earlier one left is all there will be, and the segments' tail tells it. */
export function claimedFolder(folder: ContentStore, nowMs: number): ClaimedSegments {
  const writer = `folder-${uuidv7(nowMs)}`;
  let minted = 0;
  return {
    batch: folder.batch,
    writer,
    mint: () => `${writer}-${++minted}`,
    appendAs: (_, pages, signal) => folder.append(pages, signal),
    async conclude(_, captureIds) {
      const found = await folder.recover(captureIds);
      return new Map([...found].map(([id, capture]) => [id, pageLocations(capture)]));
    },
    connect: (signal) => folder.connect(signal),
    append: (pages, signal) => folder.append(pages, signal),
    readCapture: (location) => folder.readCapture(location),
    readMarkdown: (location) => folder.readMarkdown(location),
    readRendered: (location) => folder.readRendered(location),
    readScreenshot: (location) => folder.readScreenshot(location),
    readMember: (location) => folder.readMember(location),
    recover: (captureIds) => folder.recover(captureIds),
    eachStoredCapture: (onDamaged) => folder.eachStoredCapture(onDamaged),
    statistics: () => folder.statistics(),
    closedSegments: (beforeMs) => folder.closedSegments(beforeMs),
    removeSegment: (key, signal) => folder.removeSegment(key, signal),
    close: () => folder.close(),
  };
}
