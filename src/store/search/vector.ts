// A document as a tsvector literal: title in weight A, description in B, main text in D, each term with its positions.
// Terms come from base's splitter alone, so that index and question agree. Pure; knows no SQL.
import { searchTerms, type TermLimits } from "../../base/index.ts";
import type { Document } from "../../model/index.ts";

/** Stands between sections so that no phrase reaches across, and is left out of the index. */
const GAP = "millracegapmillrace";
/** PostgreSQL keeps at most so many positions of a term (section 11.6.7, limits of text search). */
const POSITIONS_MAX = 255;
/** A tsvector holds less than 1 MiB of lexemes and positions; some of it is alignment. */
const VECTOR_BYTES_MAX = 900_000;

export type SearchableText = Pick<Document, "title" | "description" | "text">;

/** A lexeme or query term between quotes. */
export const quoted = (term: string): string =>
  `'${term.includes("'") || term.includes("\\") ? term.replace(/['\\]/g, "$&$&") : term}'`;

interface Entry {
  positions: string;
  count: number;
}

/** Linear in the text's length; at most `termsMax` terms are indexed. */
export function vectorOf(document: SearchableText, limits: TermLimits): string {
  const title = document.title ?? "";
  const description = document.description ?? "";
  const titleEnd = title === "" ? 0 : searchTerms(title, limits).length;
  const descriptionEnd = titleEnd + 1 + (description === "" ? 0 : searchTerms(description, limits).length);
  const terms = searchTerms(`${title}\n${GAP}\n${description}\n${GAP}\n${document.text}`, limits);
  const entries = new Map<string, Entry>();
  let bytes = 0;
  for (let at = 0; at < terms.length; at++) {
    const entry = terms[at];
    if (entry === undefined || entry.term === GAP) continue;
    const { term, position } = entry;
    const weight = at < titleEnd ? "A" : at < descriptionEnd ? "B" : "";
    const known = entries.get(term);
    if (known !== undefined) {
      if (known.count >= POSITIONS_MAX) continue;
      known.positions += `,${position}${weight}`;
      known.count++;
      bytes += 2;
    } else {
      bytes += term.length * 3 + 8;
      if (bytes > VECTOR_BYTES_MAX) break;
      entries.set(term, { positions: `${position}${weight}`, count: 1 });
    }
  }
  let literal = "";
  for (const [term, { positions }] of entries) literal += `${quoted(term)}:${positions} `;
  return literal;
}
