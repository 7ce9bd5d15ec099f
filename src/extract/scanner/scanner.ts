// The compiled scanner and its memory: the page is laid into it, the rows of its tree are read out of it (see scanner.as and rows.as, whose layout
// row-layout.ts follows). Knows no meaning of any tag.
import type { z } from "zod";
import { marksOf } from "../attribute-marks.ts";
import { compiledModule, instanceOf } from "../compiled-module.ts";
import { kindsOf, TEXT_MODES } from "../element-kinds.ts";
import { usualNames } from "../names.ts";
import type { PageSource } from "../page-source.ts";
import type { ScriptLiterals } from "../script-literals.ts";
import { Spellings, type SpellingsMemory } from "../spelling.ts";
import { Weights } from "../weights.ts";
import { exportsSchema } from "./exports.ts";

export interface ScanLimits {
  /** Attributes kept of one tag. */
  readonly attributesMax: number;
  /** Deepest nesting kept; deeper elements become siblings at the limit, as in browsers. */
  readonly depthMax: number;
  /** Elements and texts kept; the rest of the page is left unread. */
  readonly nodesMax: number;
}

export interface Scanned {
  /** The rows of the html, the head and the body element. */
  readonly html: number;
  readonly head: number;
  readonly body: number;
  /** The page was not read to its end: it has more nodes than are kept. */
  readonly cut: boolean;
}

/** What a page is read to: its tree; or, for tests, its tags and texts as they come, as outside or inside of SVG. */
export type Scanning = "tree" | "flat" | "flat, foreign";
const SCANNINGS: readonly Scanning[] = ["tree", "flat", "flat, foreign"];

/** How the text inside of an element is read, in the numbers of scanner.as. */
const MODES: readonly string[] = ["markup", "raw", "references", "script", "plain"];
/** Beside them: the line end behind the tag is no part of the text. */
const SKIPS_LINE_END = 8;

/** Looked at beyond the page's end. */
const PADDING_BYTES = 64;
const MEMORY_PAGE_BYTES = 65_536;
/** A page is laid before the rows, which begin at the same place for nearly all pages. */
const USUAL_PAGE_BYTES_MAX = 2_097_152;

/** What the scanner asks of the rows that it surveys. */
export interface SurveyedRows {
  /** The element's attributes hide what it holds. */
  hides(row: number): boolean;
  /** Fills what is counted of a text; answers its characters. */
  count(row: number): number;
  /** UTF-16 units of a text. */
  dataLength(row: number): number;
}

/** What the scanner asks of the rows that it weighs. */
export interface WeighedRows {
  /** The page says of itself what its text is. */
  readonly hasSayings: boolean;
  /** What the element's attributes say of it: the bits below. */
  mainBits(row: number): number;
  /** What the block says itself is what the page says. */
  isSaid(row: number): boolean;
}

/** It is the page's main part; it is its declared body. */
export const IS_MAIN_PART = 1;
export const IS_DECLARED = 2;

/** What sets parts of a page apart: nothing, the tags of elements, their names and tags. */
export const STRICTNESSES = ["none", "tags", "names"] as const;
export type Strictness = (typeof STRICTNESSES)[number];

/** What the scanner asks of the rows that it sets apart. */
export interface JudgedRows {
  /** Bits of boilerplate.ts. */
  naming(row: number): number;
  /** The element may be marked as the page's content. */
  mark(row: number): void;
}

/** What markers a survey is to look for itself (see watch.as). */
export interface Watch {
  /** For each usual name, by its number: 0, or 1 where its elements are looked at, or from 2 on which word their attributes must hold. */
  readonly names: Uint8Array;
  /** These words, and which sketches the attributes' names have. */
  readonly words: Uint8Array;
  /** Every element that bears attributes is looked at. */
  readonly all: boolean;
}

export interface Surveyed {
  /** Characters shown, and those of them in links. */
  readonly visibleLength: number;
  readonly linkLength: number;
  /** UTF-16 units of text that is hidden, and of text for those without scripts. */
  readonly hiddenLength: number;
  readonly noscriptLength: number;
  readonly hasMath: boolean;
  /** From there on rows to look at, each with its bits, up to `to`. */
  readonly from: number;
  readonly to: number;
}

/** Of a target, behind its slot, which is an index in `numbers`: where it stands, below 0 what does not stand on the page; and for links.ts a number, 0 at first. */
export const TARGET_FROM = 1;
export const TARGET_TO = 2;
export const TARGET_PLACE = 3;
/** Bits of a link: it leads nowhere new; it says in which language, of which type what it leads to is. */
export const NOWHERE = 1;
export const LANGUAGE = 2;
export const TYPED = 4;
/** Two bits: one more than its place (link-place.ts), 0 where that is not told. */
export const PLACE_SHIFT = 3;
export const SLOT_SHIFT = 5;
const HOST_BYTES_MAX = 256;

/** Bits of a row to look at: where it stands. */
export const IN_HEAD = 1;
export const NOT_SHOWN = 2;
/** What of it is to be looked at: what it is; whether it is what the watch is for; what its attributes say. */
export const GATHERED = 4;
export const MARKED = 8;
export const BEARING = 16;

/** Of the start of a line; may be said of one that has none. */
export const LINE_HAS_DIGIT = 0x1000000;

let code: object | null = null;

export class Scanner implements SpellingsMemory {
  readonly #wasm: z.infer<typeof exportsSchema>;
  readonly #pageAt: number;
  readonly #usualRowsAt: number;
  #rowsAt: number;
  #rows: Int32Array;
  /** The same memory. */
  #doubles: Float64Array;
  #source: PageSource | null = null;
  #surveyed: SurveyedRows | null = null;
  #weighed: WeighedRows | null = null;
  #judged: JudgedRows | null = null;
  #watch: Watch | null = null;
  #literals: ScriptLiterals | null = null;
  #host = "";
  numbers: Int32Array;
  bytes: Buffer;
  readonly setsAt: number;
  readonly slotsAt: number;
  readonly writtenAt: number;
  /** Of what stands in class and id of the pages it reads. */
  readonly spellings: Spellings;

  constructor() {
    code ??= compiledModule(new URL("./scanner.wasm", import.meta.url));
    const page = {
      isWhite: (from: number, to: number, inHead: number) => (this.#isWhite(from, to, inHead !== 0) ? 1 : 0),
      hides: (row: number) => (this.#surveyed?.hides(row) === true ? 1 : 0),
      count: (row: number) => this.#surveyed?.count(row) ?? 0,
      length: (row: number) => this.#surveyed?.dataLength(row) ?? 0,
      mainBits: (row: number) => this.#weighed?.mainBits(row) ?? 0,
      isSaid: (row: number) => (this.#weighed?.isSaid(row) === true ? 1 : 0),
      naming: (row: number) => this.#judged?.naming(row) ?? 0,
      mark: (row: number) => {
        this.#judged?.mark(row);
        return 0;
      },
    };
    this.#wasm = instanceOf(code, { page }, exportsSchema);
    const { memory, pageAt, setsAt, slotsAt, writtenAt } = this.#wasm;
    this.#pageAt = pageAt();
    this.setsAt = setsAt();
    this.slotsAt = slotsAt();
    this.writtenAt = writtenAt();
    this.#usualRowsAt = rowsBehind(this.#pageAt + USUAL_PAGE_BYTES_MAX);
    this.#rowsAt = this.#usualRowsAt;
    this.numbers = new Int32Array(memory.buffer);
    this.bytes = Buffer.from(memory.buffer);
    this.#rows = new Int32Array(memory.buffer, this.#rowsAt);
    this.#doubles = new Float64Array(memory.buffer, this.#rowsAt);
    this.spellings = new Spellings(this);
    for (const name of usualNames) this.#add(name);
  }

  #add(name: string): void {
    const { addName, lettersAt } = this.#wasm;
    this.bytes.write(name, lettersAt(), "latin1");
    const skips = name === "pre" || name === "listing" || name === "textarea" ? SKIPS_LINE_END : 0;
    const mode = MODES.indexOf(TEXT_MODES.get(name) ?? "markup");
    addName(name.length, marksOf(name), mode | skips, kindsOf(name));
  }

  get memoryBytes(): number {
    return this.bytes.length;
  }

  /** Of the page that was read last, until the next: the row `n` begins at the index `n`. */
  get rows(): Int32Array {
    return this.#rows;
  }

  /** A copy of as many of them as there are. */
  copiedRows(): Int32Array {
    return this.#rows.slice(0, this.#wasm.rowsEnd());
  }

  /** `spells`: what stands in class and id gets its numbers, which hold until the next page. */
  scan(
    source: PageSource,
    limits: ScanLimits,
    xhtml: boolean,
    spells: boolean,
    to: Scanning = "tree",
  ): Scanned {
    const wasm = this.#wasm;
    const { length } = source.bytes;
    const rowsAt =
      length <= USUAL_PAGE_BYTES_MAX ? this.#usualRowsAt : rowsBehind(this.#pageAt + length + PADDING_BYTES);
    const missing = rowsAt + MEMORY_PAGE_BYTES - this.bytes.length;
    if (missing > 0) wasm.memory.grow(Math.ceil(missing / MEMORY_PAGE_BYTES));
    this.#renewViews(rowsAt);
    this.bytes.set(source.bytes, this.#pageAt);
    this.#source = source;
    const { attributesMax, depthMax, nodesMax } = limits;
    const flat = SCANNINGS.indexOf(to);
    const isWhole = wasm.parse(length, rowsAt, attributesMax, depthMax, nodesMax, xhtml, spells, flat) !== 0;
    this.#source = null;
    this.#renewViews(rowsAt);
    return {
      html: wasm.htmlRow(),
      head: wasm.headRow(),
      body: wasm.bodyRow(),
      cut: !isWhole || wasm.isCut() !== 0,
    };
  }

  /** UTF-16 units between two offsets on the page that was read last, line ends normalised; -1 where that is no UTF-8. */
  units(from: number, to: number): number {
    return this.#wasm.units(this.#pageAt + from, this.#pageAt + to);
  }

  /** Which of the literals stand between two offsets on the page that was read last: a bit for each, in their own order. */
  literalsIn(literals: ScriptLiterals, from: number, to: number): number {
    if (literals !== this.#literals) {
      this.bytes.set(literals.table, this.#wasm.literalsAt());
      this.#literals = literals;
    }
    return this.#wasm.literalsIn(this.#pageAt + from, this.#pageAt + to);
  }

  /** Of the page that was read last. */
  survey(rows: SurveyedRows, watch: Watch): Surveyed {
    const wasm = this.#wasm;
    if (watch !== this.#watch) {
      this.bytes.set(watch.names, wasm.watchedAt());
      this.bytes.set(watch.words, wasm.watchWordsAt());
      this.spellings.forgetPlain();
      this.#watch = watch;
    }
    this.#surveyed = rows;
    const from = wasm.survey(watch.all);
    this.#surveyed = null;
    return {
      visibleLength: wasm.visibleLength(),
      linkLength: wasm.linkLength(),
      hiddenLength: wasm.hiddenLength(),
      noscriptLength: wasm.noscriptLength(),
      hasMath: wasm.hasMath() !== 0,
      from,
      to: wasm.rowsEnd(),
    };
  }

  /** Of the page that was read last and surveyed: weighs all that is shown below the row. Until the next weighing rows tell their weights. */
  weigh(row: number, rows: WeighedRows): Weights {
    this.#weighed = rows;
    this.#wasm.weigh(row, rows.hasSayings);
    this.#weighed = null;
    return new Weights(this.#rows, this.#doubles, this.#wasm.mainRow());
  }

  /** Of what was weighed last, below the row: what is apart bears the bit, its mass is taken out of all that holds it. */
  setApart(row: number, strictness: Strictness, bit: number, rows: JudgedRows): void {
    this.#judged = rows;
    this.#wasm.setApart(row, STRICTNESSES.indexOf(strictness), bit);
    this.#judged = null;
  }

  /** For the links told from now on: none was told before; the URLs on the page's own host begin with `host`. Without it none is told. */
  openTargets(host: string): void {
    const isShort = host.length <= HOST_BYTES_MAX;
    if (isShort && host !== this.#host) {
      this.bytes.write(host, this.#wasm.hostAt(), "latin1");
      this.#host = host;
    }
    this.#wasm.openTargets(isShort ? host.length : 0);
  }

  /** Bits of an element with an address, above them its place and the slot of its target (targets.as), which is 0 where it takes the parser to tell. */
  link(row: number): number {
    return this.#wasm.link(row);
  }

  /** The slot of a target that was made here; 0 where it has none. */
  targetSlot(target: string): number {
    const at = this.#wasm.targetAt(target.length);
    if (at === 0) return 0;
    this.bytes.write(target, at, "latin1");
    return this.#wasm.writtenTarget(target.length);
  }

  /** A target that does not stand on the page: its offsets are below 0. */
  written(from: number, to: number): string {
    return this.bytes.toString("latin1", this.#pageAt + from, this.#pageAt + to);
  }

  /**
   * What the line of text in an element begins with, of the page that was read last and surveyed: three bytes, the first one lowest, as far as it
   * has so many. Where it begins with a letter or digit it may be asked for LINE_HAS_DIGIT. -1 where it takes the text itself to tell.
   */
  lineStart(row: number, asksForDigit: boolean): number {
    return this.#wasm.lineStart(row, asksForDigit);
  }

  /** The memory grows while a page is laid into it and while it is read; views of it are then void. */
  #renewViews(rowsAt: number): void {
    const grown = this.bytes.length === 0;
    if (!grown && rowsAt === this.#rowsAt) return;
    const { buffer } = this.#wasm.memory;
    this.numbers = new Int32Array(buffer);
    this.bytes = Buffer.from(buffer);
    this.#rowsAt = rowsAt;
    this.#rows = new Int32Array(buffer, rowsAt);
    this.#doubles = new Float64Array(buffer, rowsAt);
  }

  /** What the scanner asks of texts with references: whether they are white space; in a head a no-break space is none, a byte order mark is. */
  #isWhite(from: number, to: number, inHead: boolean): boolean {
    const text = this.#source?.text(from, to, false) ?? "";
    return inHead ? !/[^ \t\n\f\r\ufeff]/.test(text) : !/[^ \t\n\f\r\u00a0]/.test(text);
  }
}

function rowsBehind(at: number): number {
  return Math.ceil((at + PADDING_BYTES) / 16) * 16;
}
