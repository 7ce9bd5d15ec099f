// The ingestor's end of the wire: pages go to raw.page under their host's key, a body too large for the broker by claim
// check. A page is handed over when every replica has its record.
import type { Clock } from "../base/index.ts";
import type { BatchLimits, BatchStage, Verdict, Work } from "../engine/index.ts";
import { type Code, type HandedReport, hostPartition, type Page } from "../model/index.ts";
import type { ClaimStore } from "./claims.ts";
import type { WireLog } from "./client.ts";
import { encodeClaim, encodePage, type PackedPage, packPage } from "./codec/page.ts";
import type { WireOptions } from "./options.ts";
import { type ProducerStatistics, RecordProducer } from "./producer.ts";
import type { OutgoingRecord } from "./record.ts";
import { PARTITIONS, TOPICS } from "./topics.ts";

export interface PublisherOptions {
  readonly wire: WireOptions;
  readonly clock: Clock;
  readonly claims: ClaimStore;
  readonly log?: WireLog;
}

export interface PagePublisher extends BatchStage<Page, HandedReport, Code> {
  readonly statistics: ProducerStatistics;
}

export function pagePublisher(options: PublisherOptions): PagePublisher {
  return new Publisher(options);
}

class Publisher implements PagePublisher {
  readonly name = "publish";
  readonly batch: BatchLimits;
  readonly deadlineMs: number;
  readonly #options: PublisherOptions;
  readonly #producer: RecordProducer;

  constructor(options: PublisherOptions) {
    const { producer } = options.wire;
    this.batch = {
      itemsMax: producer.itemsMax,
      bytesMax: producer.bytesMax,
      lingerMs: producer.lingerMs,
      inFlightMax: producer.inFlightMax,
    };
    this.deadlineMs = producer.deadlineMs;
    this.#options = options;
    this.#producer = new RecordProducer([TOPICS.rawPage], options.wire, options.log ?? null);
  }

  get statistics(): ProducerStatistics {
    return this.#producer.statistics;
  }

  connect(): Promise<void> {
    return this.#producer.connect();
  }

  async handle(pages: readonly Page[], work: Work): Promise<readonly Verdict<HandedReport, Code>[]> {
    const packed = await Promise.all(pages.map(packPage));
    const records = await Promise.all(packed.map((page) => this.#record(page, work.signal)));
    const sent = await this.#producer.send(records);
    const claimed = packed.filter((_, at) => sent[at] === "too_large");
    const again = await Promise.all(claimed.map((page) => this.#claim(page, work.signal)));
    const late = again.length === 0 ? [] : await this.#producer.send(again);
    const handedAtMs = this.#options.clock.nowMs();
    let next = 0;
    return pages.map((page, at) => {
      const answer = sent[at] === "sent" ? "sent" : late[next++];
      if (answer === "sent")
        return { kind: "emit", outputs: [{ kind: "handed", request: page.request, handedAtMs }] };
      const detail = "the record is larger than the broker takes, even without its body";
      return { kind: "reject", code: "too_large", detail };
    });
  }

  close(): Promise<void> {
    return this.#producer.close();
  }

  async #record(page: PackedPage, signal: AbortSignal): Promise<OutgoingRecord> {
    const { host } = page.page.request;
    const limit = this.#producer.valueBytesMax(TOPICS.rawPage, host);
    // What the body alone fills is not encoded to be thrown away.
    const value = page.body.bytes.byteLength > limit ? null : encodePage(page);
    if (value === null || value.byteLength > limit) return this.#claim(page, signal);
    return outgoing(host, value);
  }

  async #claim(page: PackedPage, signal: AbortSignal): Promise<OutgoingRecord> {
    return outgoing(page.page.request.host, await encodeClaim(page, this.#options.claims, signal));
  }
}

function outgoing(host: string, value: Uint8Array): OutgoingRecord {
  const topic = TOPICS.rawPage;
  return { topic, partition: hostPartition(host, PARTITIONS[topic]), key: host, value };
}
