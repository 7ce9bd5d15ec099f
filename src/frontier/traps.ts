// Crawler traps: URL spaces without end. Two judges, both pure and both slow to condemn, since a page wrongly left out is
// a page lost: the form of one URL (spirals, absurd depth, absurd dates, exploding queries) and, over time, whether a
// family of like URLs still yields anything new. Each refusal says why. They know no fetching and no storage, and are not
// for given URLs or sitemap entries: what a person or the site itself lists is fetched.
import { hash } from "node:crypto";

export interface TrapOptions {
  /** Path segments a URL may have. */
  readonly segmentsMax: number;
  /** Times a run of segments may stand one after another ("/a/b/a/b" = 2); twice that and two more where all are one or two letters. */
  readonly repeatsMax: number;
  /** Times one segment that is no number may stand anywhere in a path. */
  readonly occurrencesMax: number;
  /** Parameters a query may have. */
  readonly parametersMax: number;
  /** Times one parameter may stand in a query with the same value. */
  readonly duplicatesMax: number;
  /** Years a calendar page may lie ahead of today. */
  readonly yearsAheadMax: number;
  /** Families of URLs, and paths with queries, remembered, at most twice as many; those long unused are forgotten first. */
  readonly shapesMax: number;
  /** Pages of one family that are fetched before its yield is asked for. */
  readonly trialPages: number;
  /** Share of the latest pages of a family that must have been new; below it the family is closed. 0 to 1. */
  readonly yieldMin: number;
  /** Sets of parameter names that one path may be asked with. */
  readonly parameterSetsMax: number;
}

export const TRAP_DEFAULTS: TrapOptions = {
  segmentsMax: 50,
  repeatsMax: 3,
  occurrencesMax: 8,
  parametersMax: 50,
  duplicatesMax: 3,
  yearsAheadMax: 20,
  shapesMax: 20_000,
  trialPages: 2000,
  yieldMin: 0.005,
  parameterSetsMax: 500,
};

/** Judges one URL by itself. Returns the reason it is taken for a trap, or null. `nowMs` is the wall clock. */
export function trapReason(url: string, nowMs: number, options: TrapOptions): string | null {
  const { path, query } = partsOf(url);
  const segments = path.split("/").filter((segment) => segment !== "");
  if (segments.length > options.segmentsMax)
    return `path of ${segments.length} segments, more than ${options.segmentsMax}`;
  const repeated = repeatedRun(segments, options.repeatsMax);
  if (repeated !== null) return `"${shown(repeated)}" stands more than ${options.repeatsMax} times on end`;
  const frequent = frequentSegment(segments, options.occurrencesMax);
  if (frequent !== null)
    return `"${shown(frequent)}" stands more than ${options.occurrencesMax} times in the path`;
  return queryReason(query, options) ?? calendarReason(segments, query, nowMs, options);
}

function queryReason(query: string, { parametersMax, duplicatesMax }: TrapOptions): string | null {
  if (query === "") return null;
  const parameters = query.split("&");
  if (parameters.length > parametersMax)
    return `query of ${parameters.length} parameters, more than ${parametersMax}`;
  const counts = new Map<string, number>();
  for (const parameter of parameters) {
    if (parameter === "") continue;
    const count = (counts.get(parameter) ?? 0) + 1;
    if (count > duplicatesMax)
      return `"${shown(parameter)}" stands in the query more than ${duplicatesMax} times`;
    counts.set(parameter, count);
  }
  return null;
}

/**
 * The shortest run of segments that stands more often than it may on end, at any place. Runs of numbers do not count
 * (/archive/1/1/1/1 is an address like another), and one or two letters may be the levels of a folder tree (/f/f/f/f).
 */
function repeatedRun(segments: readonly string[], repeatsMax: number): string | null {
  for (let length = 1; length * (repeatsMax + 1) <= segments.length; length++) {
    let matched = 0;
    for (let at = length; at < segments.length; at++) {
      matched = segments[at] === segments[at - length] ? matched + 1 : 0;
      if (matched < length * repeatsMax) continue;
      const run = segments.slice(at - length + 1, at + 1);
      if (run.every(isNumber)) continue;
      const isTree = run.every((segment) => segment.length <= 2);
      if (!isTree || matched >= length * (2 * repeatsMax + 2)) return `/${run.join("/")}`;
    }
  }
  return null;
}

function frequentSegment(segments: readonly string[], occurrencesMax: number): string | null {
  if (segments.length <= occurrencesMax) return null;
  const counts = new Map<string, number>();
  for (const segment of segments) {
    if (isNumber(segment) || segment.length <= 2) continue;
    const count = (counts.get(segment) ?? 0) + 1;
    if (count > occurrencesMax) return segment;
    counts.set(segment, count);
  }
  return null;
}

const isNumber = (segment: string): boolean => /^\d+$/.test(segment);

/** A year with a month beside it, in the path ("/2199/07/") or in calendar parameters ("?year=2199&month=7", "?date=2199-07-01"). */
function calendarReason(
  segments: readonly string[],
  query: string,
  nowMs: number,
  { yearsAheadMax }: TrapOptions,
): string | null {
  const yearMax = new Date(nowMs).getUTCFullYear() + yearsAheadMax;
  const absurd = (year: string | undefined): boolean =>
    year !== undefined && Number(year) > yearMax && Number(year) < 10_000;
  for (let at = 0; at + 1 < segments.length; at++) {
    const isCalendar = segments.slice(0, at).some((segment) => CALENDAR_WORD.test(segment));
    const year = /^\d{4}$/.exec(segments[at] ?? "")?.[0];
    if (isCalendar && absurd(year) && MONTH.test(segments[at + 1] ?? ""))
      return `calendar page of the year ${year}`;
  }
  const year =
    /(?:^|&)(?:year|yr|cal_year|date|day|month|start|from|tribe-bar-date)=(\d{4})(?=$|&|-\d\d)/i.exec(
      query,
    )?.[1];
  const isCalendar =
    /(?:^|&)(?:month|day|week|mon)=/i.test(query) || /=\d{4}-\d\d(?:-\d\d)?(?:$|&)/.test(query);
  return isCalendar && absurd(year) ? `calendar page of the year ${year}` : null;
}

const MONTH = /^(?:0?[1-9]|1[0-2])$/;
const CALENDAR_WORD = /^(?:calendar|events?|agenda|schedule|termine|kalender|calendrier|month|day|week)$/i;

/**
 * The family of a URL: its path with what counts up or names one thing made general ("/p/{n}", "/item/{id}"), and the
 * sorted names of its parameters.
 */
export function shapeOf(url: string): string {
  const { host, path, query } = partsOf(url);
  const segments = path.split("/").map(generalised).join("/");
  return `${host}${segments}?${parameterSet(query)}`;
}

function generalised(segment: string): string {
  if (segment.length > 64) return "{long}";
  if (/^\d+$/.test(segment)) return "{n}";
  if (/^[0-9a-f-]{16,}$/i.test(segment)) return "{id}";
  return segment.replace(/\d+/g, "{n}");
}

function parameterSet(query: string): string {
  if (query === "") return "";
  const names = new Set(query.split("&").map((parameter) => parameter.split("=", 1)[0] ?? ""));
  return [...names].sort().join("&");
}

interface ShapeRecord {
  pages: number;
  /** Share of new pages, an average that forgets: the latest `trialPages` weigh most. */
  yield: number;
  /** Of the latest bodies, to tell a new one. */
  readonly signatures: string[];
}

/** Bodies a family remembers: a trap shows one and the same, or a few in turn. */
const SIGNATURES_MAX = 16;

/**
 * What families of URLs have yielded, bounded in memory (about 10 MB with the defaults). What is forgotten, over a restart
 * too, starts anew, which errs on the side of fetching.
 */
export class TrapWatch {
  readonly #options: TrapOptions;
  readonly #shapes: Recent<ShapeRecord>;
  readonly #parameterSets: Recent<Set<string>>;
  #hasReports = false;

  constructor(options: TrapOptions) {
    this.#options = options;
    this.#shapes = new Recent(options.shapesMax);
    this.#parameterSets = new Recent(options.shapesMax);
  }

  /** The reason a newly discovered URL is refused, or null; its set of parameters is counted. `nowMs` is the wall clock. */
  refuses(url: string, nowMs: number): string | null {
    return trapReason(url, nowMs, this.#options) ?? this.#yieldReason(url) ?? this.#explosionReason(url);
  }

  /** After a page was read: whether it was new, where the caller knows. */
  report(url: string, isNew: boolean): void {
    this.#count(this.#recordOf(url), isNew);
  }

  /** After a page was read: the signature of its body, new where the latest pages of its family had other ones. */
  reportSignature(url: string, signature: string): void {
    const record = this.#recordOf(url);
    const known = record.signatures.indexOf(signature);
    if (known === -1) record.signatures.push(signature);
    if (record.signatures.length > SIGNATURES_MAX) record.signatures.shift();
    this.#count(record, known === -1);
  }

  #recordOf(url: string): ShapeRecord {
    const make = (): ShapeRecord => ({ pages: 0, yield: 1, signatures: [] });
    this.#hasReports = true;
    return this.#shapes.touch(digest(shapeOf(url)), make);
  }

  #count(record: ShapeRecord, isNew: boolean): void {
    record.pages++;
    const weight = 1 / Math.min(record.pages, this.#options.trialPages);
    record.yield += ((isNew ? 1 : 0) - record.yield) * weight;
  }

  #yieldReason(url: string): string | null {
    if (!this.#hasReports) return null;
    const shape = shapeOf(url);
    const record = this.#shapes.get(digest(shape));
    if (
      record === undefined ||
      record.pages < this.#options.trialPages ||
      record.yield >= this.#options.yieldMin
    ) {
      return null;
    }
    return `of ${record.pages} pages like ${shown(shape)} hardly one was new`;
  }

  #explosionReason(url: string): string | null {
    const { host, path, query } = partsOf(url);
    if (!query.includes("&")) return null;
    const sets = this.#parameterSets.touch(digest(host + path), () => new Set<string>());
    const set = digest(parameterSet(query));
    if (sets.has(set)) return null;
    if (sets.size >= this.#options.parameterSetsMax) {
      return `more than ${this.#options.parameterSetsMax} combinations of parameters on ${shown(path)}`;
    }
    sets.add(set);
    this.#parameterSets.grow();
    return null;
  }
}

/** Keys of one length, however long the URLs: 64 bits, at most a few ten thousand of them. */
const digest = (text: string): string => hash("sha256", text, "hex").slice(0, 16);

/**
 * A bounded memory in two generations: when the young one is full it becomes the old one, and what the old one held and
 * nobody asked for since is forgotten. (Deleting the first key of a Map one by one takes time in proportion to its size.)
 */
class Recent<T> {
  readonly #costMax: number;
  #young = new Map<string, T>();
  #old = new Map<string, T>();
  #cost = 0;

  constructor(costMax: number) {
    this.#costMax = costMax;
  }

  get(key: string): T | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  /** The entry, made where missing, and kept for at least another generation. */
  touch(key: string, make: () => T): T {
    const young = this.#young.get(key);
    if (young !== undefined) return young;
    const entry = this.#old.get(key) ?? make();
    this.#young.set(key, entry);
    this.grow();
    return entry;
  }

  /** An entry of the young generation has become larger by one. */
  grow(): void {
    this.#cost++;
    if (this.#cost < this.#costMax) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#cost = 0;
  }
}

function partsOf(url: string): { host: string; path: string; query: string } {
  const hostAt = url.indexOf("//") + 2;
  const queryAt = url.indexOf("?", hostAt);
  const pathEndAt = queryAt === -1 ? url.length : queryAt;
  const slashAt = url.indexOf("/", hostAt);
  const pathAt = slashAt === -1 || slashAt > pathEndAt ? pathEndAt : slashAt;
  return {
    host: url.slice(hostAt, pathAt),
    path: url.slice(pathAt, pathEndAt),
    query: queryAt === -1 ? "" : url.slice(queryAt + 1),
  };
}

const shown = (text: string): string => (text.length > 100 ? `${text.slice(0, 100)}…` : text);
