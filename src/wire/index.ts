// Floor 3: Kafka. Records as messages, the sources and sinks that carry them between machines, and the topics.
export type { ClaimStore } from "./claims.ts";
export type { WireLog } from "./client.ts";
export { encodePageRecord } from "./codec/page.ts";
export type { ClaimMissing, WireFailure } from "./failure.ts";
export { type GroupPosition, type GroupWatch, type GroupWatchOptions, groupWatch } from "./group.ts";
export { type WireOptions, wireOptions } from "./options.ts";
export { type PagePublisher, type PublisherOptions, pagePublisher } from "./publisher.ts";
export type { RawRecord } from "./record.ts";
export { type RecordSink, type RecordSinkOptions, recordSink, type WireRecord } from "./record-sink.ts";
export type { KafkaSource } from "./source.ts";
export type { Expired, SourceEvents, SourceStatistics } from "./source-spec.ts";
export { frontierSource, ingestorGroup, letterSource, PROCESSOR_GROUP, pageSource } from "./sources.ts";
export {
  checkTopics,
  createTopics,
  describeTopics,
  type TopicChange,
  type TopicDescription,
  type TopicFailure,
} from "./topic-admin.ts";
export { TOPICS, type TopicName } from "./topics.ts";
