// Bytes of a page into text, as a browser would: byte order mark, then header, then what the page declares, then a guess, then the
// default; decoded by the Encoding Standard. Never fails: what is broken becomes U+FFFD. Knows nothing of content encodings.

import { isAscii } from "node:buffer";
import { TextDecoder as StandardDecoder } from "@exodus/bytes/encoding.js";
import { bufferOf } from "./bytes-at-hand.ts";
import { bomEncoding, contentType, utf16Declaration, xmlEncoding } from "./charset-declared.ts";
import { detect } from "./charset-detected.ts";
import { PRESCAN_BYTES, prescan } from "./charset-prescan.ts";
import { keepShape } from "./kept-shape.ts";

export interface Decoded {
  readonly text: string;
  /** The same text in UTF-8; may be broken where the text has U+FFFD. */
  readonly utf8: Uint8Array;
  /** The text's first 4,096 units. */
  readonly beginning: string;
  /** Encoding Standard name in lower case: "utf-8", "euc-kr", "windows-1252". */
  readonly charset: string;
  readonly charsetSource: "bom" | "header" | "meta" | "detected" | "default";
}

type Source = Decoded["charsetSource"];

/** A JavaScript string holds some 536 million units; what a longer body has beyond this is not read. */
const TEXT_BYTES_MAX = 500_000_000;

const BEGINNING_UNITS = 4_096;

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/**
 * Decodes with the encoding of that Standard name; the mark is taken off when it is the encoding's own. Node's decoders are used
 * for UTF-8 alone: Node 20–24 are wrong for EUC-KR (no windows-949 part), Shift_JIS, EUC-JP, Big5, ISO-2022-JP and, in 20, for
 * windows-1252, so every other encoding goes through @exodus/bytes. What is UTF-8 already becomes a text only where one is asked for.
 */
class DecodedBytes implements Decoded {
  readonly charset: string;
  readonly charsetSource: Decoded["charsetSource"];
  #text: string | null = null;
  #utf8: Uint8Array | null = null;

  constructor(bytes: Uint8Array, charset: string, charsetSource: Decoded["charsetSource"]) {
    this.charset = charset;
    this.charsetSource = charsetSource;
    const marked = bomEncoding(bytes) === charset;
    const body = marked ? bytes.subarray(charset === "utf-8" ? 3 : 2) : bytes;
    const wide = charset.startsWith("utf-16") || charset === "iso-2022-jp" || charset === "replacement";
    if (charset === "utf-8" || (!wide && isAscii(body))) this.#utf8 = body;
    else if (charset === "replacement") this.#text = bytes.length === 0 ? "" : "\ufffd";
    // Each call makes a decoder: a shared one would carry state from page to page.
    else this.#text = new StandardDecoder(charset, { ignoreBOM: true }).decode(body);
  }

  get text(): string {
    this.#text ??= isAscii(this.utf8) ? latin1(this.utf8) : utf8.decode(this.utf8);
    return this.#text;
  }

  get beginning(): string {
    // A unit takes three bytes at most.
    const text = this.#text ?? utf8.decode(this.utf8.subarray(0, 3 * (BEGINNING_UNITS + 1)));
    return text.slice(0, BEGINNING_UNITS);
  }

  get utf8(): Uint8Array {
    this.#utf8 ??= Buffer.from(this.#text ?? "", "utf8");
    return this.#utf8;
  }
}

function latin1(bytes: Uint8Array, bytesMax = bytes.length): string {
  return bufferOf(bytes).toString("latin1", 0, Math.min(bytes.length, bytesMax));
}

function done(bytes: Uint8Array, charset: string, charsetSource: Source): Decoded {
  const read = bytes.length > TEXT_BYTES_MAX ? bytes.subarray(0, TEXT_BYTES_MAX) : bytes;
  return new DecodedBytes(read, charset, charsetSource);
}

const isXml = (essence: string | null): boolean =>
  essence !== null && (essence.endsWith("+xml") || essence === "text/xml" || essence === "application/xml");
const isJson = (essence: string | null): boolean =>
  essence !== null &&
  (essence.endsWith("+json") || essence === "application/json" || essence === "text/json");

/**
 * A page's text. `contentTypeHeader` is the raw header (several joined by commas are allowed); XHTML is read by XML's rules, all else
 * by HTML's "encoding sniffing algorithm" (section 13.2.3.2). Labels nobody knows are passed over. An ASCII page that says nothing
 * is reported as utf-8 (source default); bytes beyond ASCII that resemble nothing are windows-1252.
 */
export function decodeHtml(bytes: Uint8Array, contentTypeHeader: string | null): Decoded {
  const { essence, encoding } = contentType(contentTypeHeader);
  if (isXml(essence)) return decodeXml(bytes, encoding);
  const bom = bomEncoding(bytes);
  if (bom !== null) return done(bytes, bom, "bom");
  if (encoding !== null) return done(bytes, encoding, "header");
  const declared = metaEncoding(bytes);
  if (declared !== null) return done(bytes, declared, "meta");
  return guessed(bytes);
}

/** Text that is not HTML: JSON is UTF-8 (RFC 8259, section 8.1), XML says it in its declaration, plain text by header or guess. */
export function decodeText(bytes: Uint8Array, contentTypeHeader: string | null): Decoded {
  const { essence, encoding } = contentType(contentTypeHeader);
  const bom = bomEncoding(bytes);
  if (bom !== null) return done(bytes, bom, "bom");
  if (isJson(essence)) return done(bytes, "utf-8", "default");
  if (isXml(essence)) return decodeXml(bytes, encoding);
  if (encoding !== null) return done(bytes, encoding, "header");
  const declared = xmlDeclared(bytes);
  return declared === null ? guessed(bytes) : done(bytes, declared, "meta");
}

function xmlDeclared(bytes: Uint8Array): string | null {
  const head = latin1(bytes, PRESCAN_BYTES);
  return utf16Declaration(head) ?? xmlEncoding(head);
}

/** XML without a word about it is UTF-8; only where its bytes cannot be that is it read as a browser reads HTML. */
function decodeXml(bytes: Uint8Array, encoding: string | null): Decoded {
  const bom = bomEncoding(bytes);
  if (bom !== null) return done(bytes, bom, "bom");
  if (encoding !== null) return done(bytes, encoding, "header");
  const declared = xmlDeclared(bytes);
  if (declared !== null) return done(bytes, declared, "meta");
  const found = detect(bytes);
  if (found === null || found === "utf-8") return done(bytes, "utf-8", "default");
  const meta = metaEncoding(bytes);
  return meta === null ? done(bytes, found, "detected") : done(bytes, meta, "meta");
}

function metaEncoding(bytes: Uint8Array): string | null {
  return prescan(latin1(bytes, PRESCAN_BYTES), (bytesMax) => latin1(bytes, bytesMax));
}

function guessed(bytes: Uint8Array): Decoded {
  const found = detect(bytes);
  if (found !== null) return done(bytes, found, "detected");
  return done(bytes, isAscii(bytes) ? "utf-8" : "windows-1252", "default");
}

keepShape(new DecodedBytes(new Uint8Array(), "utf-8", "default"));
