// Counts of a text: characters as code points, words by letters and digits, each Han or Kana character a word of its own.

export interface TextMeasures {
  /** Code points. */
  readonly characters: number;
  readonly words: number;
}

const UNKNOWN = 0;
const BETWEEN = 1;
/** Bits: of a word; a word of its own. */
const PART = 2;
const WHOLE = 4;
const SURROGATE = 8;

const whole = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;
const part = /[\p{L}\p{N}\p{M}_'’]/u;

/** What each UTF-16 unit of the basic plane is to words; learnt as they are met. */
const kinds = new Uint8Array(0x1_0000);

function kindOf(char: string): number {
  if (whole.test(char)) return WHOLE;
  return part.test(char) ? PART : BETWEEN;
}

function learnt(unit: number): number {
  const kind = (unit & 0xf800) === 0xd800 ? SURROGATE : kindOf(String.fromCharCode(unit));
  kinds[unit] = kind;
  return kind;
}

/** One run over the text. Nothing in it branches on where words begin: which no processor foresees. */
export function textMeasures(text: string): TextMeasures {
  let characters = text.length;
  let words = 0;
  let before = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    let kind = kinds[unit] ?? UNKNOWN;
    if (kind === UNKNOWN) kind = learnt(unit);
    if (kind === SURROGATE) {
      const char = String.fromCodePoint(text.codePointAt(at) ?? unit);
      kind = kindOf(char);
      if (char.length === 2) {
        at++;
        characters--;
      } else if (unit >= 0xdc00) characters--;
    }
    words += ((kind >> 2) | ((kind & ~before) >> 1)) & 1;
    before = kind;
  }
  return { characters, words };
}

export function characters(text: string): number {
  return textMeasures(text).characters;
}
