// A price in a text: its amount and its currency by code, sign or word. Knows no page.
import { numberIn } from "./number-text.ts";

export interface Price {
  readonly amount: number;
  /** ISO 4217, or null where nothing says it. */
  readonly currency: string | null;
}

/** Longest first; those that several countries use stand only for the one that is meant most. */
const SIGNS: readonly (readonly [sign: string, currency: string, shared: boolean])[] = [
  ["US$", "USD", false],
  ["HK$", "HKD", false],
  ["NT$", "TWD", false],
  ["CA$", "CAD", false],
  ["AU$", "AUD", false],
  ["NZ$", "NZD", false],
  ["MX$", "MXN", false],
  ["R$", "BRL", false],
  ["S$", "SGD", false],
  ["C$", "CAD", false],
  ["A$", "AUD", false],
  ["Kč", "CZK", false],
  ["zł", "PLN", false],
  ["Ft", "HUF", false],
  ["лв", "BGN", false],
  ["грн", "UAH", false],
  ["руб", "RUB", false],
  ["Rs", "INR", true],
  ["Rp", "IDR", false],
  ["RM", "MYR", false],
  ["Fr.", "CHF", true],
  ["kr", "SEK", true],
  ["€", "EUR", false],
  ["£", "GBP", true],
  ["₩", "KRW", false],
  ["원", "KRW", false],
  ["円", "JPY", false],
  ["¥", "JPY", true],
  ["￥", "JPY", true],
  ["元", "CNY", true],
  ["₹", "INR", false],
  ["₽", "RUB", false],
  ["₺", "TRY", false],
  ["₫", "VND", false],
  ["฿", "THB", false],
  ["₴", "UAH", false],
  ["₪", "ILS", false],
  ["₦", "NGN", false],
  ["₱", "PHP", false],
  ["$", "USD", true],
];

const CODES: ReadonlySet<string> = new Set(Intl.supportedValuesOf("currency"));

/** The first price; `given` is the currency where the text names none, or a sign of several. */
export function priceIn(text: string, decimal: "." | "," | null, given: string | null): Price | null {
  const found = numberIn(text, decimal, true);
  if (found === null || found.value < 0) return null;
  const currency = currencyIn(found.before.slice(-20), given) ?? currencyIn(found.after.slice(0, 20), given);
  return { amount: found.value, currency: currency ?? given };
}

function currencyIn(text: string, given: string | null): string | null {
  for (const [code] of text.matchAll(/(?<![A-Za-z])[A-Z]{3}(?![A-Za-z])/g)) if (CODES.has(code)) return code;
  for (const [sign, currency, shared] of SIGNS)
    if (text.includes(sign)) return shared && given !== null ? given : currency;
  return null;
}
