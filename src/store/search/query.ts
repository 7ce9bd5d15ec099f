// A reader's question as a tsquery literal: every group must be there, a group of several terms as a phrase at exactly
// their distances. Pure; knows no SQL.
import { type QueryGroup, queryTerms, type TermLimits } from "../../base/index.ts";
import { quoted } from "./vector.ts";

function phrase(group: QueryGroup): string {
  let literal = "";
  let previous = 0;
  for (const { term, offset, prefix } of group) {
    if (literal !== "") literal += ` <${offset - previous}> `;
    literal += quoted(term) + (prefix ? ":*" : "");
    previous = offset;
  }
  return `(${literal})`;
}

/** Null when nothing can be asked (no letter and no digit): such a question finds nothing. */
export function tsqueryOf(query: string, limits: TermLimits): string | null {
  const groups = queryTerms(query, limits);
  return groups.length === 0 ? null : groups.map(phrase).join(" & ");
}
