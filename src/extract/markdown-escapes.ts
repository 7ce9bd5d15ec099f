// What of a page's text, code and addresses must be written otherwise, so that Markdown reads it back as the same: escapes, fences,
// destinations. Knows no pieces and no blocks.

/** Characters that would begin a construct anywhere in a line. */
export function escapeText(text: string): string {
  let out = "";
  let from = 0;
  // An expression gets through a part of the page's string at a tenth of what a step a character costs.
  ESCAPABLE.lastIndex = 0;
  while (ESCAPABLE.test(text)) {
    const at = ESCAPABLE.lastIndex - 1;
    if (needsEscape(text, at, text.charCodeAt(at))) {
      out += `${text.slice(from, at)}\\`;
      from = at;
    }
  }
  return out === "" ? text : out + text.slice(from);
}

const ESCAPABLE = /[\\`*_[\]<&~]/g;
const UNDERSCORE = 95;
const LESS = 60;
const AMPERSAND = 38;

function needsEscape(text: string, at: number, unit: number): boolean {
  switch (unit) {
    case UNDERSCORE:
      // Inside a word an underscore is only itself.
      return !(/[\p{L}\p{N}]/u.test(text[at - 1] ?? "") && /[\p{L}\p{N}]/u.test(text[at + 1] ?? ""));
    case LESS:
      return /[a-z/!?]/i.test(text[at + 1] ?? "");
    case AMPERSAND:
      return /^&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});/i.test(text.slice(at, at + 35));
    default:
      return true;
  }
}

/** What would make a paragraph's line a heading, quote, list, rule, fence, table or setext underline. */
export function escapeLineStart(line: string): string {
  const first = line.charCodeAt(0);
  if (first >= 128 || lineStarts[first] !== 1) return line;
  const ordered = /^(\d{1,9})([.)])(?=\s|$)/.exec(line);
  if (ordered !== null) return `${ordered[1]}\\${line.slice((ordered[1] ?? "").length)}`;
  if (/^(?:#{1,6}(?=\s|$)|>|[-+](?=\s|$)|-[-\s:|]*$|=+\s*$|\||:-)/.test(line)) return `\\${line}`;
  return line;
}

/** What the expressions above may begin with. */
const lineStarts = Uint8Array.from({ length: 128 }, (_, code) =>
  /[\d#>\-+=|:]/.test(String.fromCharCode(code)) ? 1 : 0,
);

export function escapeClosingHashes(text: string): string {
  return text.replace(/(^|\s)(#+)$/, "$1\\$2");
}

/** A code span whose fence is longer than any run of backticks inside. */
export function codeSpan(text: string): string {
  let longest = 0;
  for (const run of text.match(/`+/g) ?? []) longest = Math.max(longest, run.length);
  const fence = "`".repeat(longest + 1);
  // One space is taken off both ends where both have one and there is more than spaces.
  const stripped = text.startsWith(" ") && text.endsWith(" ") && text.trim() !== "";
  const pad = stripped || text.startsWith("`") || text.endsWith("`") ? " " : "";
  return `${fence}${pad}${text}${pad}${fence}`;
}

/** A link destination: balanced parentheses may stand, others and white space may not. */
export function destination(url: string): string {
  if (!/[\s<>\\()]/.test(url)) return url;
  let depth = 0;
  let balanced = true;
  for (const char of url) {
    if (char === "(") depth++;
    else if (char === ")" && --depth < 0) balanced = false;
  }
  const safe = url.replace(/[\s<>\\]/g, (char) => encodeURIComponent(char));
  return balanced && depth === 0 ? safe : safe.replace(/[()]/g, "\\$&");
}

/** A title behind a destination; nothing for none. No line of it may be empty. */
export function titled(title: string): string {
  if (title === "") return "";
  const escaped = title.replace(/["\\]|&(?=[#\w])/g, "\\$&").replace(/\n\s*\n/g, "\n");
  return ` "${escaped}"`;
}
