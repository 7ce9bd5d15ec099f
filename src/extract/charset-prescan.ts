// What the metas of a page say about its encoding: the HTML Standard's prescan (section 13.2.3.2). Looks at bytes only; decodes nothing and guesses
// nothing.
import { encodingOf, utf16Declaration, xmlEncoding } from "./charset-declared.ts";
import { keepShape } from "./kept-shape.ts";

/** "Algorithm for extracting a character encoding from a meta element": `text/html; charset=euc-kr`. */
function encodingInContent(content: string): string | null {
  const lower = content.toLowerCase();
  for (let at = lower.indexOf("charset"); at >= 0; at = lower.indexOf("charset", at)) {
    at += 7;
    while (isSpace(content.charCodeAt(at))) at++;
    if (content[at] !== "=") continue;
    do at++;
    while (isSpace(content.charCodeAt(at)));
    const quote = content[at];
    if (quote === '"' || quote === "'") {
      const end = content.indexOf(quote, at + 1);
      return end < 0 ? null : encodingOf(content.slice(at + 1, end));
    }
    return encodingOf(/^[^\t\n\f\r ;]*/.exec(content.slice(at))?.[0] ?? "");
  }
  return null;
}

const isSpace = (code: number): boolean =>
  code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09 || code === 0x0c;
const isLetter = (code: number): boolean => (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);

const SLASH = 0x2f;
const EQUALS = 0x3d;
const GREATER = 0x3e;

/** Elements whose content is not markup; the tree builder would not see a meta inside them. */
const rawText = /^(?:script|style|title|textarea|xmp|iframe|noembed|noframes|template)$/;

/** How many bytes the Standard looks at. */
export const PRESCAN_BYTES = 1_024;

/** How far a late meta is looked for where those name none: near at first, where nearly all of them stand. */
const LATE_BYTES = [4_096, 65_536];

/**
 * The prescan. Within `start`, the first 1024 bytes, it is the Standard's to the letter. Beyond (where `head` is longer) it stands for the
 * tree builder's "change the encoding", which heeds a later meta while the encoding is only a guess: raw text is then passed over.
 * `head` gives the page's first bytes, so many at most.
 */
export function prescan(start: string, head: (bytesMax: number) => string): string | null {
  const declared = utf16Declaration(start);
  if (declared !== null) return declared;
  const early = new Prescanner(start, false).run() ?? xmlEncoding(start);
  if (early !== null) return early;
  let before = start;
  let asked = PRESCAN_BYTES;
  for (const bytesMax of LATE_BYTES) {
    const more = before.length < asked ? before : head(bytesMax);
    if (more.length === before.length) return null;
    // What a part says the whole says too: a tag that is cut off says nothing.
    const scanner = new Prescanner(more, true);
    const found = scanner.mayAnswer() ? scanner.run() : null;
    if (found !== null) return found;
    before = more;
    asked = bytesMax;
  }
  return null;
}

/** The word that no answer goes without, and what begins the tag that holds it. */
const charset = /charset/gi;
const metaTag = /<meta[\t\n\f\r /]/gi;

class Prescanner {
  private readonly text: string;
  private readonly treeLike: boolean;
  private at = 0;
  /** The same in lower case, once it is asked for. */
  private lowered: string | null = null;
  /** Where the word stands next that no answer goes without. */
  private ahead = -1;
  /** The attribute that `advance` went past. */
  private nameFrom = 0;
  private nameTo = 0;
  private valueFrom = 0;
  private valueTo = 0;

  constructor(text: string, treeLike: boolean) {
    this.text = text;
    this.treeLike = treeLike;
  }

  /** Whether what looks like a meta anywhere would answer, were it one: `run` takes much longer, and most long texts hold none. */
  mayAnswer(): boolean {
    metaTag.lastIndex = 0;
    while (metaTag.test(this.text)) {
      this.at = metaTag.lastIndex - 1;
      if (this.ahead < this.at && !this.lookAhead()) return false;
      if (this.meta() === null) continue;
      this.at = 0;
      this.ahead = -1;
      return true;
    }
    return false;
  }

  run(): string | null {
    const { text } = this;
    for (;;) {
      if (this.ahead < this.at && !this.lookAhead()) return null;
      const open = text.indexOf("<", this.at);
      if (open < 0) return null;
      this.at = open;
      const next = text.charCodeAt(open + 1);
      if (text.startsWith("<!--", open)) {
        // The dashes that open the comment may be those that close it: `<!-->`.
        if (!this.advancePast("-->", open + 2)) return null;
      } else if (this.metaFollows(open)) {
        this.at = open + 5;
        const found = this.meta();
        if (found !== null) return found;
        this.at++;
      } else if (isLetter(next) || (next === 0x2f && isLetter(text.charCodeAt(open + 2)))) {
        if (!this.tag(open, next === 0x2f)) return null;
      } else if (next === 0x21 || next === 0x2f || next === 0x3f) {
        if (!this.advancePast(">", open + 1)) return null;
      } else this.at++;
    }
  }

  private get lower(): string {
    this.lowered ??= this.text.toLowerCase();
    return this.lowered;
  }

  private lookAhead(): boolean {
    charset.lastIndex = this.at;
    this.ahead = charset.exec(this.text)?.index ?? -1;
    return this.ahead >= 0;
  }

  private advancePast(what: string, from: number): boolean {
    const found = this.text.indexOf(what, from);
    this.at = found + what.length;
    return found >= 0;
  }

  private metaFollows(open: number): boolean {
    if (this.text.slice(open + 1, open + 5).toLowerCase() !== "meta") return false;
    const after = this.text.charCodeAt(open + 5);
    return isSpace(after) || after === 0x2f;
  }

  private tag(open: number, end: boolean): boolean {
    let at = open + 1;
    while (at < this.text.length && !isSpace(this.text.charCodeAt(at)) && this.text[at] !== ">") at++;
    this.at = at;
    while (this.advance());
    if (this.treeLike && !end) {
      const name = this.text
        .slice(open + 1, at)
        .replace(/\/$/, "")
        .toLowerCase();
      if (rawText.test(name)) {
        const close = `</${name}`;
        let found = this.lower.indexOf(close, this.at);
        while (found !== -1 && !endsName(this.lower.charCodeAt(found + close.length)))
          found = this.lower.indexOf(close, found + 1);
        if (found === -1) return false;
        this.at = found;
        return true;
      }
    }
    this.at++;
    return this.at < this.text.length;
  }

  private meta(): string | null {
    const from = this.at;
    while (this.advance());
    // The word does not stand in it.
    if (this.ahead >= this.at) return null;
    this.at = from;
    const seen = new Set<string>();
    let pragma = false;
    let needsPragma: boolean | null = null;
    // undefined: nothing said yet; null: a label nobody knows, which a later `content` does not mend.
    let charset: string | null | undefined;
    while (this.advance()) {
      const name = this.text.slice(this.nameFrom, this.nameTo).toLowerCase();
      const value = this.text.slice(this.valueFrom, this.valueTo).toLowerCase();
      if (seen.has(name)) continue;
      seen.add(name);
      if (name === "http-equiv") pragma ||= value === "content-type";
      else if (name === "charset") {
        charset = encodingOf(value);
        needsPragma = false;
      } else if (name === "content" && charset === undefined) {
        const encoding = encodingInContent(value);
        if (encoding !== null) {
          charset = encoding;
          needsPragma = true;
        }
      }
    }
    // The tag must have ended within what was read: running out of bytes ends the prescan without an answer.
    if (this.at >= this.text.length || needsPragma === null || (needsPragma && !pragma)) return null;
    if (charset === "utf-16le" || charset === "utf-16be") return "utf-8";
    return charset === "x-user-defined" ? "windows-1252" : (charset ?? null);
  }

  /** "Get an attribute": past the next one; false at the tag's end (left on its `>`) or at the end of bytes. */
  private advance(): boolean {
    const { text } = this;
    let at = this.at;
    while (isSpace(text.charCodeAt(at)) || text.charCodeAt(at) === SLASH) at++;
    this.at = at;
    if (at >= text.length || text.charCodeAt(at) === GREATER) return false;
    this.nameFrom = at;
    // A leading "=" belongs to the name.
    for (at++; at < text.length; at++) {
      const unit = text.charCodeAt(at);
      if (isSpace(unit) || unit === EQUALS || unit === SLASH || unit === GREATER) break;
    }
    this.nameTo = at;
    this.valueFrom = at;
    this.valueTo = at;
    while (isSpace(text.charCodeAt(at))) at++;
    if (text.charCodeAt(at) !== EQUALS) {
      this.at = at;
      return at < text.length;
    }
    do at++;
    while (isSpace(text.charCodeAt(at)));
    const quote = text[at];
    if (quote === '"' || quote === "'") {
      const end = text.indexOf(quote, at + 1);
      this.at = end < 0 ? text.length : end + 1;
      this.valueFrom = at + 1;
      this.valueTo = end;
      return end >= 0;
    }
    this.valueFrom = at;
    while (at < text.length && !isSpace(text.charCodeAt(at)) && text.charCodeAt(at) !== GREATER) at++;
    this.valueTo = at;
    this.at = at;
    return at < text.length;
  }
}

const endsName = (code: number): boolean => isSpace(code) || code === SLASH || code === GREATER;

keepShape(new Prescanner("", false));
