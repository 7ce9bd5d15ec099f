// The page's language: as declared, else by the script its text is written in. No statistics of words: an unsure answer is null.

const TAG = /^[a-z]{2,3}(?:-[a-z0-9]{2,8})*$/i;

/** A declaration that is a well-formed BCP 47 tag, as given (underscores become hyphens), or a list that begins with one; else null. */
export function declaredLanguage(declaration: string): string | null {
  if (TAG.test(declaration)) return declaration;
  const tag = declaration.split(/[,;]/, 1)[0]?.trim().replaceAll("_", "-") ?? "";
  return TAG.test(tag) ? tag : null;
}

const SCRIPTS: readonly (readonly [RegExp, string])[] = [
  [/\p{Script=Hangul}/gu, "ko"],
  [/[\p{Script=Hiragana}\p{Script=Katakana}]/gu, "ja"],
  [/\p{Script=Han}/gu, "zh"],
  [/\p{Script=Arabic}/gu, "ar"],
  [/\p{Script=Hebrew}/gu, "he"],
  [/\p{Script=Thai}/gu, "th"],
  [/\p{Script=Greek}/gu, "el"],
  [/\p{Script=Devanagari}/gu, "hi"],
  [/\p{Script=Bengali}/gu, "bn"],
  [/\p{Script=Tamil}/gu, "ta"],
  [/\p{Script=Telugu}/gu, "te"],
  [/\p{Script=Georgian}/gu, "ka"],
  [/\p{Script=Armenian}/gu, "hy"],
  [/\p{Script=Khmer}/gu, "km"],
  [/\p{Script=Lao}/gu, "lo"],
  [/\p{Script=Myanmar}/gu, "my"],
];

/** Latin letters, their marks, general punctuation and signs of currency: text of these alone is in none of the scripts below. */
const LATIN_ONLY = /^[\0-\u036f\u2000-\u206f\u20a0-\u20cf]*$/;

/** By script, from the first 4,000 characters; null for Latin script and for text too short to tell. */
export function detectedLanguage(text: string): string | null {
  const sample = text.slice(0, 4000);
  if (LATIN_ONLY.test(sample)) return null;
  const letters = count(sample, /\p{L}/gu);
  if (letters < 10) return null;
  const hangul = count(sample, /\p{Script=Hangul}/gu);
  if (hangul > letters * 0.2) return "ko";
  const kana = count(sample, /[\p{Script=Hiragana}\p{Script=Katakana}]/gu);
  const han = count(sample, /\p{Script=Han}/gu);
  if (kana + han > letters * 0.3) return kana > (kana + han) * 0.05 ? "ja" : "zh";
  const cyrillic = count(sample, /\p{Script=Cyrillic}/gu);
  if (cyrillic > letters * 0.5) {
    if (/[іїєґ]/i.test(sample) && !/[ыэё]/i.test(sample)) return "uk";
    return "ru";
  }
  const arabic = count(sample, /\p{Script=Arabic}/gu);
  if (arabic > letters * 0.5) return /[پچژگک]/.test(sample) ? "fa" : "ar";
  for (const [script, language] of SCRIPTS) if (count(sample, script) > letters * 0.5) return language;
  return null;
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
