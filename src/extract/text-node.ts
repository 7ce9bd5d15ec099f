// A text of the light tree: where it stands on its page, read when someone asks for it, and what the scanner has seen of it. Knows no
// element.
import { isBlank } from "./blank.ts";
import type { PageSource } from "./page-source.ts";
import { PLAIN, type Seen } from "./scanner/scanner.ts";
import type { Node } from "./tree.ts";

export class Text {
  readonly kind = 3;
  /** The sibling behind it. */
  next: Node | null = null;
  /** Nothing but white space, no-break spaces included: most texts of a page part its tags. */
  blank: boolean;
  /** Filled by the survey where the text is shown: twice its length in letters, and how many commas and full stops it has. */
  letters = 0;
  sentences = 0;
  /** What the scanner saw of it: its bits, 0 for nothing; then as many characters, letters and stops as it counted. */
  seen = 0;
  seenChars = 0;
  seenLetters = 0;
  seenSentences = 0;
  /** White space made single, once someone asked (see visible-text.ts). */
  spaced: string | null = null;
  #data: string | null;
  #source: PageSource | null = null;
  /** Where it stands in its source, whose references are not undone there; -1 for a text that is more than that. */
  #from = -1;
  #to = -1;

  constructor(data: string, blank = isBlank(data, 0, data.length)) {
    this.#data = data;
    this.blank = blank;
  }

  /** As a new one, which stands there; or, with `data`, is more than what stands there. */
  renew(
    data: string | null,
    blank: boolean,
    source: PageSource,
    from: number,
    to: number,
    seen: Readonly<Seen>,
  ): void {
    this.next = null;
    this.blank = blank;
    this.letters = 0;
    this.sentences = 0;
    this.seen = seen.bits;
    this.seenChars = seen.chars;
    this.seenLetters = seen.letters;
    this.seenSentences = seen.sentences;
    this.spaced = null;
    this.#data = data;
    this.#source = source;
    this.#from = data === null ? from : -1;
    this.#to = to;
  }

  /** Holds nothing of its page in memory. */
  forget(): void {
    this.spaced = null;
    this.#data = null;
    this.#source = null;
  }

  get data(): string {
    this.#data ??= this.#read();
    return this.#data;
  }

  #read(): string {
    const source = this.#source;
    if (source === null) return "";
    return (this.seen & PLAIN) !== 0
      ? source.units.slice(this.#from, this.#to)
      : source.slice(this.#from, this.#to);
  }

  /** UTF-16 units. */
  get length(): number {
    if ((this.seen & PLAIN) !== 0) return this.#to - this.#from;
    if (this.#data !== null || this.#source === null) return this.data.length;
    return this.#source.length(this.#from, this.#to);
  }

  /** The page where the text stands as it is; null for a text that has been put together. */
  get source(): PageSource | null {
    return this.#from === -1 ? null : this.#source;
  }

  append(data: string, blank = isBlank(data, 0, data.length)): void {
    this.#data = this.data + data;
    this.#from = -1;
    this.seen = 0;
    this.blank &&= blank;
  }
}
