// Floor 3: content segments, metadata, full-text search, dead letters, and the readers over them.
export { DiskFull, RecordDamaged, SchemaTooNew } from "./errors.ts";
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
  PageFilter,
  PageRow,
  SearchMatch,
  SearchRequest,
  SearchSlice,
  Slice,
  SliceRequest,
  StoreCounts,
  StoredCapture,
  StoredLocations,
} from "./faces.ts";
