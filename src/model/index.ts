// Floor 1: the records that flow, and the table of failure codes.
export { CODES, type Code, type CodeRule, codeRules, type Failure } from "./codes.ts";
export type { DeclaredFields } from "./declared-fields.ts";
export {
  type Document,
  type Feed,
  type Heading,
  type ImageRef,
  type JsonValue,
  type Link,
  type LinkRole,
  type MicrodataItem,
  noEvidence,
  type RobotsDirectives,
  type RouteEvidence,
  type TextBlocks,
  type TextStatistics,
} from "./document.ts";
export {
  type FetchOrder,
  type ForeignUrls,
  type ForIngestor,
  type FrontierRecord,
  type HandedReport,
  hostOf,
  type ReturnedEnd,
  type ReturnedQueued,
  type SavedEvent,
  type ScopeJoined,
} from "./handover.ts";
export { hostPartition, murmur2, ownsHost, type Shard } from "./host-partition.ts";
export {
  type ExtractLine,
  extractFailureLine,
  extractLine,
  type NamedFields,
  namedFields,
  type OutLine,
  type OutLink,
  outLine,
} from "./out-line.ts";
export {
  type ControlReport,
  type FetchReport,
  type FrontierReport,
  type Headers,
  header,
  type Page,
  type PageReport,
  type Protocol,
  type RawLocation,
  type RedirectReport,
} from "./page.ts";
export {
  type Breadcrumb,
  type EventRecord,
  emptyRecord,
  type OrganisationRecord,
  type PageRecord,
  type ProductRecord,
  type Provenance,
  type RecipeRecord,
  type Sourced,
} from "./page-record.ts";
export type {
  FrontierVerdict,
  Lane,
  LaneChoice,
  Outcome,
  PageRequest,
  RequestKind,
  UrlState,
  Validators,
} from "./page-request.ts";
export type {
  DeadLetter,
  EndedPage,
  LaneVerdict,
  ProcessedPage,
  RuleHit,
  RuleOrigin,
  Screenshot,
  StoredLocations,
  StoredPage,
} from "./processed.ts";
export type { RouteMarker } from "./route-marker.ts";
export type { MemoryRow } from "./route-memory.ts";
