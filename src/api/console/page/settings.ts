// What the reader chose: language, appearance, single keys. Kept in this browser, and shown on the document's root. The words and
// formats in the chosen language come from here.
import { computed, effect, signal } from "@preact/signals";
import * as format from "../format.ts";
import { words } from "../words/index.ts";

export const THEMES = ["system", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

const kept = (name: string): string | null => {
  try {
    return localStorage.getItem(`millrace.${name}`);
  } catch {
    return null; // a browser that keeps nothing: the choice lasts as long as the page
  }
};
const keep = (name: string, value: string): void => {
  try {
    localStorage.setItem(`millrace.${name}`, value);
  } catch {}
};

export const language = signal<format.Language>(
  format.LANGUAGES.find((known) => known === kept("language")) ??
    (navigator.language.startsWith("ko") ? "ko" : "en"),
);
export const theme = signal<Theme>(THEMES.find((known) => known === kept("theme")) ?? "system");
export const singleKeys = signal(kept("keys") !== "off");

export const t = computed(() => words[language.value]);

const CLOCK_STEP_MS = 5_000;
/** A clock that the page's relative times follow, in milliseconds. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, CLOCK_STEP_MS);

const said =
  <A extends unknown[]>(form: (...args: [...A, format.Language]) => string) =>
  (...args: A): string =>
    form(...args, language.value);

export const say = {
  count: said<[number]>(format.count),
  short: said<[number]>(format.short),
  bytes: said<[number]>(format.bytes),
  duration: said<[number]>(format.duration),
  percent: said<[number]>(format.percent),
  ago: (at: number | null): string => {
    if (at === null) return t.value.app.none;
    // The page's clock moves in steps: what happened since the last one is not in the future.
    const isJustNow = at > now.value && at - now.value < CLOCK_STEP_MS * 2;
    return format.relative(isJustNow ? now.value : at, now.value, language.value);
  },
  moment: (at: number | null, zone?: string): string =>
    at === null ? t.value.app.none : format.moment(at, language.value, zone),
};

effect(() => {
  document.documentElement.lang = language.value;
  keep("language", language.value);
});
effect(() => {
  if (theme.value === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme.value;
  keep("theme", theme.value);
});
effect(() => keep("keys", singleKeys.value ? "on" : "off"));
