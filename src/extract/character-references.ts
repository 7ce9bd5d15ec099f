// Character references (`&amp;`, `&#8217;`, `&copy`) undone as the HTML standard has it (section 13.2.5.72 onwards), in text and in
// attribute values, which differ. The usual names are at hand; the rest of the standard's table is asked of the tokenizer that has it.
import { Tokenizer } from "htmlparser2";

/** The longest name has 32 characters and a semicolon. */
const NAMED = /[a-zA-Z][a-zA-Z0-9]{0,32};?/y;
const KNOWN_MAX = 5_000;

interface Reference {
  readonly characters: string;
  /** Units of the reference behind its ampersand. */
  readonly length: number;
}

/** By the reference as written, ampersand and semicolon included; null = no reference begins so. Bounded: pages can make names up. */
const known = new Map<string, Reference | null>(
  Object.entries({ amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: "\u00a0" }).map(
    ([name, characters]) => [`&${name};`, { characters, length: name.length + 1 }] as const,
  ),
);

/** What the code points 0x80 to 0x9f are taken for: those of windows-1252. 0 = itself. */
const C1 = [
  0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0,
  0x017d, 0, 0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a,
  0x0153, 0, 0x017e, 0x0178,
];

/** A piece of a page without its references; `first` is where its first ampersand stands. */
export function withoutReferences(text: string, first: number, inAttribute: boolean): string {
  let out = "";
  let from = 0;
  for (let at = first; at !== -1; at = text.indexOf("&", at)) {
    const found = referenceAt(text, at + 1, inAttribute);
    if (found === null) {
      at++;
      continue;
    }
    out += text.slice(from, at) + found.characters;
    at += 1 + found.length;
    from = at;
  }
  return from === 0 ? text : out + text.slice(from);
}

function referenceAt(text: string, from: number, inAttribute: boolean): Reference | null {
  if (text.charCodeAt(from) === 35) return numericAt(text, from + 1);
  // As most are.
  return text.startsWith("amp;", from) ? AMPERSAND : namedAt(text, from, inAttribute);
}

const AMPERSAND: Reference = { characters: "&", length: 4 };

function namedAt(text: string, from: number, inAttribute: boolean): Reference | null {
  NAMED.lastIndex = from;
  const run = NAMED.exec(text)?.[0];
  if (run === undefined) return null;
  // Put together, the key is a string of its own and holds no page in memory.
  const key = `&${run}`;
  let found = known.get(key);
  if (found === undefined) {
    found = longestOf(key);
    if (known.size < KNOWN_MAX) known.set(key, found);
  }
  if (found === null || !inAttribute) return found;
  // "?a=1&copy=2" is an address: without a semicolon, and with more behind it, a name in an attribute is none.
  const end = from + found.length;
  return text.charCodeAt(end - 1) !== 59 && /[a-zA-Z0-9=]/.test(text.charAt(end)) ? null : found;
}

/** The longest name of the standard's table with which the reference begins. */
function longestOf(reference: string): Reference | null {
  let characters = "";
  let end = 0;
  const ignore = (): void => {};
  const tokenizer = new Tokenizer(
    {},
    {
      ontextentity: (codePoint, endIndex) => {
        characters += String.fromCodePoint(codePoint);
        end = endIndex;
      },
      ontext: ignore,
      onattribdata: ignore,
      onattribentity: ignore,
      onattribend: ignore,
      onattribname: ignore,
      oncdata: ignore,
      onclosetag: ignore,
      oncomment: ignore,
      ondeclaration: ignore,
      onend: ignore,
      onopentagend: ignore,
      onopentagname: ignore,
      onprocessinginstruction: ignore,
      onselfclosingtag: ignore,
    },
  );
  tokenizer.write(reference);
  tokenizer.end();
  return end === 0 ? null : { characters, length: end - 1 };
}

/** `from` is behind "&#". The digits may be any number; what is no character becomes U+FFFD. */
function numericAt(text: string, from: number): Reference | null {
  const hex = (text.charCodeAt(from) | 0x20) === 0x78;
  const start = hex ? from + 1 : from;
  let value = 0;
  let at = start;
  for (; ; at++) {
    const digit = digitOf(text.charCodeAt(at), hex);
    if (digit === -1) break;
    if (value <= 0x10_ffff) value = value * (hex ? 16 : 10) + digit;
  }
  if (at === start) return null;
  if (text.charCodeAt(at) === 59) at++;
  return { characters: characterOf(value), length: at - from + 1 };
}

function digitOf(unit: number, hex: boolean): number {
  if (unit >= 48 && unit <= 57) return unit - 48;
  const letter = unit | 0x20;
  return hex && letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

function characterOf(value: number): string {
  if (value === 0 || value > 0x10_ffff || (value >= 0xd800 && value <= 0xdfff)) return "\ufffd";
  const c1 = value >= 0x80 && value <= 0x9f ? (C1[value - 0x80] ?? 0) : 0;
  return String.fromCodePoint(c1 === 0 ? value : c1);
}
