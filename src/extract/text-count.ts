// One run over a text that is shown: its characters with white space collapsed, its letters, commas and full stops. Counts over the page's
// bytes as long as they are ASCII, which is a third of the price. Knows no tree.
import type { Text } from "./tree.ts";

/** A Han, Kana or Hangul character says as much as two and a half letters of an alphabet. */
const LETTER_WORTH = 2;
const DENSE_WORTH = 5;

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

/** False for what is not ASCII alone. */
function countBytes(bytes: Uint8Array, text: Text): boolean {
  const { from, to } = text;
  let chars = 0;
  let words = 0;
  let sentences = 0;
  let space = true;
  for (let at = from; at < to; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === 32 || (byte >= 9 && byte <= 13)) {
      space = true;
      continue;
    }
    if (byte >= 0x80) return false;
    if (space) {
      words++;
      space = false;
    }
    chars++;
    if (byte === 44 || (byte === 46 && (at + 1 === to || (bytes[at + 1] ?? 0) <= 32))) sentences++;
  }
  const first = bytes[from] ?? 0;
  counted.spaceBefore = first === 32 || (first >= 9 && first <= 13);
  counted.spaceBehind = space;
  counted.chars = chars + words - 1;
  // A space counts once behind each word but one that ends the text.
  text.letters = LETTER_WORTH * (chars + (space ? words : words - 1));
  text.sentences = sentences;
  return true;
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
      if (unit === 0x3001 || unit === 0xff0c || unit === 0x060c || unit === 0x3002) sentences++;
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
