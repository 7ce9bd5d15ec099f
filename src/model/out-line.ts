// The public shape of a page: the keys of an `--out` line and of the `extract` command, in their fixed order. The only place where the
// model's names become the contract's.
import type { Failure } from "./codes.ts";
import type { DeclaredFields } from "./declared-fields.ts";
import type { Document } from "./document.ts";
import { header, type Page } from "./page.ts";
import type { EndedPage } from "./processed.ts";

/** What is known of a fetch beside its document. */
interface FetchFields {
  readonly url: string;
  readonly final_url: string;
  readonly outcome: "stored" | "failed" | "skipped" | null;
  readonly status: number | null;
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly lane: "fast" | "rich" | null;
  readonly lane_wanted: "fast" | "rich" | null;
  readonly score: number | null;
  readonly content_type: string | null;
  readonly charset: string | null;
  readonly bytes: number | null;
  readonly fetched_at: string | null;
  readonly elapsed_ms: number | null;
  readonly depth: number | null;
  readonly protocol: "h2" | "http/1.1" | null;
  readonly attempts: number | null;
}

/** A link as it is written: roles are `content navigation pagination alternate canonical feed`. */
export interface OutLink {
  readonly url: string;
  readonly text: string;
  readonly rel: readonly string[];
  readonly role: string;
}

export interface OutLine extends FetchFields {
  readonly title: string | null;
  readonly description: string | null;
  readonly lang: string | null;
  readonly canonical: string | null;
  readonly author: string | null;
  readonly published_at: string | null;
  readonly site_name: string | null;
  readonly text_length: number | null;
  readonly markdown: string | null;
  /** Each target once, absolute, fragment dropped. Null where there is no document. */
  readonly links: readonly OutLink[] | null;
  readonly structured: {
    readonly json_ld: Document["jsonLd"];
    readonly open_graph: Document["openGraph"];
    readonly microdata: Document["microdata"];
    /** All of it, and the page's metas, merged into one typed record. */
    readonly record: Document["record"];
  } | null;
  /** Values of the declared fields (`--schema`). It and what stands with it are there only with one. */
  readonly fields?: DeclaredFields["values"] | null;
  readonly field_sources?: DeclaredFields["sources"];
  readonly missing_fields?: DeclaredFields["missing"];
  readonly field_problems?: DeclaredFields["problems"];
}

export interface ExtractLine extends OutLine {
  /** Main text. */
  readonly text: string | null;
  /** Main content as HTML. */
  readonly html: string | null;
  readonly headings: Document["headings"];
  readonly images: Document["images"];
  readonly feeds: Document["feeds"];
  readonly open_graph: Document["openGraph"];
  readonly json_ld: Document["jsonLd"];
  readonly microdata: Document["microdata"];
  readonly noindex: boolean;
  readonly simhash: string | null;
  /** Values of the declared fields (`--schema`); null without a schema. What stands with them is there only with one. */
  readonly fields: DeclaredFields["values"] | null;
}

/** The media type as rows and tables have it: no parameters, lower case. Null where the answer names none. */
function declaredType(page: Page | null): string | null {
  const declared = page === null ? null : header(page.headers, "content-type");
  const type = declared?.split(",").at(-1)?.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[^\s/]+\/[^\s/]+$/.test(type) ? type : null;
}

/** One line of `--out` for a URL that ended. `bytes` are those of the body as it came. */
export function outLine(ended: EndedPage): OutLine {
  const { report, page, document, verdict } = ended;
  const { request } = report;
  const fetchedAtMs = report.fetchedAtMs ?? page?.fetchedAtMs ?? null;
  return {
    url: request.url,
    final_url: report.finalUrl,
    outcome: report.outcome,
    status: report.status,
    error: report.code === null ? null : { code: report.code, message: report.message ?? "" },
    lane: verdict?.lane ?? report.lane,
    lane_wanted: verdict?.wanted ?? null,
    score: verdict?.score ?? null,
    content_type: document?.contentType ?? declaredType(page),
    charset: document?.charset ?? null,
    bytes: page?.body.byteLength ?? null,
    fetched_at: fetchedAtMs === null ? null : new Date(fetchedAtMs).toISOString(),
    elapsed_ms: page === null ? null : Math.round(page.elapsedMs),
    depth: request.depth,
    protocol: page?.protocol ?? null,
    attempts: request.attempt,
    ...documentFields(document),
    ...(document === null ? {} : declaredFields(document)),
  };
}

/** What a line tells beside its own keys, to those who name it. */
export interface NamedFields {
  /** Null where too few pages of the host were known when the page ended, and where there is no document. */
  readonly repeated_share: number | null;
}

export const namedFields = ({ document }: EndedPage): NamedFields => ({
  repeated_share: document?.statistics.repeatedShare ?? null,
});

/** What `extract` prints for a local page: the keys of `--out`, those that only a fetch knows null, and the whole Document. */
export function extractLine(document: Document, url: string): ExtractLine {
  return {
    ...localFields(url),
    content_type: document.contentType,
    charset: document.charset,
    bytes: document.decodedBytes,
    ...documentFields(document),
    text: document.text,
    html: document.html,
    headings: document.headings,
    images: document.images,
    feeds: document.feeds,
    open_graph: document.openGraph,
    json_ld: document.jsonLd,
    microdata: document.microdata,
    noindex: document.robots.noindex,
    simhash: document.simhash,
    fields: null,
    ...declaredFields(document),
  };
}

function declaredFields({ fields }: Document): Partial<ExtractLine> {
  if (fields === null) return {};
  return {
    fields: fields.values,
    field_sources: fields.sources,
    missing_fields: fields.missing,
    field_problems: fields.problems,
  };
}

/** The same keys for a page that could not be extracted. */
export function extractFailureLine(failure: Failure, url: string): ExtractLine {
  return {
    ...localFields(url),
    outcome: "failed",
    error: { code: failure.code, message: failure.message },
    ...documentFields(null),
    text: null,
    html: null,
    headings: [],
    images: [],
    feeds: [],
    open_graph: {},
    json_ld: [],
    microdata: [],
    noindex: false,
    simhash: null,
    fields: null,
  };
}

function localFields(url: string): FetchFields {
  return {
    url,
    final_url: url,
    outcome: null,
    status: null,
    error: null,
    lane: null,
    lane_wanted: null,
    score: null,
    content_type: null,
    charset: null,
    bytes: null,
    fetched_at: null,
    elapsed_ms: null,
    depth: null,
    protocol: null,
    attempts: null,
  };
}

type DeclaredKeys = "fields" | "field_sources" | "missing_fields" | "field_problems";

function documentFields(document: Document | null): Omit<OutLine, keyof FetchFields | DeclaredKeys> {
  return {
    title: document?.title ?? null,
    description: document?.description ?? null,
    lang: document?.lang ?? null,
    canonical: document?.canonical ?? null,
    author: document?.author ?? null,
    published_at: document?.publishedAt ?? null,
    site_name: document?.siteName ?? null,
    text_length: document?.statistics.textLength ?? null,
    markdown: document?.markdown ?? null,
    links: document?.links.map(({ url, text, rel, role }) => ({ url, text, rel, role })) ?? null,
    structured:
      document === null
        ? null
        : {
            json_ld: document.jsonLd,
            open_graph: document.openGraph,
            microdata: document.microdata,
            record: document.record,
          },
  };
}
