// A PDF to a Document: its text in reading order with headings, what it says of itself, its links. Where a page's kind of document has no
// counterpart (images, structured data) there is none.
import { ok, type Result } from "../../base/index.ts";
import type { Document, Failure, Link } from "../../model/index.ts";
import { resolve, withoutFragment } from "../addresses.ts";
import { isoDate } from "../dates.ts";
import type { Body } from "../extract.ts";
import { emptyDocument } from "../extract-text.ts";
import { escapeLineStart, escapeText } from "../markdown-escapes.ts";
import type { ExtractOptions } from "../options.ts";
import { withRecord } from "../plain-record.ts";
import { withFields } from "../schema/with-fields.ts";
import { collapse, cutAt } from "../visible-text.ts";
import { type Block, blocksOf } from "./pdf-blocks.ts";
import { linesOf } from "./pdf-lines.ts";
import { readPdf } from "./read-pdf.ts";

/** `body.text` is empty; `bytes` are taken over. */
export async function documentOfPdf(
  body: Body,
  bytes: Uint8Array,
  options: ExtractOptions,
): Promise<Result<Document, Failure>> {
  const read = await readPdf(bytes, {
    pagesMax: options.pdfPagesMax,
    charsMax: options.pdfCharsMax,
    bufferBytesMax: options.pdfBufferBytesMax,
    allocatedBytesMax: options.pdfAllocatedBytesMax,
    linksMax: options.linksMax,
  });
  if (!read.ok) return read;
  const { info, pages, links, cut } = read.value;
  const blocks = blocksOf(linesOf(pages));
  const text = blocks.map((block) => (block.kind === "item" ? `- ${block.text}` : block.text)).join("\n\n");
  const empty = emptyDocument(body, options, text);
  const headings = blocks.filter(({ kind }) => kind === "heading");
  const language = info.language?.trim() ?? "";
  const document: Document = {
    ...empty,
    title: titleOf(info.title) ?? cutOrNull(headings[0]?.text ?? null),
    description: cutOrNull(info.subject),
    lang: /^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/.test(language) ? language : empty.lang,
    author: cutOrNull(info.author),
    publishedAt: dateOf(info.created),
    modifiedAt: dateOf(info.modified),
    contentType: "application/pdf",
    headings: headings
      .slice(0, options.headingsMax)
      .map(({ level, text: said }) => ({ level, text: cutAt(said, 1_000) })),
    links: linksOf(links, body.url),
    markdown: markdownOf(blocks),
    html: options.html ? htmlOf(blocks) : "",
    truncated: body.truncated || cut,
  };
  return ok(withFields(withRecord(document, "meta"), body, options, null));
}

const FIELD_CHARS_MAX = 1_000;

function cutOrNull(said: string | null): string | null {
  const text =
    said === null ? "" : cutAt(collapse(said.slice(0, 10_000).replaceAll("\u0000", "")), FIELD_CHARS_MAX);
  return text === "" ? null : text;
}

/** What programs write where nobody named the document is no title. */
function titleOf(said: string | null): string | null {
  const title = cutOrNull(said);
  if (title === null) return null;
  if (
    /^(?:untitled|microsoft (?:word|powerpoint|excel)\b.*|.{0,200}\.(?:docx?|pptx?|xlsx?|odt|tex|dvi|indd|qxd|pdf|rtf|txt))$/i.test(
      title,
    )
  )
    return null;
  return title;
}

/** D:YYYYMMDDHHmmSSOHH'mm', as exact as it is given (ISO 32000, 7.9.4). */
export function dateOf(said: string | null): string | null {
  if (said === null) return null;
  const match =
    /^(?:D:)?(\d{4})(\d{2})?(\d{2})?(?:(\d{2})(\d{2})(\d{2})?(?:(Z)|([+-])(\d{2})'?(\d{2})?'?)?)?/.exec(
      said.trim(),
    );
  if (match === null) return isoDate(said);
  const [, year, month, day, hour, minute, second, utc, sign, zoneHours, zoneMinutes] = match;
  const date = [year, month, day].filter((part) => part !== undefined).join("-");
  if (day === undefined || hour === undefined) return isoDate(date);
  const zone =
    utc !== undefined ? "Z" : sign === undefined ? "" : `${sign}${zoneHours}:${zoneMinutes ?? "00"}`;
  return isoDate(`${date}T${hour}:${minute}${second === undefined ? "" : `:${second}`}${zone}`);
}

function linksOf(found: readonly { readonly url: string; readonly text: string }[], base: string): Link[] {
  const links = new Map<string, Link>();
  for (const { url, text } of found) {
    const absolute = resolve(url, base);
    if (absolute === null) continue;
    const bare = withoutFragment(absolute);
    if (!links.has(bare)) links.set(bare, { url: bare, text, rel: [], role: "content" });
  }
  return [...links.values()];
}

function markdownOf(blocks: readonly Block[]): string {
  let out = "";
  let before: Block["kind"] | null = null;
  for (const { kind, level, text } of blocks) {
    const safe = escapeText(text);
    const line =
      kind === "heading"
        ? `${"#".repeat(level)} ${safe}`
        : kind === "item"
          ? `- ${safe}`
          : escapeLineStart(safe);
    out += out === "" ? line : `${kind === "item" && before === "item" ? "\n" : "\n\n"}${line}`;
    before = kind;
  }
  return out;
}

function htmlOf(blocks: readonly Block[]): string {
  const escaped = (text: string): string =>
    text.replace(/[&<>]/g, (char) => (char === "&" ? "&amp;" : char === "<" ? "&lt;" : "&gt;"));
  return blocks
    .map(({ kind, level, text }) => {
      const name = kind === "heading" ? `h${level}` : kind === "item" ? "li" : "p";
      return `<${name}>${escaped(text)}</${name}>`;
    })
    .join("\n")
    .replace(/(?:<li>.*<\/li>\n?)+/g, (items) => `<ul>\n${items.trimEnd()}\n</ul>\n`)
    .trimEnd();
}
