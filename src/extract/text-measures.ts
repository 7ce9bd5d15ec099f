// Counts of a text: characters as code points, words by letters and digits, each Han or Kana character a word of its own.

export function characters(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xdc00 && unit <= 0xdfff) count--;
  }
  return count;
}

const UNKNOWN = 0;
const BETWEEN = 1;
const PART = 2;
const WHOLE = 3;

const whole = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const part = /[\p{L}\p{N}\p{M}_'’]/u;

/** What each UTF-16 unit of the basic plane is to words; learnt as they are met. */
const kinds = new Uint8Array(0x1_0000);

function kindOf(char: string): number {
  if (whole.test(char)) return WHOLE;
  return part.test(char) ? PART : BETWEEN;
}

export function wordCount(text: string): number {
  let count = 0;
  let inWord = false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    let kind = kinds[unit] ?? UNKNOWN;
    if (unit >= 0xd800 && unit <= 0xdbff) {
      const char = String.fromCodePoint(text.codePointAt(at) ?? unit);
      kind = kindOf(char);
      at += char.length - 1;
    } else if (kind === UNKNOWN) {
      kind = kindOf(String.fromCharCode(unit));
      kinds[unit] = kind;
    }
    if (kind === WHOLE || (kind === PART && !inWord)) count++;
    inWord = kind === PART;
  }
  return count;
}
