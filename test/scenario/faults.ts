// Faults of the product that people do write, as data: what to change where, and the one test that must turn red for it.
// Kept as exact source text, so that a fault which no longer applies is noticed and brought up to date.

export interface SeededFault {
  readonly title: string;
  /** Each `old` stands exactly once in its file. */
  readonly edits: readonly { readonly file: string; readonly old: string; readonly seeded: string }[];
  readonly caughtBy: { readonly file: string; readonly title: string };
}

const PROMISES = "src/frontier/promises.test.ts";
const SIMULATION = "test/sim/sim.test.ts";

export const FAULTS: readonly SeededFault[] = [
  {
    title: "a record settles when it is passed on and not when its line has ended (early settle)",
    edits: [
      {
        file: "src/engine/outlet.ts",
        old: "      ack,\n    };",
        seeded: "      ack: rootAck(() => {}),\n    };\n    ack.settle(DELIVERED);",
      },
      {
        file: "src/engine/outlet.ts",
        old: "import { type Ack, DELIVERED, type Envelope, settleAll }",
        seeded: "import { type Ack, DELIVERED, type Envelope, rootAck, settleAll }",
      },
    ],
    caughtBy: {
      file: SIMULATION,
      title: "three hundred seeds of kills, absences, drains and aborts lose nothing and end",
    },
  },
  {
    title: "the end of a page is reported before its row is written",
    edits: [
      {
        file: "src/store/stage.ts",
        old: "const refused = await recordEach(store, batch, endOf, work.signal);",
        seeded:
          "recordEach(store, batch, endOf, work.signal).catch(() => {});\n      const refused = new Map<StoredPage, StatementFailed>();",
      },
    ],
    caughtBy: {
      file: "src/store/stage.test.ts",
      title: "what is no value's fault fails the whole attempt and rejects no page",
    },
  },
  {
    title: "a dead letter counts before it is written",
    edits: [
      {
        file: "src/engine/charge.ts",
        old: "await this.#options.deadLetters.write(",
        seeded: "void this.#options.deadLetters.write(",
      },
    ],
    caughtBy: {
      file: "src/engine/runtime.test.ts",
      title: "a throw is tried once more and then a dead letter, which counts only once written",
    },
  },
  {
    title: "the watermark passes an open record",
    edits: [
      {
        file: "src/engine/watermark.ts",
        old: "mark.passed = true;",
        seeded: "mark.passed = true;\n    this.#committable = mark.position;",
      },
    ],
    caughtBy: {
      file: "test/conformance/engine/engine.test.ts",
      title: "watermark: the mark stands at the highest position with nothing open or errored below it",
    },
  },
  {
    title: "an append to a segment is not synced (no fsync)",
    edits: [
      {
        file: "src/store/content/segment-writer.ts",
        old: "beforeSync?.();\n      await this.#file.datasync();",
        seeded: "beforeSync?.();",
      },
    ],
    caughtBy: {
      file: "src/store/content/segment-writer.test.ts",
      title: "an append resolves only after its bytes were synced, a new segment after its folder was",
    },
  },
  {
    title: "the torn tail of a segment is not cut",
    edits: [
      {
        file: "src/store/content/segment-writer.ts",
        old: "await file.truncate(wholeBytes);",
        seeded: "",
      },
    ],
    caughtBy: {
      file: "src/store/content/crash.test.ts",
      title: "garbage behind the last page, as a power cut leaves it, is cut away",
    },
  },
  {
    title: "an older capture that comes late overwrites a newer row",
    edits: [
      {
        file: "src/store/sql/record.ts",
        old: "const IS_NEWER = ",
        seeded: 'const IS_NEWER = "true" || ',
      },
    ],
    caughtBy: {
      file: "test/conformance/metadata-embedded.test.ts",
      title: "embedded: the newest fetch stands in the row, whatever the order and the batches",
    },
  },
  {
    title: "a capture that a crash left in a segment is written a second time",
    edits: [
      {
        file: "src/topology/recovery.ts",
        old: "payload: { page, stored: { raw, markdown, ...(screenshot === undefined ? {} : { screenshot }) } },",
        seeded: "payload: { page, stored: null },",
      },
    ],
    caughtBy: {
      file: "src/topology/recovery.test.ts",
      title:
        "a capture found whole goes on under its id and is not written again; leases without one are queued",
    },
  },
  {
    title: "an open lease gets a new capture id when a crawl is resumed",
    edits: [
      {
        file: "src/frontier/restore-leases.ts",
        old: "requests.of(crawl, id, record, hostKey(record.url), captureId),",
        seeded:
          "requests.of(crawl, id, record, hostKey(record.url), captureId.replace(/.{12}$/, '0123456789ab')),",
      },
    ],
    caughtBy: {
      file: PROMISES,
      title: "a lease that was open when the process ended is open again, under the same capture id",
    },
  },
  {
    title: "links are admitted after the transaction that closes their page's lease",
    edits: [
      {
        file: "src/frontier/page-ends.ts",
        old: "return admission.discovered(crawlOf(record.crawlNo), links, record.depth + 1, id);",
        seeded:
          "const crawl = crawlOf(record.crawlNo);\n    setImmediate(() => admission.discovered(crawl, links, record.depth + 1, id));\n    return 0;",
      },
    ],
    caughtBy: {
      file: PROMISES,
      title: "a page's end and its links are there together the moment its report is written",
    },
  },
  {
    title: "the intake waits for room that only its own output makes (no spill)",
    edits: [
      {
        file: "src/frontier/sink.ts",
        old: "parts.take(turn);",
        seeded: "if (parts.queued() > 1000) await new Promise<never>(() => {});\n        parts.take(turn);",
      },
      {
        file: "src/frontier/frontier.ts",
        old: "isOpen: (captureId) => this.#made.leases.get(captureId) !== null,",
        seeded:
          "isOpen: (captureId) => this.#made.leases.get(captureId) !== null,\n      queued: () => this.counts().queued,",
      },
    ],
    caughtBy: {
      file: PROMISES,
      title: "the intake takes what pages bring while nobody reads what it makes ready",
    },
  },
  {
    title: "robots.txt is not asked (no robots check)",
    edits: [
      {
        file: "src/frontier/dispatcher.ts",
        old: "const verdict = gate.judge(record.url, nowMs);",
        seeded: 'const verdict = { kind: "allowed", crawlDelayMs: null } as ReturnType<typeof gate.judge>;',
      },
    ],
    caughtBy: {
      file: PROMISES,
      title: "a host's robots.txt is asked first, and what it disallows is never fetched",
    },
  },
  {
    title: "Retry-After is ignored",
    edits: [
      {
        file: "src/frontier/politeness.ts",
        old: "? retryAfterMs(report.retryAfter, nowMs, options.retryAfterMsMax)",
        seeded: "? null",
      },
    ],
    caughtBy: {
      file: PROMISES,
      title: "a host that answers 503 with Retry-After is left alone for as long as it asks",
    },
  },
  {
    title: "the address guard is off at connect: a name may lead inside",
    edits: [
      {
        file: "src/net/dialer.ts",
        old: "vet(resolved.value, options.allowPrivate)",
        seeded: "vet(resolved.value, true)",
      },
      {
        file: "src/net/dialer.ts",
        old: "exempt ? null : refusalOf(address, options.allowPrivate)",
        seeded: "null",
      },
    ],
    caughtBy: {
      file: "src/net/dialer.test.ts",
      title: "refuses literals and names that lead inside, and lets them be when allowed",
    },
  },
  {
    title: "inflated bytes have no limit",
    edits: [
      {
        file: "src/base/inflate.ts",
        old: "const layer = undo(bytes, coding, limits.outputBytesMax);",
        seeded: "const layer = undo(bytes, coding, 1e9);",
      },
      {
        file: "src/base/inflate.ts",
        old: "if (bytes.length > limits.outputBytesMax) return",
        seeded: "if (bytes.length > 1e9) return",
      },
    ],
    caughtBy: {
      file: "src/base/inflate.test.ts",
      title: "no stack of bombs comes out larger than the limit",
    },
  },
];
