// One run over a text that is shown: its characters with white space collapsed, its letters, commas and full stops. Counts over the page's
// bytes where a text stands there as it is. Knows no tree.
import type { Text } from "./tree.ts";

/** A Han, Kana or Hangul character says as much as two and a half letters of an alphabet. */
const LETTER_WORTH = 2;
const DENSE_WORTH = 5;
const NBSP = 0xa0;
const NO_POINT = 0;

/** Of the text that `countText` was given last. */
export const counted = {
  /** Code points, a run of white space between two others being one. */
  chars: 0,
  /** Begins, ends with white space. */
  spaceBefore: false,
  spaceBehind: false,
};

/** Fills `counted`, and the text's own letters and sentences. The text is not blank. */
export function countText(text: Text): void {
  const { source } = text;
  if (source === null || !countBytes(source.bytes, text)) countUnits(text.data, text);
}

/** False where the bytes are no UTF-8. */
function countBytes(bytes: Uint8Array, text: Text): boolean {
  const { from, to } = text;
  let chars = 0;
  let words = 0;
  /** What letters are worth beyond `LETTER_WORTH` a character. */
  let more = 0;
  let sentences = 0;
  let space = true;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 32 || (byte >= 9 && byte <= 13)) {
      space = true;
      continue;
    }
    if (byte >= 0x80) {
      const point = pointAt(bytes, at, to);
      if (point === NO_POINT) return false;
      at += point < 0x800 ? 1 : point < 0x1_0000 ? 2 : 3;
      if (point === NBSP) {
        space = true;
        continue;
      }
      if (point >= 0x0600) {
        if (point >= 0x1_0000) more += LETTER_WORTH;
        else if (point >= 0x2e80 && isDense(point)) more += DENSE_WORTH - LETTER_WORTH;
        if (isStop(point)) sentences++;
      }
    } else if (byte === 44 || (byte === 46 && (at + 1 === to || (bytes[at + 1] ?? 0) <= 32))) sentences++;
    if (space) {
      words++;
      space = false;
    }
    chars++;
  }
  const first = bytes[from] ?? 0;
  counted.spaceBefore =
    first === 32 || (first >= 9 && first <= 13) || (first === 0xc2 && bytes[from + 1] === NBSP);
  counted.spaceBehind = space;
  counted.chars = Math.max(0, chars + words - 1);
  // A space counts once behind each word but one that ends the text.
  text.letters = LETTER_WORTH * (chars + (space ? words : words - 1)) + more;
  text.sentences = sentences;
  return true;
}

/** The character beyond ASCII that begins there; `NO_POINT` for what is none. */
function pointAt(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at] ?? 0;
  const size = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  if (lead < 0xc2 || lead > 0xf4 || at + size > to) return NO_POINT;
  const second = (bytes[at + 1] ?? 0) ^ 0x80;
  if (second > 0x3f) return NO_POINT;
  if (size === 2) return ((lead & 0x1f) << 6) | second;
  const third = (bytes[at + 2] ?? 0) ^ 0x80;
  if (third > 0x3f) return NO_POINT;
  if (size === 3) {
    const point = ((lead & 0x0f) << 12) | (second << 6) | third;
    return point < 0x800 || (point >= 0xd800 && point <= 0xdfff) ? NO_POINT : point;
  }
  const fourth = (bytes[at + 3] ?? 0) ^ 0x80;
  const point = ((lead & 0x07) << 18) | (second << 12) | (third << 6) | fourth;
  return fourth > 0x3f || point < 0x1_0000 || point > 0x10_ffff ? NO_POINT : point;
}

/** Commas and full stops of Arabic, Chinese and Japanese. */
function isStop(unit: number): boolean {
  return unit === 0x3001 || unit === 0xff0c || unit === 0x060c || unit === 0x3002;
}

function countUnits(data: string, text: Text): void {
  let chars = 0;
  let letters = 0;
  let sentences = 0;
  let space = true;
  let owed = false;
  for (let at = 0; at < data.length; at++) {
    const unit = data.charCodeAt(at);
    if (unit === 32 || (unit >= 9 && unit <= 13) || unit === 0xa0) {
      owed = true;
      if (!space) letters += LETTER_WORTH;
      space = true;
      continue;
    }
    space = false;
    if (owed) {
      owed = false;
      if (chars > 0) chars++;
    }
    if (unit < 0x0600) {
      chars++;
      letters += LETTER_WORTH;
      if (unit === 44 || (unit === 46 && !(data.charCodeAt(at + 1) > 32))) sentences++;
    } else {
      if (unit < 0xdc00 || unit > 0xdfff) chars++;
      letters += unit >= 0x2e80 && isDense(unit) ? DENSE_WORTH : LETTER_WORTH;
      if (isStop(unit)) sentences++;
    }
  }
  const first = data.charCodeAt(0);
  counted.spaceBefore = first === 32 || (first >= 9 && first <= 13) || first === 0xa0;
  counted.spaceBehind = space;
  counted.chars = chars;
  text.letters = letters;
  text.sentences = sentences;
}

/** Han, Kana and the like; Hangul, whose words have spaces but whose syllables are several letters each. */
function isDense(unit: number): boolean {
  return (
    (unit >= 0x3041 && unit <= 0x9fff) ||
    (unit >= 0xac00 && unit <= 0xd7a3) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}
