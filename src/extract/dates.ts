// Dates as pages write them, to ISO 8601 as exact as given: a day stays a day, a local time gets no zone it did not have.

const ISO =
  /^[+-]?\d{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01])(?:[T ]([01]\d|2[0-4]):?[0-5]\d(?::?[0-6]\d(?:[.,]\d{1,9})?)?\s?(?:Z|[+-]\d{2}(?::?\d{2})?)?)?)?)?$/i;
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const YEAR_FIRST =
  /^(\d{4})\s?[./年년-]\s?(\d{1,2})\s?[./月월-]\s?(\d{1,2})(?:\s?[日일.])?(?:[,\sT]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;
const MONTH_FIRST =
  /^(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})(?:[,\s]+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?\s?(am|pm)?)?(?:\s[a-z]{2,4})?$/i;
const DAY_FIRST =
  /^(?:[a-z]{3,9},?\s+)?(\d{1,2})(?:st|nd|rd|th)?\.?\s+(?:of\s+)?([a-z]{3,9})\.?,?\s+(\d{4})(?:[,\s]+(?:at\s+)?(\d{1,2}):(\d{2})(?::(\d{2}))?)?(\s(?:gmt|utc|[+-]\d{4}))?$/i;

/** ISO 8601, or null when the text is no date. Text that is ISO 8601 already comes back as it is. */
export function isoDate(given: string): string | null {
  const text = given.trim();
  if (text.length < 4 || text.length > 64) return null;
  if (ISO.test(text)) return text;
  const yearFirst = YEAR_FIRST.exec(text);
  if (yearFirst !== null) {
    const [, year, month, day, hour, minute, second] = yearFirst;
    return joined(year, Number(month), day, hour, minute, second, "");
  }
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst !== null) {
    const [, month, day, year, hour, minute, second, half] = monthFirst;
    return joined(year, monthNumber(month), day, clockHour(hour, half), minute, second, "");
  }
  const dayFirst = DAY_FIRST.exec(text);
  if (dayFirst !== null) {
    const [, day, month, year, hour, minute, second, zone] = dayFirst;
    const offset = zone?.trim().toLowerCase() ?? "";
    const suffix = offset === "gmt" || offset === "utc" ? "Z" : offset;
    return joined(year, monthNumber(month), day, hour, minute, second, suffix);
  }
  return null;
}

function monthNumber(name: string | undefined): number {
  return MONTHS.indexOf((name ?? "").slice(0, 3).toLowerCase()) + 1;
}

function clockHour(hour: string | undefined, half: string | undefined): string | undefined {
  if (hour === undefined || half === undefined) return hour;
  return String((Number(hour) % 12) + (half.toLowerCase() === "pm" ? 12 : 0));
}

function joined(
  year: string | undefined,
  month: number,
  day: string | undefined,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  zone: string,
): string | null {
  const dayNumber = Number(day);
  if (month < 1 || month > 12 || dayNumber < 1 || dayNumber > 31) return null;
  const two = (value: number): string => String(value).padStart(2, "0");
  const date = `${year}-${two(month)}-${two(dayNumber)}`;
  if (hour === undefined || minute === undefined || Number(hour) > 23 || Number(minute) > 59) return date;
  return `${date}T${two(Number(hour))}:${minute}${second === undefined ? "" : `:${second}`}${zone}`;
}
