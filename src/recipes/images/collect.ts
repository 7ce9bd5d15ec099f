// One subject, from its name to its picture in the store: page, picture, check, object, row. What goes wrong is recorded on the
// subject with its code; only a store that fails as a whole is thrown.
import { type Clock, deadline, describe, err, ok, type Result } from "../../base/index.ts";
import { NotConnected } from "../../engine/index.ts";
import { type Code, codeRules, type Failure } from "../../model/index.ts";
import { checkObjectKey, DiskFull, type Objects, StatementFailed } from "../../store/index.ts";
import type { Visits } from "../../topology/index.ts";
import type { ImagesOptions } from "./options.ts";
import type { PageReader } from "./page-reader.ts";
import { type Picture, readPicture, typeOf } from "./picture.ts";
import { type Subject, valuesOf } from "./subject.ts";
import type { SubjectTable } from "./subject-table.ts";
import { filledKey, filledUrl } from "./template.ts";

export type Collected =
  | { readonly status: "stored" | "unchanged"; readonly bytes: number; readonly key: string }
  | { readonly status: "failed" | "skipped"; readonly failure: Failure }
  /** The run was stopped before it ended; it was given back. */
  | { readonly status: "released" };

export interface CollectParts {
  readonly options: ImagesOptions;
  readonly table: SubjectTable;
  readonly objects: Objects;
  readonly visits: Visits;
  readonly reader: PageReader;
  readonly clock: Clock;
  /** Who claimed the subjects. */
  readonly owner: string;
}

/** What a picture must be asked for with; SVG is none that is taken. */
const ACCEPT = "image/avif,image/webp,image/png,image/jpeg,image/gif,image/*;q=0.5,*/*;q=0.1";

/** Rejects with NotConnected, StatementFailed or DiskFull: then nothing can be recorded, and the lease runs out by itself. */
export async function collect(
  parts: CollectParts,
  subject: Subject,
  signal: AbortSignal,
): Promise<Collected> {
  const { table, clock, options, owner } = parts;
  const { subjectMs } = options.limits;
  const late = deadline(clock, subjectMs, () => new Error(`not done within ${subjectMs} ms`), signal);
  let ended: Result<Collected, Failure>;
  try {
    ended = await collected(parts, subject, late.signal);
  } catch (thrown) {
    if (thrown instanceof NotConnected || thrown instanceof StatementFailed || thrown instanceof DiskFull)
      throw thrown;
    if (signal.aborted) {
      await table.release(subject.id, owner);
      return { status: "released" };
    }
    const code: Code = late.signal.aborted ? "timeout" : "internal";
    ended = err({ code, message: describe(late.signal.aborted ? late.signal.reason : thrown) });
  } finally {
    late.clear();
  }
  if (ended.ok) return ended.value;
  const { code, message } = ended.error;
  await table.failed(subject.id, owner, code, message);
  return { status: codeRules[code].outcome, failure: ended.error };
}

async function collected(
  parts: CollectParts,
  subject: Subject,
  signal: AbortSignal,
): Promise<Result<Collected, Failure>> {
  const pageUrl = await pageOf(parts, subject, signal);
  if (!pageUrl.ok) return pageUrl;
  const page = await parts.visits.page(pageUrl.value, signal);
  if (!page.ok) return page;
  const read = await parts.reader.pictures(page.value, signal);
  if (!read.ok) return read;
  const candidates = read.value.slice(0, parts.options.candidatesMax);
  if (candidates.length === 0)
    return err({ code: "parse", message: `${page.value.url}: none of the recipe's sources names a picture` });
  let first: Failure | null = null;
  for (const sourceUrl of candidates) {
    const tried = await oneCandidate(parts, subject, { sourceUrl, pageUrl: page.value.url }, signal);
    if (tried.ok) return tried;
    // What became of the best one says most.
    first ??= { ...tried.error, message: shownWith(tried.error.message, sourceUrl) };
  }
  return err(first ?? { code: "internal", message: "no candidate was tried" });
}

const shownWith = (message: string, url: string): string =>
  message.includes(url) ? message : `${url}: ${message}`;

/** The subject's own URL, the page's template, or the first link of a search. */
async function pageOf(
  { options, visits, reader }: CollectParts,
  subject: Subject,
  signal: AbortSignal,
): Promise<Result<string, Failure>> {
  if (subject.url !== null && options.page === null) return ok(subject.url);
  const values = valuesOf(subject);
  let lacking = "";
  if (options.page !== null) {
    const url = filledUrl(options.page, values);
    if (url.ok) return validUrl(url.value);
    lacking = url.error;
  }
  if (subject.url !== null) return ok(subject.url);
  if (options.search === null) {
    const why =
      options.page === null
        ? "no URL, and recipes.images has neither page nor search"
        : `no value for {${lacking}}`;
    return err({ code: "policy", message: `the subject has ${why}` });
  }
  const search = filledUrl(options.search.url, values);
  if (!search.ok) return err({ code: "policy", message: `the subject has no value for {${search.error}}` });
  const url = validUrl(search.value);
  if (!url.ok) return url;
  const answer = await visits.page(url.value, signal);
  if (!answer.ok) return answer;
  const link = await reader.link(answer.value, signal);
  if (!link.ok || link.value !== null) return link.ok ? ok(link.value ?? "") : link;
  return err({
    code: "parse",
    message: `${answer.value.url}: no link at ${options.search.link}: nothing was found`,
  });
}

function validUrl(text: string): Result<string, Failure> {
  const url = URL.parse(text);
  if (url !== null && /^https?:$/.test(url.protocol)) return ok(url.href);
  return err({ code: "policy", message: `not an http or https URL: ${text.slice(0, 200)}` });
}

async function oneCandidate(
  parts: CollectParts,
  subject: Subject,
  where: { readonly sourceUrl: string; readonly pageUrl: string },
  signal: AbortSignal,
): Promise<Result<Collected, Failure>> {
  const { options, table, visits } = parts;
  const wishes = { accept: ACCEPT, bytesMax: options.limits.bytesMax, wanted: isTaken };
  const file = await visits.file(where.sourceUrl, wishes, signal);
  if (!file.ok) return file;
  const picture = await readPicture(file.value.bytes, options);
  if (!picture.ok) return picture;
  if (options.duplicates === "refuse") {
    const holder = await table.holderOf(picture.value.sourceSha256, subject.id);
    if (holder !== null) return err(duplicateOf(holder));
  }
  return kept(parts, subject, picture.value, where, signal);
}

const isTaken = (head: Uint8Array): boolean => typeOf(head) !== null;

const duplicateOf = (holder: string): Failure => ({
  code: "duplicate",
  message: `the very picture of subject ${holder}: most likely a stand-in`,
});

/** Object first, then row: no row points at what is not there. */
async function kept(
  parts: CollectParts,
  subject: Subject,
  picture: Picture,
  { sourceUrl, pageUrl }: { readonly sourceUrl: string; readonly pageUrl: string },
  signal: AbortSignal,
): Promise<Result<Collected, Failure>> {
  const { options, table, objects, owner, clock } = parts;
  const key = keyOf(options, subject, picture);
  if (!key.ok) return key;
  const { sha256, sourceSha256, width, height, contentType } = picture;
  const bytes = picture.bytes.byteLength;
  const image = {
    key: key.value,
    sourceUrl,
    pageUrl,
    sha256,
    sourceSha256,
    bytes,
    width,
    height,
    contentType,
  };
  const old = subject.image;
  const isSame = old !== null && old.sha256 === sha256 && old.key === key.value;
  const isUnique = options.duplicates === "refuse";
  if (isSame && (await objects.size(old.key, signal)) === bytes) {
    const done = await table.stored(subject.id, owner, image, {
      storedAtMs: old.storedAtMs,
      isUnique: false,
    });
    return done ? ok({ status: "unchanged", bytes: 0, key: old.key }) : err(goneMeanwhile);
  }
  try {
    await objects.put(key.value, picture.bytes, contentType, signal);
  } catch (thrown) {
    if (signal.aborted || thrown instanceof DiskFull) throw thrown;
    return err({
      code: "store",
      message: `${key.value} could not be written: ${describe(thrown)}`,
      cause: thrown,
    });
  }
  if (await table.stored(subject.id, owner, image, { storedAtMs: clock.nowMs(), isUnique })) {
    if (old !== null && old.key !== key.value) await objects.remove(old.key, signal);
    return ok({ status: "stored", bytes, key: key.value });
  }
  // Its row says of an object what no longer holds: neither stays.
  if (old?.key === key.value) await table.dropImage(subject.id, owner);
  await objects.remove(key.value, signal);
  const holder = await table.holderOf(sourceSha256, subject.id);
  return err(holder === null ? goneMeanwhile : duplicateOf(holder));
}

const goneMeanwhile: Failure = { code: "policy", message: "the subject was removed or taken over meanwhile" };

function keyOf(options: ImagesOptions, subject: Subject, { extension }: Picture): Result<string, Failure> {
  const filled = filledKey(options.key, { ...valuesOf(subject), ext: extension });
  if (!filled.ok)
    return err({ code: "policy", message: `the subject has no value for {${filled.error}} of its key` });
  const key = checkObjectKey(filled.value);
  return key.ok
    ? ok(key.value)
    : err({ code: "policy", message: `its key ${filled.value.slice(0, 200)} ${key.error}` });
}
