// The three sources of the two-machine mode: fetched pages for a processor, reports and orders for an ingestor, dead letters
// of the other machine for the table.
import { ok } from "../base/index.ts";
import { type DeadLetter, type FrontierRecord, hostOf, type Page, type Shard } from "../model/index.ts";
import type { ClaimStore } from "./claims.ts";
import { decodeDeadLetter } from "./codec/events.ts";
import { decodeFrontierRecord } from "./codec/frontier.ts";
import { decodePage } from "./codec/page.ts";
import { type KafkaSource, kafkaSource } from "./source.ts";
import type { SourceOptions } from "./source-spec.ts";
import { TOPICS } from "./topics.ts";

type Common<T> = Omit<SourceOptions<T>, "name" | "topic" | "groupId" | "shard" | "open">;

/** The group of all processors. */
export const PROCESSOR_GROUP = "millrace-processor";
/** The processors' group on raw.page.dlq. */
export const LETTERS_GROUP = "millrace-dead-letters";
/** The group of the one ingestor that owns the shard. */
export const ingestorGroup = (shard: Shard): string => `millrace-ingestor-${shard.index}-of-${shard.count}`;

/** Bytes of a page beside its body, for the engine's limits. */
const PAGE_BYTES = 1_024;

export function pageSource(options: Common<Page> & { readonly claims: ClaimStore }): KafkaSource<Page> {
  const { wire, claims } = options;
  return kafkaSource<Page>({
    ...options,
    name: TOPICS.rawPage,
    topic: TOPICS.rawPage,
    groupId: PROCESSOR_GROUP,
    shard: null,
    async open({ value }, signal) {
      const page = await decodePage(value, wire, claims, signal);
      if (!page.ok) return page;
      const { captureId } = page.value.request;
      return ok({
        payload: page.value,
        traceId: captureId,
        sizeBytes: page.value.body.byteLength + PAGE_BYTES,
      });
    },
  });
}

export function frontierSource(
  options: Common<FrontierRecord> & { readonly ownShard: Shard },
): KafkaSource<FrontierRecord> {
  return kafkaSource<FrontierRecord>({
    ...options,
    name: TOPICS.frontierLinks,
    topic: TOPICS.frontierLinks,
    groupId: ingestorGroup(options.ownShard),
    shard: options.ownShard,
    async open({ value }) {
      const record = decodeFrontierRecord(value, options.wire.bodyBytesMax);
      if (!record.ok) return record;
      const { value: payload } = record;
      const traceId = payload.kind === "end" ? payload.report.request.captureId : hostOf(payload);
      return ok({ payload, traceId, sizeBytes: value?.byteLength ?? 0 });
    },
  });
}

export function letterSource(options: Common<DeadLetter>): KafkaSource<DeadLetter> {
  return kafkaSource<DeadLetter>({
    ...options,
    name: TOPICS.rawPageDlq,
    topic: TOPICS.rawPageDlq,
    groupId: LETTERS_GROUP,
    shard: null,
    async open({ value }) {
      const letter = decodeDeadLetter(value, options.wire.bodyBytesMax);
      if (!letter.ok) return letter;
      return ok({ payload: letter.value, traceId: letter.value.id, sizeBytes: value?.byteLength ?? 0 });
    },
  });
}
