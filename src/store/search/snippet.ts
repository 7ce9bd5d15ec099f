// The part of a page's text that shows why it was found: one window of text and the ranges in it that answer the query.
// Works on Markdown as stored; highlights are by words as written, so that a rare folding may go unmarked. Pure.

export interface Snippet {
  /** One line; "…" where text was left out. */
  readonly text: string;
  /** Ranges of `text` to mark, UTF-16 offsets, in order, not overlapping. */
  readonly highlights: readonly (readonly [start: number, end: number])[];
}

/** Text that is looked at; matches behind it are not shown. */
const TEXT_MAX = 200_000;
const MATCHES_MAX = 500;
const WINDOW = 220;
const LEAD = 60;

const pairedScript =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** Markdown's marks taken off, white space collapsed: what a reader would see as one line. Linear in `charsMax`. */
export function plainText(markdown: string, charsMax = TEXT_MAX): string {
  return markdown
    .slice(0, charsMax)
    .replace(/!?\[([^\][\n]{0,500})\]\([^()\n]{0,2000}\)/g, "$1")
    .replace(/^[ \t]{0,8}(?:#{1,6}|>|[-*+]|\d{1,9}[.)])[ \t]+/gm, "")
    .replace(/^[ \t]*(?:`{3,}.{0,100}|[-|:][-|: \t]{2,})$/gm, "")
    .replace(/[*_`|\\]+/g, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** One expression that finds any word of the query; null when it has none. Scripts without spaces match inside words. */
function wordsOf(query: string): RegExp | null {
  const words = new Set(
    query
      .normalize("NFKC")
      .match(/[\p{L}\p{N}][\p{L}\p{M}\p{N}]*/gu)
      ?.slice(0, 32),
  );
  if (words.size === 0) return null;
  const edge = "[\\p{L}\\p{M}\\p{N}]";
  const sources = [...words].map((word) =>
    pairedScript.test(word) ? word : `(?<!${edge})${word}(?!${edge})`,
  );
  return new RegExp(sources.join("|"), "giu");
}

/** Never cuts a surrogate pair. */
function cutAt(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at - 1 : at;
}

/** The window with the most different words of the query, else the text's beginning. */
export function snippetOf(markdown: string, query: string): Snippet {
  const text = plainText(markdown);
  const expression = wordsOf(query);
  const matches: { at: number; end: number; word: string }[] = [];
  if (expression !== null) {
    for (const match of text.matchAll(expression)) {
      matches.push({ at: match.index, end: match.index + match[0].length, word: match[0].toLowerCase() });
      if (matches.length >= MATCHES_MAX) break;
    }
  }
  let best = matches[0]?.at ?? 0;
  let bestWords = 0;
  for (let first = 0; first < matches.length; first++) {
    const from = matches[first]?.at ?? 0;
    const words = new Set<string>();
    for (let at = first; at < matches.length; at++) {
      const match = matches[at];
      if (match === undefined || match.end > from + WINDOW - LEAD) break;
      words.add(match.word);
    }
    if (words.size > bestWords) {
      bestWords = words.size;
      best = from;
    }
  }
  let start = cutAt(text, Math.max(0, best - LEAD));
  // Begins at a word where one begins near.
  if (start > 0) {
    const space = text.indexOf(" ", start);
    if (space >= 0 && space < best) start = space + 1;
  }
  const end = cutAt(text, Math.min(text.length, start + WINDOW));
  const before = start > 0 ? "…" : "";
  return {
    text: `${before}${text.slice(start, end)}${end < text.length ? "…" : ""}`,
    highlights: matches
      .filter((match) => match.at >= start && match.end <= end)
      .map((match) => [match.at - start + before.length, match.end - start + before.length]),
  };
}
