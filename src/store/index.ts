// Floor 3: content segments, metadata, full-text search, dead letters, and the readers over them.
export { verdictFields } from "./content/page-records.ts";
export { renderedDocument } from "./content/rendered-document.ts";
export { DiskFull, RecordDamaged, SchemaTooNew, StatementFailed, StoreRefused } from "./errors.ts";
export {
  type Change,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOutput,
  type ExportReport,
  type ExportRequest,
  type ExportSource,
  exportPages,
} from "./export/index.ts";
export type {
  CaptureRow,
  CaptureWithBody,
  ContentStatistics,
  ContentStore,
  DeadLetterRow,
  DeadLetterStore,
  MetadataStore,
  Objects,
  PageFilter,
  PageRow,
  RouteMemoryStore,
  SearchMatch,
  SearchRequest,
  SearchSlice,
  SegmentOf,
  Slice,
  SliceRequest,
  StoreCounts,
  StoredCapture,
  StoredLocations,
} from "./faces.ts";
export { checkObjectKey } from "./objects/object-key.ts";
export { embeddedStore, type Store, serverStore } from "./open.ts";
export type { FollowerObserver } from "./opensearch/page-index.ts";
export { type StoreOptions, storeOptions } from "./options.ts";
export type { ClaimedEntry, QueueEnd, QueueEntry, RenderQueue } from "./queue-faces.ts";
export { type ClaimStore, claimStore } from "./s3/claim-store.ts";
export { type SearchAnswer, type SearchHit, search } from "./search/search.ts";
export type { Snippet } from "./search/snippet.ts";
export { removeSpentSegments, type SpentSegments } from "./spent-segments.ts";
export { storable } from "./sql/columns.ts";
export { CursorInvalid, decodeCursor, encodeCursor } from "./sql/cursor.ts";
export { query, type SqlRow, type SqlSession, type SqlValue, type Statement } from "./sql/session.ts";
export { contentStage, metadataStage } from "./stage.ts";
