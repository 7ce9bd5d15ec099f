// A flat scan of XML as strangers write it: start tags, end tags and text, in order, from chunks of any size. No tree, no
// stack, no entities but the five and numeric ones (so nothing outside is ever read), no well-formedness: a parser that
// stops at the first error would lose the rest of a sitemap.

export interface XmlEvents {
  /** `attributes` is the raw text after the name. `isEmpty` for `<x/>`. */
  open(name: string, attributes: string, isEmpty: boolean): void;
  close(name: string): void;
  /** Decoded; may come in pieces. */
  text(text: string): void;
}

/** A start tag longer than this is skipped. */
const TAG_LENGTH_MAX = 65_536;
/** An entity reference is never longer: text is held back by as much at the end of a chunk. */
const ENTITY_LENGTH_MAX = 12;

type State = "content" | "comment" | "cdata" | "instruction" | "declaration" | "overlong";

const ENDS: Readonly<Record<Exclude<State, "content">, string>> = {
  comment: "-->",
  cdata: "]]>",
  instruction: "?>",
  declaration: ">",
  overlong: ">",
};

export class XmlScanner {
  readonly #events: XmlEvents;
  #pending = "";
  #state: State = "content";
  /** Inside `<!DOCTYPE … [ … ]>`: a ">" ends one declaration of the internal subset, not the whole. */
  #isInSubset = false;

  constructor(events: XmlEvents) {
    this.#events = events;
  }

  write(chunk: string): void {
    const text = this.#pending + chunk;
    this.#pending = "";
    let at = 0;
    while (at < text.length) {
      const next = this.#state === "content" ? this.#content(text, at) : this.#special(text, at, this.#state);
      if (next === at) break;
      at = next;
    }
    this.#pending = text.slice(at);
  }

  /** What is left over is text that ends without a tag, or a tag that never ends, which is dropped. */
  end(): void {
    if (this.#state === "content" && !this.#pending.startsWith("<"))
      this.#events.text(decodeEntities(this.#pending));
    if (this.#state === "cdata") this.#events.text(this.#pending);
    this.#pending = "";
  }

  /** Returns where to go on; the same place when more input is needed. */
  #content(text: string, at: number): number {
    if (text.charCodeAt(at) !== 0x3c) return this.#plain(text, at);
    if (text.length - at < 9 && "<![CDATA[".startsWith(text.slice(at)) && text.length - at < 9) return at;
    if (text.startsWith("<!--", at)) return this.#enter("comment", at + 4);
    if (text.startsWith("<![CDATA[", at)) return this.#enter("cdata", at + 9);
    if (text.startsWith("<?", at)) return this.#enter("instruction", at + 2);
    if (text.startsWith("<!", at)) return text.length - at < 4 ? at : this.#enter("declaration", at + 2);
    const second = text.charCodeAt(at + 1);
    if (Number.isNaN(second)) return at;
    if (second !== 0x2f && !isNameStart(second)) {
      this.#events.text("<"); // a stray "<" is text
      return at + 1;
    }
    return this.#tag(text, at);
  }

  #plain(text: string, at: number): number {
    const tagAt = text.indexOf("<", at);
    if (tagAt !== -1) {
      this.#events.text(decodeEntities(text.slice(at, tagAt)));
      return tagAt;
    }
    const ampersandAt = text.lastIndexOf("&");
    const mayBeCut =
      ampersandAt >= at &&
      text.length - ampersandAt < ENTITY_LENGTH_MAX &&
      text.indexOf(";", ampersandAt) === -1;
    const endAt = mayBeCut ? ampersandAt : text.length;
    if (endAt > at) this.#events.text(decodeEntities(text.slice(at, endAt)));
    return endAt;
  }

  #tag(text: string, at: number): number {
    const endAt = tagEnd(text, at + 1);
    if (endAt === -1) {
      if (text.length - at <= TAG_LENGTH_MAX) return at;
      this.#state = "overlong";
      return text.length;
    }
    if (text.charCodeAt(endAt) === 0x3c) {
      // "<loc <url>": the first tag was never closed; its name still counts.
      this.#emitTag(text.slice(at + 1, endAt));
      return endAt;
    }
    this.#emitTag(text.slice(at + 1, endAt));
    return endAt + 1;
  }

  #emitTag(inner: string): void {
    if (inner.startsWith("/")) {
      this.#events.close(inner.slice(1).trim());
      return;
    }
    const isEmpty = inner.endsWith("/");
    const body = isEmpty ? inner.slice(0, -1) : inner;
    let nameEnd = 0;
    while (nameEnd < body.length && !isBlank(body.charCodeAt(nameEnd)) && body.charCodeAt(nameEnd) !== 0x2f)
      nameEnd++;
    this.#events.open(body.slice(0, nameEnd), body.slice(nameEnd).trim(), isEmpty);
  }

  #enter(state: State, at: number): number {
    this.#state = state;
    return at;
  }

  #special(text: string, at: number, state: Exclude<State, "content">): number {
    const end = ENDS[state];
    const endAt = text.indexOf(end, at);
    if (state === "declaration") return this.#declaration(text, at, endAt);
    if (endAt === -1) {
      // All but what may be the beginning of the end mark is used up.
      const usedTo = Math.max(at, text.length - end.length + 1);
      if (state === "cdata" && usedTo > at) this.#events.text(text.slice(at, usedTo));
      return usedTo;
    }
    if (state === "cdata") this.#events.text(text.slice(at, endAt));
    this.#state = "content";
    return endAt + end.length;
  }

  #declaration(text: string, at: number, endAt: number): number {
    const subsetAt = text.indexOf("[", at);
    if (!this.#isInSubset && subsetAt !== -1 && (endAt === -1 || subsetAt < endAt)) {
      this.#isInSubset = true;
      return subsetAt + 1;
    }
    if (this.#isInSubset) {
      const closeAt = text.indexOf("]", at);
      if (closeAt === -1) return text.length;
      this.#isInSubset = false;
      return closeAt + 1;
    }
    if (endAt === -1) return text.length;
    this.#state = "content";
    return endAt + 1;
  }
}

/** Where a tag ends: at ">" outside quotes, or before the next "<" where quotes are open or ">" is missing; -1 for not yet. */
function tagEnd(text: string, fromAt: number): number {
  let quote = 0;
  for (let at = fromAt; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (quote !== 0) {
      if (char === quote) quote = 0;
    } else if (char === 0x22 || char === 0x27) {
      quote = char;
    } else if (char === 0x3e || char === 0x3c) return at;
    // A quote never closed would swallow the file: no attribute here spans a "<".
    if (quote !== 0 && char === 0x3c) return at;
  }
  return -1;
}

/** The value of an attribute in the raw text of a start tag, decoded; null where absent. */
export function attribute(attributes: string, name: string): string | null {
  const pattern = /([^\s=/]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+))/g;
  for (const [, key, double, single, bare] of attributes.matchAll(pattern)) {
    if (key?.toLowerCase() === name) return decodeEntities(double ?? single ?? bare ?? "");
  }
  return null;
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** The five entities of XML and numeric ones; any other "&" is left as it stands, as URLs with bare "&" need. */
function decodeEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(
    /&(?:(amp|lt|gt|quot|apos)|#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6}));/g,
    (whole, named, decimal, hex) => {
      if (typeof named === "string") return NAMED[named] ?? whole;
      const point = typeof decimal === "string" ? Number(decimal) : Number.parseInt(String(hex), 16);
      return point === 0 || point > 0x10ffff || (point >= 0xd800 && point <= 0xdfff)
        ? "\ufffd"
        : String.fromCodePoint(point);
    },
  );
}

const isBlank = (char: number): boolean => char === 0x20 || char === 0x09 || char === 0x0a || char === 0x0d;

const isNameStart = (char: number): boolean =>
  (char >= 0x61 && char <= 0x7a) ||
  (char >= 0x41 && char <= 0x5a) ||
  char === 0x5f ||
  char === 0x3a ||
  char >= 0x80;
