// The program inside another one: a crawl as an iterable of its lines, and the extraction of one page. Reads no environment,
// writes to none of the process's streams, owns no signal; what goes wrong is thrown as a MillraceError.
import { PassThrough, Readable, Writable } from "node:stream";
import { systemClock } from "../base/index.ts";
import { loadConfig } from "../config.ts";
import { compileSchema, extract as extractPage } from "../extract/index.ts";
import { type Code, type ExtractLine, extractLine, type Failure, type OutLine } from "../model/index.ts";
import { routeMarkers } from "../route/index.ts";
import { parseArguments } from "./arguments.ts";
import { crawl as crawlCommand } from "./crawl.ts";
import { type CrawlSpec, crawlSpec } from "./crawl-flags.ts";
import { crawlSession } from "./crawl-session.ts";
import type { Io } from "./io.ts";

export class MillraceError extends Error {
  override readonly name = "MillraceError";
  /** A code of the contract's table, or `usage` for options that are not allowed. */
  readonly code: Code | "usage";

  constructor(code: Code | "usage", message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

export interface CrawlOptions {
  /** URLs or hosts to begin with. */
  readonly urls: readonly string[];
  /** The data folder; made when it is not there. */
  readonly data: string;
  /** Whether pages are kept in the data folder (default), or only the frontier's state. */
  readonly store?: boolean;
  /** Further flags of the command `crawl`, as on its command line: ["--depth", "1", "--scope", "domain"]. */
  readonly flags?: readonly string[];
  /** Aborting it stops the crawl as `stop` does. */
  readonly signal?: AbortSignal;
}

export interface RunningCrawl extends AsyncIterable<OutLine> {
  /** Finishes what is under way; the iteration then ends, and the same options go on from here. */
  stop(): void;
}

/**
 * Starts when it is first iterated; leaving the loop stops it. One line for each URL that ended, at least once; the crawl goes no
 * faster than its lines are read. Throws MillraceError.
 */
export function crawl(options: CrawlOptions): RunningCrawl {
  const stop = new AbortController();
  return {
    stop: () => stop.abort(new Error("stopped")),
    [Symbol.asyncIterator]: () => linesOf(options, stop),
  };
}

async function* linesOf(options: CrawlOptions, stop: AbortController): AsyncGenerator<OutLine> {
  const { spec, config } = prepared(options);
  const signal = options.signal === undefined ? stop.signal : AbortSignal.any([stop.signal, options.signal]);
  const text = new PassThrough({ highWaterMark: 1 << 20 });
  const failed: { failure: Failure | null } = { failure: null };
  const session = crawlSession(spec, config, innerIo(text, signal, failed)).then(
    () => text.end(),
    (thrown: unknown) => text.destroy(thrown instanceof Error ? thrown : new Error(String(thrown))),
  );
  try {
    let rest = "";
    text.setEncoding("utf8");
    for await (const chunk of text) {
      const lines = (rest + String(chunk)).split("\n");
      rest = lines.pop() ?? "";
      // Our own writer made them.
      for (const line of lines) yield JSON.parse(line) as OutLine;
    }
  } finally {
    stop.abort(new Error("nobody reads on"));
    text.resume();
    await session;
  }
  const { failure } = failed;
  if (failure !== null) throw new MillraceError(failure.code, failure.message, { cause: failure.cause });
}

function prepared({ urls, data, store = true, flags = [] }: CrawlOptions) {
  const kept = store ? [] : ["--no-store"];
  const words = ["--data", data, "--out", "-", "--quiet", ...kept, ...flags, "--", ...urls];
  const args = parseArguments(crawlCommand, words);
  if (!args.ok) throw new MillraceError("usage", args.error);
  // Parsed by the table of these very flags.
  const spec = crawlSpec(args.value as Parameters<typeof crawlSpec>[0], process.cwd());
  if (!spec.ok) throw new MillraceError("usage", spec.error);
  return { spec: spec.value, config: configFor(spec.value.settings) };
}

function configFor(flags: CrawlSpec["settings"]) {
  const loaded = loadConfig({ role: "standalone", files: [], flags, environment: {} });
  if (!loaded.ok) throw new MillraceError("usage", loaded.error);
  return loaded.value.config;
}

function innerIo(text: PassThrough, stop: AbortSignal, failed: { failure: Failure | null }): Io {
  return {
    stdin: Readable.from([]),
    stdout: text,
    stderr: new Writable({ write: (_chunk, _encoding, done) => done() }),
    clock: systemClock,
    cwd: process.cwd(),
    stop,
    verbose: false,
    print: (lines) => new Promise((resolve) => text.write(lines, () => resolve())),
    say: () => {},
    usage(line) {
      failed.failure ??= { code: "policy", message: line };
      return 2;
    },
    failure(failure) {
      failed.failure ??= failure;
      return 1;
    },
  };
}

/**
 * One page, as the command `extract` prints it; no PDF, which takes a thread. Text is taken as UTF-8, bytes by what they and
 * `contentType` declare. `schema` is the text of a schema (docs/schema.md).
 */
export function extract(
  html: string | Uint8Array,
  about: { readonly url?: string; readonly contentType?: string; readonly schema?: string } = {},
): ExtractLine {
  const isText = typeof html === "string";
  const contentType = about.contentType ?? (isText ? "text/html; charset=utf-8" : null);
  const config = configFor([]);
  const url = about.url ?? "about:blank";
  const schema = about.schema === undefined ? null : compileSchema(about.schema);
  if (schema?.ok === false) throw new MillraceError("policy", `schema: ${schema.error.message}`);
  const document = extractPage(
    {
      schema: schema?.value ?? null,
      url,
      body: isText ? new TextEncoder().encode(html) : html,
      headers: contentType === null ? [] : [["content-type", contentType]],
      truncated: false,
    },
    config.extract,
    routeMarkers(config.route),
  );
  if (!document.ok) throw new MillraceError(document.error.code, document.error.message);
  return extractLine(document.value, url);
}
