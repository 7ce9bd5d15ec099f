// Feeds a crawl its seeds: given URLs, sitemaps, and lists read as streams at the pace at which the frontier takes them.
// A line that is no URL is told and counted; it never stops the rest.
import { createHash } from "node:crypto";
import { stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { ok, type Result } from "../base/index.ts";
import type { Begun, Frontier, Refused, CrawlSpec as Selection } from "../frontier/index.ts";
import type { Failure } from "../model/index.ts";
import type { CrawlSpec } from "./crawl-flags.ts";
import { failureOf } from "./failure-of.ts";
import type { Io } from "./io.ts";
import { LIST_DEFAULTS, openList } from "./list-reader.ts";
import type { SessionCourse } from "./session-course.ts";

interface SeedingParts {
  readonly frontier: Frontier;
  readonly spec: Pick<CrawlSpec, "seeds" | "sitemaps" | "lists">;
  /** Lines of all lists together that an earlier run took in. */
  readonly from: number;
  readonly stdin: Readable;
  readonly signal: AbortSignal;
  /** What cannot be used, with the list's name and the line's number. */
  readonly refused: (where: string, text: string, failure: Failure) => void;
}

/** What the seeds are known by when a crawl is resumed. A list counts by name and size: it is not read for that. */
async function seedsHash({ seeds, sitemaps, lists }: SeedingParts["spec"]): Promise<string> {
  const files: (readonly [string, number])[] = [];
  for (const list of lists) files.push([list, list === "-" ? 0 : (await stat(list)).size]);
  return createHash("sha256")
    .update(JSON.stringify([seeds, sitemaps, files]))
    .digest("hex");
}

/** What the flags ask of the frontier. */
export async function selectionOf(spec: CrawlSpec): Promise<Selection> {
  return {
    seedsHash: await seedsHash(spec),
    depthMax: spec.depth,
    scope: spec.scope,
    include: anyOf(spec.include),
    exclude: anyOf(spec.exclude),
    pagesMax: spec.maxPages,
    lane: spec.lane,
    refresh: spec.begin === "refresh",
    fresh: spec.begin === "fresh",
  };
}

/** One expression that matches what any of these does; null for none. */
function anyOf(patterns: readonly RegExp[]): RegExp | null {
  if (patterns.length === 0) return null;
  return new RegExp(patterns.map(({ source }) => `(?:${source})`).join("|"), "u");
}

/** Gives the crawl its seeds while it runs. `ended` never rejects; a list that cannot be opened, or read on, ends the session. */
export function feed(parts: {
  readonly frontier: Frontier;
  readonly spec: SeedingParts["spec"];
  readonly begun: Begun;
  readonly course: SessionCourse;
  readonly io: Io;
  readonly refused: SeedingParts["refused"];
}): { readonly isDone: boolean; readonly ended: Promise<void> } {
  const { frontier, spec, begun, course, io, refused } = parts;
  let isDone = begun.seedingDone;
  const feeding = async (): Promise<void> => {
    if (isDone || begun.state === "finished") return;
    const signal = AbortSignal.any([io.stop, course.signal]);
    const failure = await seed({
      frontier,
      spec,
      from: begun.seedPosition,
      stdin: io.stdin,
      signal,
      refused,
    });
    if (failure === null) isDone = true;
    else course.fail(failure);
  };
  return {
    get isDone() {
      return isDone;
    },
    ended: feeding().catch((thrown: unknown) => course.fail(failureOf(thrown))),
  };
}

/** Resolves when all is given to the frontier. A failure means that a list could not be opened. */
async function seed(parts: SeedingParts): Promise<Failure | null> {
  const { frontier, spec, from, signal, refused } = parts;
  if (from === 0) {
    tell("command line", (await frontier.admitGiven(spec.seeds)).refused, refused);
    if (spec.sitemaps.length > 0) tell("--sitemap", await frontier.admitSitemaps(spec.sitemaps), refused);
  }
  let linesBefore = 0;
  for (const list of spec.lists) {
    const read = await seedList(list, linesBefore, parts);
    if (!read.ok) return read.error;
    linesBefore = read.value;
    if (signal.aborted) return null;
  }
  frontier.seedingDone();
  return null;
}

/** Answers the lines of this list and those before it: the frontier keeps one position over all of them. */
async function seedList(
  list: string,
  linesBefore: number,
  { frontier, from, stdin, signal, refused }: SeedingParts,
): Promise<Result<number, Failure>> {
  const name = list === "-" ? "stdin" : list;
  const afterLine = Math.max(0, from - linesBefore);
  const opened = await openList(list === "-" ? stdin : list, { ...LIST_DEFAULTS, afterLine, signal });
  if (!opened.ok) return opened;
  let lastLine = 0;
  try {
    for await (const items of opened.value) {
      for (const { line, text, problem } of items)
        if (problem !== null) refused(`${name}:${line}`, text, problem);
      lastLine = items.at(-1)?.line ?? lastLine;
      const good = items.filter(({ problem }) => problem === null);
      const taken = await frontier.admitGiven(
        good.map(({ text }) => text),
        linesBefore + lastLine,
      );
      const lineOf = new Map(taken.refused.length === 0 ? [] : good.map(({ text, line }) => [text, line]));
      for (const { input, failure } of taken.refused)
        refused(`${name}:${lineOf.get(input) ?? lastLine}`, input, failure);
    }
  } catch (thrown) {
    if (!signal.aborted) throw thrown;
  }
  return ok(linesBefore + lastLine);
}

function tell(where: string, lines: readonly Refused[], refused: SeedingParts["refused"]): void {
  for (const { input, failure } of lines) refused(where, input, failure);
}
