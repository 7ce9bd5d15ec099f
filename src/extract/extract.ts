// One page, from the bytes received to a Document: content codings undone, charset found, then by kind of body. Pure: no I/O, no
// clock; the same input gives the same Document. What fails is a Failure; no page makes it throw.

import { hash } from "node:crypto";
import { assert, err, inflateBody, ok, type Result } from "../base/index.ts";
import type { DeclaredFields, Document, Failure, Headers, RouteMarker } from "../model/index.ts";
import { bufferOf } from "./bytes-at-hand.ts";
import { type Decoded, decodeHtml, decodeText } from "./charset.ts";
import { documentOfHtml } from "./extract-html.ts";
import { documentOfJson, documentOfText } from "./extract-text.ts";
import { documentOfXml } from "./extract-xml.ts";
import { keepShape } from "./kept-shape.ts";
import { type BodyKind, bodyKind, isPdf, isPlainlyHtml, mediaType } from "./media-type.ts";
import type { ExtractOptions } from "./options.ts";
import { withPageNodes } from "./page-nodes.ts";
import type { Schema } from "./schema/declaration.ts";

export interface ExtractInput {
  /** Absolute URL of the body, the base of its references. */
  readonly url: string;
  /** As received, still content-encoded. */
  readonly body: Uint8Array;
  /** Response fields, names in lower case; only those of `EXTRACT_HEADERS` are read. */
  readonly headers: Headers;
  /** The body ended before its announced length. */
  readonly truncated: boolean;
  /** Fields to look for (see docs/schema.md); none where it is left out. */
  readonly schema?: Schema | null;
}

export const EXTRACT_HEADERS: ReadonlySet<string> = new Set([
  "content-type",
  "content-encoding",
  "content-language",
  "link",
  "refresh",
  "x-robots-tag",
]);

/** What every kind of document starts from. */
export interface Body {
  readonly url: string;
  readonly text: string;
  /** The same in UTF-8. */
  readonly utf8: Uint8Array;
  readonly charset: string;
  readonly charsetSource: Document["charsetSource"];
  readonly contentType: string;
  readonly headers: Headers;
  readonly decodedBytes: number;
  readonly signature: string;
  readonly truncated: boolean;
  readonly schema: Schema | null;
}

type BodyText = Pick<Decoded, "text" | "utf8" | "charset" | "charsetSource">;

/** Its text, and the same in UTF-8, are made where they are asked for. No text holds NUL, and no database takes it. */
class OpenedBody implements Body {
  readonly url: string;
  readonly charset: string;
  readonly charsetSource: Document["charsetSource"];
  readonly contentType: string;
  readonly headers: Headers;
  readonly decodedBytes: number;
  readonly signature: string;
  readonly truncated: boolean;
  readonly schema: Schema | null;
  readonly #decoded: BodyText;
  readonly #holdsNul: boolean;

  constructor({ bytes, type, truncated }: Opened, input: ExtractInput, decoded: BodyText) {
    this.url = input.url;
    this.charset = decoded.charset;
    this.charsetSource = decoded.charsetSource;
    this.contentType = type;
    this.headers = input.headers;
    this.decodedBytes = bytes.byteLength;
    this.signature = hash("sha256", bytes, "hex");
    this.truncated = truncated;
    this.schema = input.schema ?? null;
    this.#decoded = decoded;
    // Looked for among the bytes, where it is found faster.
    this.#holdsNul = bufferOf(decoded.utf8).includes(0);
  }

  get text(): string {
    const { text } = this.#decoded;
    return this.#holdsNul ? text.replaceAll("\u0000", "") : text;
  }

  get utf8(): Uint8Array {
    const { utf8 } = this.#decoded;
    return this.#holdsNul ? utf8.filter((byte) => byte !== 0) : utf8;
  }
}

/** Of a body whose text is found otherwise. */
const NO_TEXT: BodyText = { text: "", utf8: new Uint8Array(), charset: "utf-8", charsetSource: "default" };

/** A body with its content codings undone. */
interface Opened {
  readonly bytes: Uint8Array;
  /** Content-Type as it came, and its essence. */
  readonly contentType: string | null;
  readonly type: string;
  readonly truncated: boolean;
}

/** A page of any kind but PDF, which takes a thread: `extractAny`. */
export function extract(
  input: ExtractInput,
  options: ExtractOptions,
  markers: readonly RouteMarker[],
): Result<Document, Failure> {
  const opened = open(input, options);
  if (!opened.ok) return opened;
  if (isPdf(opened.value.bytes))
    return err({ code: "unsupported_type", message: "a PDF is read in a thread only" });
  return extractOpened(opened.value, input, options, markers);
}

/** A page of any kind. What reads a PDF is loaded with the first one. */
export async function extractAny(
  input: ExtractInput,
  options: ExtractOptions,
  markers: readonly RouteMarker[],
): Promise<Result<Document, Failure>> {
  const opened = open(input, options);
  if (!opened.ok) return opened;
  const { bytes } = opened.value;
  if (!isPdf(bytes)) return extractOpened(opened.value, input, options, markers);
  const body = new OpenedBody(opened.value, input, NO_TEXT);
  const { documentOfPdf } = await import("./pdf/pdf-document.ts");
  // The library takes its bytes over; those that came uncoded are the caller's.
  return documentOfPdf(body, new Uint8Array(bytes), options);
}

function open(input: ExtractInput, options: ExtractOptions): Result<Opened, Failure> {
  const field = (name: string): string | null => {
    let joined: string | null = null;
    for (const [key, value] of input.headers)
      if (key === name) joined = joined === null ? value : `${joined}, ${value}`;
    return joined;
  };
  const inflated = inflateBody(input.body, field("content-encoding"), {
    outputBytesMax: options.inflatedBytesMax,
    encodingsMax: options.encodingsMax,
  });
  if (!inflated.ok) return err({ code: inflated.error.code, message: inflated.error.message });
  const contentType = field("content-type");
  return ok({
    bytes: bufferOf(inflated.value.bytes),
    contentType,
    type: mediaType(contentType),
    truncated: input.truncated || inflated.value.truncated,
  });
}

function extractOpened(
  opened: Opened,
  input: ExtractInput,
  options: ExtractOptions,
  markers: readonly RouteMarker[],
): Result<Document, Failure> {
  const { bytes, contentType, type } = opened;
  const markup = type === "" || type.includes("html") || type.includes("xml");
  const decoded = markup ? decodeHtml(bytes, contentType) : decodeText(bytes, contentType);
  const kind = isPlainlyHtml(type, decoded.utf8) ? "html" : bodyKind(type, decoded.beginning);
  if (kind === "binary") {
    return err({ code: "unsupported_type", message: `not a text: ${type === "" ? "unknown type" : type}` });
  }
  const body = new OpenedBody(opened, input, decoded);
  return withPageNodes(() => documentOf(kind, body, options, markers));
}

function documentOf(
  kind: Exclude<BodyKind, "binary">,
  body: Body,
  options: ExtractOptions,
  markers: readonly RouteMarker[],
): Result<Document, Failure> {
  switch (kind) {
    case "html":
      return ok(documentOfHtml(body, options, markers, false));
    case "xhtml":
      return ok(documentOfHtml(body, options, markers, true));
    case "xml":
      return ok(documentOfXml(body, options));
    case "json":
      return ok(documentOfJson(body, options, markers));
    case "text":
      return ok(documentOfText(body, options));
  }
}

/** The fields alone of one page, from its bytes; for whoever wants no document. Fails as `extract` does. */
export function applySchema(
  schema: Schema,
  input: Omit<ExtractInput, "schema">,
  options: ExtractOptions,
): Result<DeclaredFields, Failure> {
  const extracted = extract({ ...input, schema }, { ...options, html: false }, []);
  if (!extracted.ok) return extracted;
  const { fields } = extracted.value;
  assert(fields !== null, "a schema was given and no fields were looked for");
  return ok(fields);
}

keepShape(
  new OpenedBody(
    { bytes: new Uint8Array(), contentType: null, type: "", truncated: false },
    { url: "", body: new Uint8Array(), headers: [], truncated: false },
    NO_TEXT,
  ),
);
