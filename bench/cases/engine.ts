// What the engine itself takes of a record: source → stage → sink over two channels, beside the bare loop that does the same work, and
// beside a stage that splits each record in two, whose acknowledgements then have to meet again.
import {
  createRuntime,
  type Delivery,
  type Sink,
  type Source,
  type Stage,
  type Written,
} from "../../src/engine/index.ts";
import type { Case, Figure } from "../case.ts";
import { cpuMsEach } from "../in-process.ts";

const RECORDS = 200_000;
const IN_FLIGHT_MAX = 4_096;
const BATCH = { itemsMax: 256, bytesMax: 1 << 20, lingerMs: 5, inFlightMax: 2 };
const WRITTEN: Written = { kind: "written" };
const STOP_DEADLINE_MS = 60_000;

function countingSource(records: number, settled: () => void): Source<number> {
  let next = 0;
  return {
    name: "source",
    inFlightMax: IN_FLIGHT_MAX,
    connect: async () => {},
    async read(): Promise<Delivery<number> | null> {
      if (next === records) return null;
      return { payload: next++, sizeBytes: 8, traceId: "", settle: settled };
    },
    close: async () => {},
  };
}

async function throughEngine(records: number, outputs: number): Promise<void> {
  let settled = 0;
  let written = 0;
  const runtime = createRuntime({ deadLetters: { write: async () => {} } });
  const limits = { itemsMax: 1_024, bytesMax: 1 << 24 };
  const numbers = runtime.channel<number>("numbers", limits);
  const doubled = runtime.channel<number>("doubled", limits);
  const stage: Stage<number, number> = {
    name: "stage",
    concurrencyMax: 64,
    deadlineMs: 10_000,
    handle: async (value) => ({ kind: "emit", outputs: outputs === 1 ? [value * 2] : [value, value + 1] }),
  };
  const sink: Sink<number> = {
    name: "sink",
    batch: BATCH,
    deadlineMs: 10_000,
    connect: async () => {},
    async write(batch) {
      written += batch.length;
      return batch.map(() => WRITTEN);
    },
    close: async () => {},
  };
  const graph = [
    runtime.sink(sink, { from: doubled }),
    runtime.stage(stage, { from: numbers, to: doubled }),
    runtime.source(
      countingSource(records, () => {
        settled++;
      }),
      { to: numbers },
    ),
  ];
  await runtime.run(graph, { drain: new AbortController().signal, stopDeadlineMs: STOP_DEADLINE_MS });
  if (settled !== records || written !== records * outputs)
    throw new Error(`${settled} settled and ${written} written of ${records} records`);
}

/** The floor: the same promises and batches without channels, acks and supervision. */
async function bareLoop(records: number): Promise<void> {
  const source = countingSource(records, () => {});
  const never = new AbortController().signal;
  let batch: number[] = [];
  let sum = 0;
  for (let read = await source.read(never); read !== null; read = await source.read(never)) {
    batch.push(await Promise.resolve(read.payload * 2));
    if (batch.length < BATCH.itemsMax) continue;
    for (const value of batch) sum += value;
    batch = [];
  }
  for (const value of batch) sum += value;
  if (sum !== records * (records - 1)) throw new Error(`${sum} is not the sum`);
}

export const engineCase: Case = {
  name: "engine",
  summary: "a record through source, stage and sink, beside the bare loop",
  async run({ runs, count }): Promise<Figure[]> {
    const records = count ?? RECORDS;
    const micros = async (work: () => Promise<void>): Promise<number[]> =>
      (await cpuMsEach(runs, records, work)).map((ms) => ms * 1_000);
    const unit = "CPU µs a record";
    return [
      { name: "bare loop", unit, samples: await micros(() => bareLoop(records)) },
      {
        name: "engine",
        unit,
        samples: await micros(() => throughEngine(records, 1)),
        against: "bare loop",
        goal: 20,
      },
      {
        name: "engine, split acks",
        unit,
        samples: await micros(() => throughEngine(records, 2)),
        against: "engine",
      },
    ];
  },
};
