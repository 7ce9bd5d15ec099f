// What a text that is shown counts for: its characters with white space collapsed, its letters, commas and full stops. The scanner has
// counted texts that stand on the page as they are (scanner.as); the others are counted here, by the same rules. Knows no tree.
import { COUNTED, SPACE_BEFORE, SPACE_BEHIND } from "./scanner/scanner.ts";
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
  const { seen } = text;
  if ((seen & COUNTED) === 0) {
    countUnits(text.data, text);
    return;
  }
  // The scanner has it already, of the page's bytes and by the same rules.
  counted.chars = text.seenChars;
  counted.spaceBefore = (seen & SPACE_BEFORE) !== 0;
  counted.spaceBehind = (seen & SPACE_BEHIND) !== 0;
  text.letters = text.seenLetters;
  text.sentences = text.seenSentences;
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
