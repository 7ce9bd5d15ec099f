// The last resort when a page says nothing about its encoding: is it UTF-8, and if not, which legacy encoding gives text that
// looks like a language? Counts the commonest characters of each language in a bounded sample; never reads a declaration.

import { isAscii, isUtf8 } from "node:buffer";
import { TextDecoder as StandardDecoder } from "@exodus/bytes/encoding.js";
import { bufferOf } from "./bytes-at-hand.ts";

/** How far is looked, and how many bytes of words beyond ASCII found there are weighed. */
const SAMPLE_BYTES = 65_536;
const WORD_BYTES = 8_192;

/**
 * "pairs": two bytes a character. "runs": one byte a character of another script, so that they stand together. "accents": letters
 * strewn among ASCII ones.
 */
type Habit = "pairs" | "runs" | "accents";

interface Candidate {
  readonly encoding: string;
  readonly habit: Habit;
  /** Characters that make up much of any text of these languages. */
  readonly common: string;
  /** Share of non-ASCII characters that must be common ones. */
  readonly shareMin: number;
}

// Frequencies after published letter and syllable counts; a share, not an order, is what counts.
const KOREAN =
  "이다는에의가을로고한하지은를기도인사서대나리자시어아해스것정있수그제일부라장들만전원와으과구주보상여니성게요거면오조공소안신학국동위유비세문연중계방분당";
const CHINESE_SIMPLIFIED =
  "的一是不了在人有我他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却代军产入先山五太水万市";
const CHINESE_TRADITIONAL =
  "的一是不了在人有我他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後小麼心多天而能好都然沒日於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其種聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻代軍產入先山五太水萬市";
const KANA =
  "あいうえおかがきぎくけげこごさしじすせそただちっつてでとどなにねのはばひまみむめもやゆよらりるれろわをんアィイウエカキクグコサシジスセタチッテトドナニネバフプマムメャュョラリルレロンー、。・「」";
// Only the letters above 1.5 %: the rarer ones are what Hebrew and Chinese bytes would decode to.
const CYRILLIC = "оеаинтсрвлкмдпуяыьзбгі";
const CYRILLIC_SHARE = 0.8;

const WESTERN = "éèêëàâäáãåçîïíôöóøùúüúñßæœ’‘“”–—«»°·ÉÀÄÖÜÅØÆ©®²€…\u00a0";

const candidates: readonly Candidate[] = [
  { encoding: "shift_jis", habit: "pairs", common: KANA, shareMin: 0.3 },
  { encoding: "euc-jp", habit: "pairs", common: KANA, shareMin: 0.3 },
  { encoding: "euc-kr", habit: "pairs", common: KOREAN, shareMin: 0.25 },
  { encoding: "gbk", habit: "pairs", common: CHINESE_SIMPLIFIED, shareMin: 0.2 },
  { encoding: "big5", habit: "pairs", common: CHINESE_TRADITIONAL, shareMin: 0.2 },
  { encoding: "windows-1251", habit: "runs", common: CYRILLIC, shareMin: CYRILLIC_SHARE },
  { encoding: "koi8-u", habit: "runs", common: CYRILLIC, shareMin: CYRILLIC_SHARE },
  { encoding: "ibm866", habit: "runs", common: CYRILLIC, shareMin: CYRILLIC_SHARE },
  { encoding: "iso-8859-5", habit: "runs", common: CYRILLIC, shareMin: CYRILLIC_SHARE },
  { encoding: "windows-1253", habit: "runs", common: "αοιετσνηυρπκμλςάίόήέύώδγχθφβ", shareMin: 0.8 },
  { encoding: "windows-1255", habit: "runs", common: "יוהלאתרמבשנםדעקחפסגטצזכןךףץ", shareMin: 0.85 },
  {
    encoding: "windows-1256",
    habit: "runs",
    common: "اليمونرتبةعدسفهكقأحجشطصخ",
    shareMin: 0.85,
  },
  { encoding: "windows-874", habit: "runs", common: "านรกอเงมยลวดทสตะปบคหแจพชขใไโผถศธซ่้ิีั็์ุูึืำ", shareMin: 0.85 },
  { encoding: "windows-1252", habit: "accents", common: WESTERN, shareMin: 0.8 },
  {
    encoding: "windows-1250",
    habit: "accents",
    common: "ąćęłńśźżĄĆĘŁŃŚŹŻěščřžýáíéůúťďňőűöüóäôľČŠŘŽ„”–",
    shareMin: 0.9,
  },
];

const commonSets = new Map<string, ReadonlySet<string>>();
function commonSet(common: string): ReadonlySet<string> {
  let set = commonSets.get(common);
  if (set === undefined) {
    set = new Set(common);
    commonSets.set(common, set);
  }
  return set;
}

const decoders = new Map<string, InstanceType<typeof StandardDecoder>>();

/** Share of common characters among those beyond ASCII, from -Infinity (impossible) to 1. */
function share(sample: Uint8Array, encoding: string, common: string): number {
  const decoder = decoders.get(encoding) ?? new StandardDecoder(encoding);
  decoders.set(encoding, decoder);
  const set = commonSet(common);
  let counted = 0;
  let hits = 0;
  let errors = 0;
  for (const char of decoder.decode(sample)) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x80) continue;
    counted++;
    if (code === 0xfffd || (code >= 0xe000 && code <= 0xf8ff) || (code >= 0x80 && code < 0xa0)) errors++;
    else if (set.has(char)) hits++;
  }
  // A stray broken byte is common on the web, a run of them means another encoding.
  return counted === 0 || errors * 20 > counted + 20
    ? Number.NEGATIVE_INFINITY
    : (hits - errors * 4) / counted;
}

/** Without a last character of which only a part is there. */
function withoutCutEnd(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= 3 && back <= bytes.length; back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte >= 0xc2) return bytes.subarray(0, bytes.length - back);
    if (byte < 0x80) break;
  }
  return bytes;
}

/** UTF-8, allowing for a few stray bytes: at least twenty whole characters for each broken one. */
function looksLikeUtf8(bytes: Uint8Array): boolean {
  let whole = 0;
  let broken = 0;
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at] ?? 0;
    at++;
    if (lead < 0x80) continue;
    const more =
      lead >= 0xc2 && lead <= 0xdf ? 1 : (lead & 0xf0) === 0xe0 ? 2 : lead >= 0xf0 && lead <= 0xf4 ? 3 : 0;
    let left = more;
    while (left > 0 && at < bytes.length && ((bytes[at] ?? 0) & 0xc0) === 0x80) {
      at++;
      left--;
    }
    if (more > 0 && (left === 0 || at === bytes.length)) whole++;
    else broken++;
  }
  return whole > 0 && whole >= broken * 20;
}

const isDelimiter = (byte: number): boolean => byte < 0x30 || byte === 0x3c || byte === 0x3e;

/**
 * Words with bytes beyond ASCII, from the first 64 KiB or, where those are ASCII, from where such bytes begin. Cut at bytes that are
 * no part of a character in any encoding: below 0x30, and the angle brackets.
 */
function wordsOf(bytes: Uint8Array): Uint8Array {
  let at = 0;
  while (at < bytes.length && (bytes[at] ?? 0) < 0x80) at++;
  const from = at < SAMPLE_BYTES ? 0 : at;
  const body = bytes.subarray(from, from + SAMPLE_BYTES);
  const words = new Uint8Array(WORD_BYTES);
  let filled = 0;
  let wordFrom = 0;
  let beyond = false;
  for (let index = 0; index <= body.length && filled < WORD_BYTES; index++) {
    const byte = body[index] ?? 0;
    if (byte >= 0x80) beyond = true;
    if (!isDelimiter(byte)) continue;
    if (beyond) {
      const word = body.subarray(wordFrom, Math.min(index, wordFrom + WORD_BYTES - filled - 1));
      words.set(word, filled);
      filled += word.length;
      words[filled++] = 0x20;
    }
    wordFrom = index + 1;
    beyond = false;
  }
  return words.subarray(0, filled);
}

/** How bytes beyond ASCII stand: the share of them beside another, and whether all their runs are of even length. */
function runsOf(words: Uint8Array): { readonly share: number; readonly even: boolean } {
  let beyond = 0;
  let beside = 0;
  let even = true;
  for (let at = 0; at < words.length; at++) {
    const from = at;
    while ((words[at] ?? 0) >= 0x80) at++;
    const length = at - from;
    beyond += length;
    if (length > 1) beside += length;
    if (length % 2 === 1) even = false;
  }
  return { share: beyond === 0 ? 0 : beside / beyond, even };
}

/** An encoding that is likely, or null where nothing beyond ASCII is to be seen or nothing fits. */
export function detect(bytes: Uint8Array): string | null {
  if (isAscii(bytes)) return hasIso2022(bytes) ? "iso-2022-jp" : null;
  if (isUtf8(bytes) || isUtf8(withoutCutEnd(bytes))) return "utf-8";
  const words = wordsOf(bytes);
  if (looksLikeUtf8(words)) return "utf-8";
  const runs = runsOf(words);
  let best: string | null = null;
  let bestShare = 0;
  for (const { encoding, habit, common, shareMin } of candidates) {
    if (habit !== "pairs" && (habit === "runs") !== runs.share > 0.6) continue;
    // Words of an alphabet are not all of even length; a short line of characters in pairs is.
    const doubt = habit === "runs" && runs.even ? 0.5 : 1;
    const found = share(words, encoding, common);
    if (found >= shareMin && found * doubt > bestShare) {
      best = encoding;
      bestShare = found * doubt;
    }
  }
  return best;
}

/** Escape sequences of ISO-2022-JP: `ESC $ B`, `ESC $ @`. */
function hasIso2022(bytes: Uint8Array): boolean {
  const sample = bufferOf(bytes.length > SAMPLE_BYTES ? bytes.subarray(0, SAMPLE_BYTES) : bytes);
  for (let at = sample.indexOf(0x1b); at >= 0; at = sample.indexOf(0x1b, at + 1)) {
    if (sample[at + 1] === 0x24 && (sample[at + 2] === 0x42 || sample[at + 2] === 0x40)) return true;
  }
  return false;
}
