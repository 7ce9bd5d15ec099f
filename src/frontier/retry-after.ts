// Retry-After in both of its forms (RFC 9110 section 10.2.3). It knows no policy: what cannot be read is null, and the
// caller's own backoff applies.

const WEEKDAY = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)";
const HTTP_DATE = new RegExp(`^${WEEKDAY},? [ \\w:-]{10,40}$`, "i");

/**
 * How long the server asks to wait, in milliseconds from `nowMs`, at most `delayMsMax`. 0 for a date in the past.
 * null where the header is absent, negative, fractional garbage or no date.
 */
export function retryAfterMs(value: string | null, nowMs: number, delayMsMax: number): number | null {
  const text = value?.trim() ?? "";
  if (text.length === 0 || text.length > 64) return null;
  if (/^\d+(?:\.\d+)?$/.test(text)) return Math.min(Math.ceil(Number(text) * 1000), delayMsMax);
  if (!HTTP_DATE.test(text)) return null;
  // asctime (obsolete, still to be accepted) names no zone and means UTC; the parser would take local time.
  const atMs = Date.parse(/GMT|UTC|[+-]\d{4}$/i.test(text) ? text : `${text} GMT`);
  if (Number.isNaN(atMs)) return null;
  return Math.min(Math.max(0, atMs - nowMs), delayMsMax);
}
