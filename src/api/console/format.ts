// Numbers, sizes, durations and instants as a person of the given language reads them (Intl). Knows no words of its own.

export type Language = "en" | "ko";
export const LANGUAGES: readonly Language[] = ["en", "ko"];

export const count = (value: number, language: Language): string =>
  new Intl.NumberFormat(language, { maximumFractionDigits: 0 }).format(value);

/** "12.4k" and "1.2만": for charts and boxes with little room. */
export const short = (value: number, language: Language): string =>
  new Intl.NumberFormat(language, {
    notation: "compact",
    maximumFractionDigits: value !== 0 && Math.abs(value) < 10 ? 1 : 0,
  }).format(value);

const BYTE_UNITS = ["byte", "kilobyte", "megabyte", "gigabyte", "terabyte"] as const;

/** Steps of 1,000, as the units' names say. */
export function bytes(value: number, language: Language): string {
  const step = value < 1 ? 0 : Math.min(BYTE_UNITS.length - 1, Math.floor(Math.log10(value) / 3));
  return new Intl.NumberFormat(language, {
    style: "unit",
    unit: BYTE_UNITS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: step === 0 ? 0 : 1,
  }).format(value / 1_000 ** step);
}

/** Milliseconds as the one or two units that matter: "340 ms", "2.4 sec", "3 min 20 sec". */
export function duration(ms: number, language: Language): string {
  const unit = (value: number, name: string, digits = 0): string =>
    new Intl.NumberFormat(language, {
      style: "unit",
      unit: name,
      unitDisplay: "short",
      maximumFractionDigits: digits,
    }).format(value);
  if (ms < 1_000) return unit(Math.max(0, Math.round(ms)), "millisecond");
  if (ms < 60_000) return unit(ms / 1_000, "second", ms < 10_000 ? 1 : 0);
  const units = [
    [86_400_000, "day", 3_600_000, "hour"],
    [3_600_000, "hour", 60_000, "minute"],
    [60_000, "minute", 1_000, "second"],
  ] as const;
  const [large, largeName, small, smallName] = units.find(([size]) => ms >= size) ?? units[2];
  const wholes = Math.floor(ms / large);
  const rest = Math.floor((ms - wholes * large) / small);
  return rest === 0 ? unit(wholes, largeName) : `${unit(wholes, largeName)} ${unit(rest, smallName)}`;
}

const RELATIVE_STEPS = [
  [60_000, 1_000, "second"],
  [3_600_000, 60_000, "minute"],
  [86_400_000, 3_600_000, "hour"],
  [30 * 86_400_000, 86_400_000, "day"],
] as const;

/** "5 minutes ago", "in 2 hours"; the date where it is further away than a month. */
export function relative(at: number, now: number, language: Language): string {
  const distance = at - now;
  const step = RELATIVE_STEPS.find(([below]) => Math.abs(distance) < below);
  if (step === undefined) return moment(at, language);
  const [, size, unit] = step;
  return new Intl.RelativeTimeFormat(language, { numeric: "auto" }).format(Math.round(distance / size), unit);
}

/** Date and time of day; of another time zone than the reader's where one is named, which it then says. */
export const moment = (at: number, language: Language, timeZone?: string): string =>
  new Intl.DateTimeFormat(language, {
    year: "numeric",
    month: "short",
    day: "numeric",
    hour: "2-digit",
    minute: "2-digit",
    ...(timeZone === undefined ? { second: "2-digit" } : { timeZone, timeZoneName: "short" }),
  }).format(at);

export const percent = (share: number, language: Language): string =>
  new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(
    share,
  );

/** Host and path, without the scheme that nearly all share. */
export function bareUrl(url: string): string {
  return url.replace(/^https?:\/\//, "").replace(/\/$/, "");
}
