// A page's file name: readable, the same for the same URL, different for different ones, and always inside the folder
// it is joined to, whatever the URL says. Pure.

const SLUG_CHARACTERS_MAX = 60;
const SLUG_BYTES_MAX = 150;

/** "example.com/docs-intro-1a2b3c4d5e6f.md": the host as a folder, the path as words, 48 bits of the URL's digest. */
export function markdownFileName(url: string, urlSha256: string): string {
  const parsed = URL.parse(url);
  const host = safe(parsed?.host ?? "").slice(0, 200);
  const slug = cut(safe(readable(`${parsed?.pathname ?? ""}${parsed?.search ?? ""}`)));
  const words = slug === "" ? "index" : slug;
  return `${host === "" ? "unknown" : host}/${words}-${urlSha256.slice(0, 12)}.md`;
}

/** Letters, digits, dot, dash and underscore stay; all else becomes a dash. No name starts or ends with a dot or dash. */
function safe(text: string): string {
  return text
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/\.{2,}/g, ".")
    .replace(/^[.-]+|[.-]+$/g, "");
}

function readable(path: string): string {
  const bare = path.replace(/\.(html?|php|aspx?|jsp)(?=$|\?)/i, "");
  try {
    return decodeURIComponent(bare);
  } catch {
    return bare; // percent signs that are no UTF-8: shown as they are
  }
}

function cut(text: string): string {
  let kept = "";
  let bytes = 0;
  let characters = 0;
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > SLUG_BYTES_MAX || ++characters > SLUG_CHARACTERS_MAX) break;
    kept += character;
  }
  return kept.replace(/[.-]+$/, "");
}
