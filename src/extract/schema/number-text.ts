// Numbers as pages write them: digits of any script, thousands and decimals by either sign, words for ten thousands in Chinese, Japanese and
// Korean. Knows no currencies.

export interface FoundNumber {
  readonly value: number;
  /** What stands before and behind it, for whoever looks for a currency. */
  readonly before: string;
  readonly after: string;
}

const TEXT_CHARS_MAX = 500;
const SPACES = " \u00a0\u2009\u202f'’_";
const NUMBER = new RegExp(`[-+−]?(?:\\d[\\d.,${SPACES}]*|[.,]\\d+)`);
const MYRIADS: Readonly<Record<string, number>> = { 万: 1e4, 萬: 1e4, 만: 1e4, 億: 1e8, 亿: 1e8, 억: 1e8 };

/**
 * The first number of a text, or null. `decimal` is the sign of its fraction; where it is not given the number itself tells: the last of
 * two different signs, and one sign before other than three digits. `threes`: one sign before three digits parts thousands ("1.299"),
 * as in prices; else only a comma does.
 */
export function numberIn(text: string, decimal: "." | "," | null, threes: boolean): FoundNumber | null {
  const ascii = asciiDigits(text.slice(0, TEXT_CHARS_MAX));
  const match = NUMBER.exec(ascii);
  if (match === null) return null;
  const written = match[0].replace(new RegExp(`[.,${SPACES}]+$`), "");
  const [digits, rest] = parted(written, decimal, threes);
  const negative = /^[-−]/.test(written) && !/\d\s*$/.test(ascii.slice(0, match.index));
  let value = Number(`${digits === "" ? "0" : digits}${rest === "" ? "" : `.${rest}`}`);
  if (!Number.isFinite(value)) return null;
  let after = ascii.slice(match.index + written.length);
  const myriad = MYRIADS[after.trimStart()[0] ?? ""];
  if (myriad !== undefined) {
    value *= myriad;
    after = after.trimStart().slice(1);
    // "1만 2,000": what stands behind is added.
    const more = /^\s*(\d[\d,]{0,8})/.exec(after);
    if (more?.[1] !== undefined) {
      value += Number(more[1].replaceAll(",", ""));
      after = after.slice(more[0].length);
    }
  }
  return { value: negative ? -value : value, before: ascii.slice(0, match.index), after };
}

/** Digits before and behind the decimal sign. */
function parted(written: string, decimal: "." | "," | null, threes: boolean): [string, string] {
  const plain = written.replace(new RegExp(`[${SPACES}+−-]`, "g"), "");
  const sign = decimal ?? decimalOf(plain, threes);
  const at = sign === null ? -1 : plain.lastIndexOf(sign);
  const digitsOf = (part: string): string => part.replace(/[.,]/g, "");
  return at === -1 ? [digitsOf(plain), ""] : [digitsOf(plain.slice(0, at)), digitsOf(plain.slice(at + 1))];
}

function decimalOf(plain: string, threes: boolean): "." | "," | null {
  const [dot, comma] = [plain.lastIndexOf("."), plain.lastIndexOf(",")];
  if (dot !== -1 && comma !== -1) return dot > comma ? "." : ",";
  if (dot === -1 && comma === -1) return null;
  const sign = dot === -1 ? "," : ".";
  const at = Math.max(dot, comma);
  if (plain.indexOf(sign) !== at) return null; // twice: it parts thousands
  const isThousands = /^[1-9]\d{0,2}$/.test(plain.slice(0, at)) && plain.length - at === 4;
  return isThousands && (sign === "," || threes) ? null : sign;
}

/** Digits of other scripts (Arabic, Devanagari, full width …) as ASCII; their blocks begin at a zero. */
function asciiDigits(text: string): string {
  if (!/[^\x00-\x7f]/.test(text)) return text;
  return text
    .replace(/\u066b/g, ".")
    .replace(/\u066c/g, ",")
    .replace(/[０-９．，]/g, (wide) => String.fromCharCode(wide.charCodeAt(0) - 0xfee0))
    .replace(/[٠-٩۰-۹०-९০-৯๐-๙]/g, (digit) =>
      String((digit.charCodeAt(0) & 0x0f) - (/[०-९০-৯]/.test(digit) ? 6 : 0)),
    );
}
