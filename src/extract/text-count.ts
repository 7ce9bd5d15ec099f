// What a text that is shown counts for: its characters with white space collapsed, its letters, commas and full stops. The scanner has
// counted texts that stand on the page as they are (scanner.as); the others are counted here, by the same rules. Knows no tree.
import type { Text } from "./tree.ts";

/** A Han, Kana or Hangul character says as much as two and a half letters of an alphabet. */
const LETTER_WORTH = 2;
const DENSE_WORTH = 5;

/** Commas and full stops of Arabic, Chinese and Japanese. */
function isStop(unit: number): boolean {
  return unit === 0x3001 || unit === 0xff0c || unit === 0x060c || unit === 0x3002;
}

/** Of a text that is not counted yet: its characters (code points, a run of white space between two others being one), letters and stops. */
export function countText(text: Text): void {
  const { data } = text;
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
  const before = first === 32 || (first >= 9 && first <= 13) || first === 0xa0;
  text.count(chars, letters, sentences, before, space);
}

/** Han, Kana and the like; Hangul, whose words have spaces but whose syllables are several letters each. */
function isDense(unit: number): boolean {
  return (
    (unit >= 0x3041 && unit <= 0x9fff) ||
    (unit >= 0xac00 && unit <= 0xd7a3) ||
    (unit >= 0xf900 && unit <= 0xfaff)
  );
}
