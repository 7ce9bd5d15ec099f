// A CSV text as rows (RFC 4180), read as it comes: quoted fields may hold commas, quotes and line ends. A row that is none is
// told by its line and passed over. Knows no columns.
import { err, ok, type Result } from "../../base/index.ts";

export interface CsvRow {
  /** Where it begins, from 1. */
  readonly line: number;
  /** Or why it is none. */
  readonly fields: Result<readonly string[], string>;
}

/** Longer rows are passed over without being held. */
const ROW_CHARS_MAX = 65_536;

/** Pieces of text to rows; empty lines are left out. Holds one unfinished row. */
export async function* csvRows(pieces: AsyncIterable<string>): AsyncGenerator<CsvRow> {
  const reader = new RowReader();
  for await (const piece of pieces) yield* reader.push(piece);
  yield* reader.end();
}

class RowReader {
  #line = 1;
  #rowLine = 1;
  #row = "";
  #inQuotes = false;
  #isOverlong = false;
  #wasReturn = false;
  /** Nothing but blanks since the comma or the row's beginning: only here a quote opens. */
  #isFieldStart = true;
  /** The last sign closed quotes: one more quote is a quote of the text. */
  #hasJustClosed = false;

  *push(piece: string): Generator<CsvRow> {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      const sign = piece.charCodeAt(at);
      const isReturn = sign === 0x0d;
      const isNewline = sign === 0x0a;
      this.#look(sign);
      if (isNewline || isReturn) {
        const isSecondHalf = isNewline && this.#wasReturn;
        if (!isSecondHalf) this.#line++;
        if (!this.#inQuotes || this.#isOverlong) {
          this.#take(piece.slice(from, at));
          from = at + 1;
          if (isSecondHalf) this.#rowLine = this.#line;
          else yield* this.#finish();
        }
      }
      this.#wasReturn = isReturn;
    }
    this.#take(piece.slice(from));
  }

  #look(sign: number): void {
    const wasClosing = this.#hasJustClosed;
    this.#hasJustClosed = false;
    if (sign === 0x22) {
      if (this.#inQuotes) {
        this.#inQuotes = false;
        this.#hasJustClosed = true;
      } else this.#inQuotes = this.#isFieldStart || wasClosing;
      this.#isFieldStart = false;
    } else if (!this.#inQuotes) {
      const isBlank = sign === 0x20 || sign === 0x09;
      this.#isFieldStart = sign === 0x2c || sign === 0x0a || sign === 0x0d || (isBlank && this.#isFieldStart);
    }
  }

  *end(): Generator<CsvRow> {
    yield* this.#finish();
  }

  #take(text: string): void {
    if (this.#isOverlong) return;
    this.#row += text;
    if (this.#row.length <= ROW_CHARS_MAX) return;
    this.#row = "";
    this.#isOverlong = true;
    // Most likely a quote that was never closed: the rest is read line by line again.
    this.#inQuotes = false;
    this.#isFieldStart = false;
  }

  *#finish(): Generator<CsvRow> {
    const row = this.#row;
    const line = this.#rowLine;
    const isOverlong = this.#isOverlong;
    this.#row = "";
    this.#rowLine = this.#line;
    this.#isOverlong = false;
    if (isOverlong) yield { line, fields: err(`is longer than ${ROW_CHARS_MAX} characters`) };
    else if (row.trim() !== "") yield { line, fields: fieldsOf(row) };
    this.#inQuotes = false;
    this.#isFieldStart = true;
  }
}

const QUOTED = /\s*"((?:[^"]|"")*)"\s*(?:,|$)/y;
const PLAIN = /([^",]*)(?:,|$)/y;

function fieldsOf(row: string): Result<readonly string[], string> {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const found = matchAt(QUOTED, row, at) ?? matchAt(PLAIN, row, at);
    if (found === null) return err("has a quote in the wrong place");
    const [whole, text = ""] = found;
    fields.push(whole.trimStart().startsWith('"') ? text.replaceAll('""', '"') : text.trim());
    at += whole.length;
    if (!whole.endsWith(",")) return ok(fields);
  }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
