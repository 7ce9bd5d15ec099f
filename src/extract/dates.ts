// Dates as pages write them, to ISO 8601 as exact as given: a day stays a day, a local time gets no zone it did not have.
import { hourOf, monthComesFirst, monthNumber, zoneOffset } from "./date-words.ts";

const ISO =
  /^[+-]?\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:[T ]([01]\d|2[0-4]):?[0-5]\d(?::?[0-6]\d(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/i;
const DATE_CHARS_MAX = 80;

// Each finds a date anywhere in a short text: what stands before ("Published on Tuesday,") says nothing, what stands behind is the time.
const YEAR_FIRST = /(?<!\d)(\d{4})\s?[./年년-]\s?(\d{1,2})\s?[./月월-]\s?(\d{1,2})(?!\d)\s?[日일.]?/u;
const DAY_FIRST =
  /(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|[.ºª°])?[\s-]+(?:of\s+|de\s+|d['’]\s?)?([\p{L}\p{M}]{3,14})\.?,?[\s-]+(?:de\s+|del\s+)?(\d{4})(?!\d)/iu;
const MONTH_FIRST =
  /([\p{L}\p{M}]{3,14})\.?\s+(\d{1,2})(?:st|nd|rd|th)?(?:,\s*|\s+)(?:de\s+)?(\d{4})(?!\d)/iu;
const NUMBERS = /(?<!\d)(\d{1,2})([./-])(\d{1,2})\2(\d{4})(?!\d)/;
const TIME =
  /(?<![\d.])(?:(오전|오후|上午|下午|午前|午後)\s?)?(\d{1,2})\s?(?:[:.h시时時点]|uhr)\s?(\d{2})?(?!\d)(?:[:분分]\s?(\d{2})?)?\s*([ap]\.?\s?m\b\.?)?\s*\(?((?:utc|gmt)?[+-]\d{1,2}(?::?\d{2})?|[\p{L}]{1,4}\b)?/iu;

/** ISO 8601, or null when the text is no date. Text that is ISO 8601 already comes back as it is. A language decides on 3/4/2020. */
export function isoDate(given: string, language = ""): string | null {
  const text = given.trim();
  if (text.length < 4 || text.length > DATE_CHARS_MAX) return null;
  if (ISO.test(text)) return text;
  // A year, and anything beside it.
  if (!/\d{4}/.test(text) || text.length < 8) return null;
  return (
    dated(text, YEAR_FIRST, (found) => [found[1], Number(found[2]), found[3]]) ??
    dated(text, DAY_FIRST, (found) => [found[3], monthNumber(found[2] ?? ""), found[1]]) ??
    dated(text, MONTH_FIRST, (found) => [found[3], monthNumber(found[1] ?? ""), found[2]]) ??
    dated(text, NUMBERS, (found) => inNumbers(found, language))
  );
}

type Parts = readonly [year: string | undefined, month: number, day: string | undefined];

/** With points the day is first everywhere; with slashes and dashes it is where the language has it so, or no month has that number. */
function inNumbers(found: RegExpExecArray, language: string): Parts {
  const [, first, sign, second, year] = found;
  const monthFirst =
    Number(first) <= 12 && (Number(second) > 12 || (sign !== "." && monthComesFirst(language)));
  return monthFirst ? [year, Number(first), second] : [year, Number(second), first];
}

function dated(text: string, pattern: RegExp, parts: (found: RegExpExecArray) => Parts): string | null {
  const found = pattern.exec(text);
  if (found === null) return null;
  const [year, month, day] = parts(found);
  const dayNumber = Number(day);
  if (month < 1 || month > 12 || dayNumber < 1 || dayNumber > 31) return null;
  const date = `${year}-${two(month)}-${two(dayNumber)}`;
  const behind = text.slice(found.index + found[0].length);
  return date + timeIn(behind === "" ? text.slice(0, found.index) : behind);
}

/** "T15:04", seconds and zone where they are given; nothing for no time. */
function timeIn(text: string): string {
  const found = TIME.exec(text);
  if (found === null) return "";
  const [, before, hours, minutes, seconds, after, zone] = found;
  const hour = hourOf(Number(hours), before ?? after ?? "");
  const minute = Number(minutes ?? "0");
  if (
    hour > 23 ||
    minute > 59 ||
    (minutes === undefined && (before ?? after) === undefined && !/[h시时時点]|uhr/i.test(found[0]))
  )
    return "";
  const second = seconds === undefined ? "" : `:${seconds}`;
  return `T${two(hour)}:${two(minute)}${second}${zone === undefined ? "" : zoneOffset(zone)}`;
}

const two = (value: number): string => String(value).padStart(2, "0");
