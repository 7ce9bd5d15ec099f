// One run of the recipe: subjects brought in where they come from a table, then those that are due taken one by one, a few at
// once, up to the limit; and what became of them in one summary. One subject's failure never stops the rest.
import { type Clock, uuidv7 } from "../../base/index.ts";
import type { Code } from "../../model/index.ts";
import type { Log } from "../../observe/index.ts";
import type { Objects, SqlSession } from "../../store/index.ts";
import type { Visits } from "../../topology/index.ts";
import { type Collected, collect } from "./collect.ts";
import { HostTurnTable } from "./host-turns.ts";
import type { ImagesOptions } from "./options.ts";
import type { PageReader } from "./page-reader.ts";
import { subjectsFromQuery } from "./subject-query.ts";
import { type Due, SubjectTable } from "./subject-table.ts";

export interface ImagesRunParts {
  readonly options: ImagesOptions;
  /** Connected. */
  readonly session: SqlSession;
  readonly objects: Objects;
  readonly reader: PageReader;
  /** Made for the run, on turns that its processes share; closed by it. */
  readonly visits: (turns: HostTurnTable) => Visits;
  readonly clock: Clock;
  readonly log: Log;
  readonly onEnded: (status: CollectedStatus, elapsedMs: number) => void;
}

export type CollectedStatus = Exclude<Collected["status"], "released">;

/** Keys as they are logged and printed. */
export interface ImagesSummary {
  readonly recipe: "images";
  readonly taken: number;
  readonly stored: number;
  readonly unchanged: number;
  readonly failed: number;
  readonly skipped: number;
  /** Of those that failed or were skipped. */
  readonly codes: { readonly [code in Code]?: number };
  readonly bytes: number;
  /** Subjects that are due and were not taken, by the limit or because the run was stopped. */
  readonly due: number;
  readonly elapsed_ms: number;
}

/** Of a lease, beyond what a subject may take. */
const LEASE_MARGIN_MS = 60_000;

/** Rejects where store or database fail; stopped by the signal it resolves, with what was done. */
export async function runImages(parts: ImagesRunParts, signal: AbortSignal): Promise<ImagesSummary> {
  const { options, session, objects, clock } = parts;
  const startMs = clock.monotonicMs();
  const table = new SubjectTable(session);
  const turns = new HostTurnTable(session);
  await objects.connect(signal);
  await turns.forget();
  if (options.query !== null) await bringIn(parts, table, options.query, signal);
  const due: Due = { staleMs: options.staleDays * 86_400_000, triedBeforeMs: await table.nowMs() };
  const tally = new Tally();
  const visits = parts.visits(turns);
  try {
    await collectDue({ parts, table, visits, due, tally }, signal);
  } finally {
    await visits.close();
  }
  const summary: ImagesSummary = {
    recipe: "images",
    ...tally.counts(),
    due: await table.dueCount(due),
    elapsed_ms: Math.round(clock.monotonicMs() - startMs),
  };
  return summary;
}

interface Collecting {
  readonly parts: ImagesRunParts;
  readonly table: SubjectTable;
  readonly visits: Visits;
  readonly due: Due;
  readonly tally: Tally;
}

async function collectDue(
  { parts, table, visits, due, tally }: Collecting,
  signal: AbortSignal,
): Promise<void> {
  const { options, objects, reader, clock, log, onEnded } = parts;
  const owner = uuidv7(clock.nowMs());
  const collecting = { options, table, objects, visits, reader, clock, owner };
  const leaseMs = options.limits.subjectMs + LEASE_MARGIN_MS;
  const broken = new AbortController();
  const either = AbortSignal.any([signal, broken.signal]);
  let left = options.limit;
  const worker = async (): Promise<void> => {
    while (left-- > 0 && !either.aborted) {
      const [subject] = await table.claim(owner, due, 1, leaseMs);
      if (subject === undefined) return;
      const startMs = clock.monotonicMs();
      const ended = await collect(collecting, subject, either);
      tally.add(ended);
      if (ended.status === "released") return;
      onEnded(ended.status, clock.monotonicMs() - startMs);
      if ("failure" in ended) {
        const { code, message } = ended.failure;
        log.warn({ subject: subject.id, code }, message);
      } else log.debug({ subject: subject.id, key: ended.key }, ended.status);
    }
  };
  const workers = Array.from({ length: options.concurrency }, () =>
    worker().catch((thrown: unknown) => {
      broken.abort(thrown);
      throw thrown;
    }),
  );
  const ends = await Promise.allSettled(workers);
  for (const end of ends) if (end.status === "rejected") throw end.reason;
}

async function bringIn(
  { options, session, log }: ImagesRunParts,
  table: SubjectTable,
  sql: string,
  signal: AbortSignal,
): Promise<void> {
  const { subjectsMax } = options;
  const onBad = (id: string, why: string): void => log.warn({ subject: id }, `left out: ${why}`);
  const counts = await subjectsFromQuery({ session, table, sql, subjectsMax, onBad, signal });
  log.info({ recipe: "images", ...counts }, "subjects brought in by the query");
}

class Tally {
  #taken = 0;
  #bytes = 0;
  readonly #statuses = { stored: 0, unchanged: 0, failed: 0, skipped: 0 };
  readonly #codes: { [code in Code]?: number } = {};

  add(ended: Collected): void {
    if (ended.status === "released") return;
    this.#taken++;
    this.#statuses[ended.status]++;
    if (!("failure" in ended)) this.#bytes += ended.bytes;
    else this.#codes[ended.failure.code] = (this.#codes[ended.failure.code] ?? 0) + 1;
  }

  counts() {
    return { taken: this.#taken, ...this.#statuses, codes: { ...this.#codes }, bytes: this.#bytes };
  }
}
