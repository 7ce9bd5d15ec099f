// What kind of text a body is, by its declared type and, where that lies or is missing, by how the text begins.

export type BodyKind = "html" | "xhtml" | "xml" | "json" | "text" | "binary";

/** The last header and what it says: a site's pages all bear the same. */
let lastHeader: string | null = null;
let lastType = "";

/** Type and subtype in lower case without parameters, of the last field where several were joined; "" when malformed. */
export function mediaType(contentType: string | null): string {
  if (contentType !== lastHeader) {
    lastType = typeIn(contentType);
    lastHeader = contentType;
  }
  return lastType;
}

function typeIn(contentType: string | null): string {
  const essence = (contentType ?? "").split(",").at(-1)?.split(";")[0]?.trim().toLowerCase() ?? "";
  return /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+$/.test(essence) ? essence : "";
}

/** White space or a byte order mark may stand before the signature (MIME Sniffing, section 6.1: none of it). */
const PDF_LEAD_BYTES_MAX = 16;
const PERCENT = 37;
const LESS_THAN = 60;

/** By its first bytes, whatever its type: no text begins so. */
export function isPdf(bytes: Uint8Array): boolean {
  // As nearly every body begins.
  if (bytes[0] === LESS_THAN) return false;
  const lead = bytes.subarray(0, PDF_LEAD_BYTES_MAX);
  if (!lead.includes(PERCENT)) return false;
  const head = Buffer.from(lead).toString("latin1");
  return /^(?:\xef\xbb\xbf)?\s*%PDF-/.test(head);
}

/** Most pages are declared as HTML and begin as such: with a doctype or `<html`. Whatever else is left to be looked at as text. */
export function isPlainlyHtml(type: string, utf8: Uint8Array): boolean {
  if (type !== "text/html") return false;
  let at = 0;
  while (isSpace(utf8[at])) at++;
  if (utf8[at] !== LESS_THAN) return false;
  const start = String.fromCharCode(utf8[at + 1] ?? 0, utf8[at + 2] ?? 0).toLowerCase();
  return start === "!d" || start === "ht";
}

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || (byte !== undefined && byte >= 0x09 && byte <= 0x0d);

/** `head` is the beginning of the decoded text, at least 1,000 characters where the body has them. */
export function bodyKind(type: string, head: string): BodyKind {
  const start = afterComments(head.slice(0, 4_000));
  const declared = declaredKind(type);
  if (declared === "binary") return "binary";
  if (declared === null && looksBinary(head)) return "binary";
  if (declared === "html" || declared === null) {
    if (
      /^(?:<\?xml[^>]*>\s*)?(?:<!--.{0,500}?-->\s*)*<(?:rss|feed|rdf:rdf|sitemapindex|urlset)[\s>]/is.test(
        start,
      )
    )
      return "xml";
    if (declared === "html") return /^[[{]/.test(start) ? "json" : "html";
    if (/^<\?xml/i.test(start)) return /<html[\s>]/i.test(head.slice(0, 2_000)) ? "xhtml" : "xml";
    if (/^(?:\{\s*["}]|\[\s*[[{"\d\]])/.test(start)) return "json";
    return /^<[!a-z]/i.test(start) || /<(?:html|head|body|p|div|a|br|title)[\s>]/i.test(head.slice(0, 2_000))
      ? "html"
      : "text";
  }
  if (declared === "text" && /^<(?:!doctype\s+html|html)[\s>]/i.test(start)) return "html";
  return declared;
}

function declaredKind(type: string): BodyKind | null {
  switch (type) {
    case "text/html":
      return "html";
    case "application/xhtml+xml":
      return "xhtml";
    case "":
    case "application/octet-stream":
    case "application/x-unknown-content-type":
    case "unknown/unknown":
      return null;
    case "application/javascript":
    case "application/ecmascript":
    case "application/x-javascript":
    case "application/x-sh":
    case "application/sql":
    case "application/x-yaml":
    case "application/yaml":
    case "application/toml":
      return "text";
  }
  if (type.endsWith("/xml") || type.endsWith("+xml")) return "xml";
  if (type.endsWith("/json") || type.endsWith("+json") || type === "application/x-ndjson") return "json";
  return type.startsWith("text/") ? "text" : "binary";
}

/** What follows byte order mark, white space and comments; a comment may also stand behind an XML declaration. */
function afterComments(head: string): string {
  let start = head.replace(/^[\ufeff\s]+/, "");
  const declaration = /^<\?xml[^>]*>\s*/i.exec(start)?.[0] ?? "";
  start = start.slice(declaration.length);
  while (start.startsWith("<!--")) {
    const end = start.indexOf("-->", 4);
    if (end === -1) return start;
    start = start.slice(end + 3).trimStart();
  }
  return declaration + start;
}

/** Control characters that no text has (the binary data bytes of the MIME Sniffing standard). */
function looksBinary(head: string): boolean {
  return /[\u0000-\u0008\u000b\u000e-\u001a\u001c-\u001f]/.test(head.slice(0, 1_445));
}
