// Dates as sitemaps and feeds write them. What cannot be read is null: a wrong date is worth less than none.

/** W3C date and time (a year at least) or RFC 822 as feeds have it; null for anything else and for years outside 1990 to 2100. */
export function parseLastmod(written: string | null): number | null {
  const text = written?.trim() ?? "";
  if (text === "" || text.length > 64) return null;
  const isW3c =
    /^\d{4}(?:-\d{2}(?:-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?\s*(?:Z|[+-]\d{2}:?\d{2})?)?)?)?$/i.test(
      text,
    );
  const isFeedDate = /^(?:[A-Za-z]{3,9}, *)?\d{1,2} [A-Za-z]{3,9} \d{2,4}\b/.test(text);
  if (!isW3c && !isFeedDate) return null;
  const hasZone = /(?:Z|UTC|GMT|[A-Z]{2,3}T|[+-]\d{2}:?\d{2})$/i.test(text);
  const isDateOnly = /^\d{4}(?:-\d{2}){0,2}$/.test(text);
  // A time without zone is taken as UTC, whatever the zone of this machine.
  const atMs = Date.parse(isDateOnly || hasZone ? text : `${text}${isW3c ? "Z" : " GMT"}`);
  return Number.isNaN(atMs) || atMs < LASTMOD_MS_MIN || atMs > LASTMOD_MS_MAX ? null : atMs;
}

const LASTMOD_MS_MIN = Date.UTC(1990, 0);
const LASTMOD_MS_MAX = Date.UTC(2100, 0);
