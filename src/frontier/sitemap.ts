// Sitemaps as streams: urlset, sitemapindex, plain text, RSS and Atom, whatever is valid of them, in constant memory. It
// yields what it finds and what is wrong; scope, cross-host rules and how deep indexes may nest are for others to say.
import { inflateStream } from "../base/index.ts";
import type { Code } from "../model/index.ts";
import { parseLastmod } from "./lastmod.ts";
import { attribute, XmlScanner } from "./xml-scan.ts";

export interface SitemapOptions {
  /** Entries yielded from one file; sitemaps.org allows 50,000. */
  readonly entriesMax: number;
  /** Bytes after inflating; sitemaps.org allows 50 MiB. */
  readonly inflatedBytesMax: number;
  /** Longest loc, characters. */
  readonly locLengthMax: number;
  /** Problems yielded one by one; the rest is counted in a last one. */
  readonly problemsMax: number;
  /** Codings that may be stacked. */
  readonly encodingsMax: number;
}

export const SITEMAP_DEFAULTS: SitemapOptions = {
  entriesMax: 50_000,
  inflatedBytesMax: 64 << 20,
  locLengthMax: 8192,
  problemsMax: 20,
  encodingsMax: 4,
};

export type SitemapItem =
  /** A page. `loc` is an absolute http(s) URL, `lastmodMs` milliseconds since 1970 or null where absent or unreadable. */
  | { readonly kind: "url"; readonly loc: string; readonly lastmodMs: number | null }
  /** A further sitemap, named by an index. */
  | { readonly kind: "sitemap"; readonly loc: string; readonly lastmodMs: number | null }
  | { readonly kind: "problem"; readonly code: Code; readonly message: string };

/**
 * Reads one sitemap. `chunks` are the bytes as they came, `contentEncoding` the header's value; gzip and zstd are told by
 * their first bytes too. Throws only what the source throws.
 */
export async function* readSitemap(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  sitemapUrl: string,
  contentEncoding: string | null,
  options: SitemapOptions,
): AsyncGenerator<SitemapItem, void, undefined> {
  const reader = new SitemapReader(sitemapUrl, options);
  let decoder: InstanceType<typeof TextDecoder> | null = null;
  const plain = inflateStream(chunks, {
    contentEncoding,
    sniff: true,
    outputBytesMax: options.inflatedBytesMax,
    encodingsMax: options.encodingsMax,
  });
  for await (const chunk of plain) {
    if (!chunk.ok) {
      // What came before is whole entries and perhaps a part of one, which the end of the file must not complete.
      yield* reader.take();
      yield { kind: "problem", code: chunk.error.code, message: `sitemap: ${chunk.error.message}` };
      yield* reader.finish(false);
      return;
    }
    decoder ??= new TextDecoder(charsetOf(chunk.value));
    for (let at = 0; at < chunk.value.length; at += SLICE_BYTES) {
      reader.push(decoder.decode(chunk.value.subarray(at, at + SLICE_BYTES), { stream: true }));
      yield* reader.take();
      if (reader.isDone) {
        yield* reader.finish(true);
        return;
      }
    }
  }
  if (decoder !== null) reader.push(decoder.decode());
  yield* reader.finish(true);
}

const SLICE_BYTES = 65_536;

/** A BOM, else zero bytes, else the XML declaration, else UTF-8; an unknown label counts as none. */
function charsetOf(head: Uint8Array): string {
  const [first, second] = head;
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  if (first === 0x3c && second === 0) return "utf-16le";
  if (first === 0 && second === 0x3c) return "utf-16be";
  const declared = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]{1,40})["']/.exec(
    Buffer.from(head.subarray(0, 300)).toString("latin1"),
  )?.[1];
  if (declared === undefined || /^utf-?16/i.test(declared)) return "utf-8";
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    return "utf-8";
  }
}

type Family = "sitemap" | "feed" | "atom";
interface Entry {
  readonly kind: "url" | "sitemap";
  loc: string | null;
  lastmod: string | null;
}

/** Elements whose text is wanted. */
const TEXT_ELEMENTS = new Set([
  "loc",
  "lastmod",
  "link",
  "guid",
  "pubdate",
  "date",
  "updated",
  "published",
  "modified",
]);
const ENTRY_ELEMENTS = new Set(["url", "sitemap", "item", "entry"]);
const LINE_LENGTH_MAX = 65_536;

/** Takes text, gives items. Decides at the first character between XML and plain text. */
class SitemapReader {
  readonly #base: string;
  readonly #options: SitemapOptions;
  readonly #xml: XmlScanner;
  #form: "unknown" | "xml" | "text" = "unknown";
  #family: Family | null = null;
  #isIndex = false;
  #rootPrefix = "";
  #rootSeen = false;
  #entry: Entry | null = null;
  #textOf: string | null = null;
  #text = "";
  #guid: string | null = null;
  #line = "";
  #items: SitemapItem[] = [];
  #entries = 0;
  #problems = 0;
  #isDone = false;

  constructor(base: string, options: SitemapOptions) {
    this.#base = base;
    this.#options = options;
    this.#xml = new XmlScanner({
      open: (name, attributes, isEmpty) => this.#open(name, attributes, isEmpty),
      close: (name) => this.#close(name),
      text: (text) => this.#addText(text),
    });
  }

  /** True when nothing further is wanted. */
  get isDone(): boolean {
    return this.#isDone;
  }

  push(text: string): void {
    let from = text;
    if (this.#form === "unknown") {
      from = (this.#line + text).trimStart();
      this.#line = "";
      if (from === "") return;
      this.#form = from.startsWith("<") ? "xml" : "text";
    }
    if (this.#isDone) return;
    if (this.#form === "xml") this.#xml.write(from);
    else this.#pushLines(from);
  }

  take(): readonly SitemapItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }

  /** `isWhole` false: the file broke off, so text still open may be half a URL and is left out. */
  finish(isWhole: boolean): readonly SitemapItem[] {
    if (!this.#isDone) {
      if (this.#form === "text" && isWhole) this.#textLine(this.#line);
      if (this.#form === "xml") {
        this.#xml.end();
        if (isWhole) this.#endText();
        this.#flush();
      }
      if (this.#form === "unknown") this.#problem("parse", "sitemap is empty");
      else if (this.#form === "xml" && this.#family === null && this.#entries === 0) {
        this.#problem("parse", "no sitemap: neither urlset, sitemapindex, rss nor feed");
      }
    }
    if (this.#problems > this.#options.problemsMax) {
      const further = this.#problems - this.#options.problemsMax;
      this.#items.push({ kind: "problem", code: "parse", message: `sitemap: ${further} further problems` });
      this.#problems = 0;
    }
    return this.take();
  }

  #pushLines(text: string): void {
    const lines = (this.#line + text).split(/\r\n|\r|\n/);
    this.#line = lines.pop() ?? "";
    if (this.#line.length > LINE_LENGTH_MAX) this.#line = this.#line.slice(0, LINE_LENGTH_MAX);
    for (const line of lines) this.#textLine(line);
  }

  #textLine(line: string): void {
    const loc = line.trim();
    if (loc === "" || loc.startsWith("#")) return;
    // A text sitemap holds full URLs; resolving prose against the base would make pages of it.
    if (/^https?:\/\//i.test(loc)) this.#emit("url", loc, null);
    else this.#problem("parse", `no URL: ${shown(loc)}`);
  }

  #open(qualified: string, attributes: string, isEmpty: boolean): void {
    this.#endText();
    const { prefix, local } = split(qualified);
    if (!this.#rootSeen) this.#root(prefix, local);
    // image:loc, video:…, xhtml:link belong to extensions; the root's own prefix is the sitemap's. RSS dates carry dc:.
    const isOwn = prefix === "" || prefix === this.#rootPrefix || (local === "date" && this.#entry !== null);
    if (!isOwn || this.#isDone) return;
    if (ENTRY_ELEMENTS.has(local)) {
      this.#flush();
      this.#entry = { kind: local === "sitemap" ? "sitemap" : "url", loc: null, lastmod: null };
    } else if (local === "link" && attributes !== "" && this.#entry !== null && this.#family !== "sitemap") {
      this.#atomLink(attributes);
    }
    if (!isEmpty && TEXT_ELEMENTS.has(local)) {
      this.#textOf = local;
      this.#text = "";
    }
  }

  #root(prefix: string, local: string): void {
    this.#rootSeen = true;
    this.#rootPrefix = prefix;
    if (local === "html") {
      this.#problem("parse", "no sitemap but an HTML page");
      this.#isDone = true;
    }
    this.#isIndex = local === "sitemapindex";
    if (local === "urlset" || local === "sitemapindex") this.#family = "sitemap";
    else if (local === "rss" || local === "rdf" || local === "channel") this.#family = "feed";
    else if (local === "feed") this.#family = "atom";
  }

  /** RFC 4287 section 4.2.7: the page is the link without rel or with rel="alternate"; the first one counts. */
  #atomLink(attributes: string): void {
    const href = attribute(attributes, "href");
    const rel = attribute(attributes, "rel") ?? "alternate";
    if (this.#entry !== null && this.#entry.loc === null && href !== null && rel === "alternate")
      this.#entry.loc = href;
  }

  #close(qualified: string): void {
    this.#endText();
    const { prefix, local } = split(qualified);
    if ((prefix === "" || prefix === this.#rootPrefix) && ENTRY_ELEMENTS.has(local)) this.#flush();
  }

  #addText(text: string): void {
    if (this.#textOf === null) return;
    if (this.#text.length <= this.#options.locLengthMax) this.#text += text;
  }

  /** The text of an element is over: at its end tag, or at whatever tag comes where that is missing. */
  #endText(): void {
    const element = this.#textOf;
    if (element === null) return;
    this.#textOf = null;
    const text = this.#text.trim();
    this.#text = "";
    if (element === "loc") this.#loc(text);
    else if (this.#entry === null || text === "") return;
    else if (element === "link") this.#entry.loc ??= text;
    else if (element === "guid") this.#guid ??= /^https?:\/\//i.test(text) ? text : null;
    else this.#entry.lastmod ??= text;
  }

  #loc(text: string): void {
    // Without its own start tag an entry begins at its loc.
    if (this.#entry === null || this.#entry.loc !== null) {
      this.#flush();
      this.#entry = { kind: this.#isIndex ? "sitemap" : "url", loc: null, lastmod: null };
    }
    this.#entry.loc = text;
  }

  #flush(): void {
    const entry = this.#entry;
    const guid = this.#guid;
    this.#entry = null;
    this.#guid = null;
    if (entry === null || this.#isDone) return;
    const loc = entry.loc ?? guid;
    if (loc === null || loc === "") this.#problem("parse", `${entry.kind} without loc`);
    else this.#emit(entry.kind, loc, entry.lastmod);
  }

  #emit(kind: "url" | "sitemap", written: string, lastmod: string | null): void {
    if (this.#isDone) return;
    const { entriesMax, locLengthMax } = this.#options;
    if (this.#entries >= entriesMax) {
      this.#isDone = true;
      this.#problems = Math.min(this.#problems, this.#options.problemsMax);
      this.#items.push({
        kind: "problem",
        code: "budget",
        message: `sitemap has more than ${entriesMax} entries; the rest is left out`,
      });
      return;
    }
    if (written.length > locLengthMax) {
      this.#problem("policy", `loc longer than ${locLengthMax} characters: ${shown(written)}`);
      return;
    }
    const url = URL.parse(written, this.#base);
    if (url === null) this.#problem("parse", `no URL: ${shown(written)}`);
    else if (url.protocol !== "http:" && url.protocol !== "https:")
      this.#problem("policy", `scheme is not crawled: ${shown(written)}`);
    else {
      this.#entries++;
      this.#items.push({ kind, loc: url.href, lastmodMs: parseLastmod(lastmod) });
    }
  }

  #problem(code: Code, message: string): void {
    this.#problems++;
    if (this.#problems <= this.#options.problemsMax)
      this.#items.push({ kind: "problem", code, message: `sitemap: ${message}` });
  }
}

function split(qualified: string): { prefix: string; local: string } {
  const lower = qualified.toLowerCase();
  const colonAt = lower.indexOf(":");
  return colonAt === -1
    ? { prefix: "", local: lower }
    : { prefix: lower.slice(0, colonAt), local: lower.slice(colonAt + 1) };
}

const shown = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
