// Which open part of a table a start tag of another ends (HTML standard, sections 13.2.6.4.9 to .15). Knows names only.

/** The open `part`, of the same table, ends where a tag `starting` begins. */
export function endsPart(starting: string, part: string): boolean {
  switch (starting) {
    case "td":
    case "th":
      return part === "td" || part === "th" || part === "caption" || part === "colgroup";
    case "tr":
      return part === "tr" || part === "caption" || part === "colgroup";
    default:
      return part !== "table" && part !== "td" && part !== "th" && part !== "tr";
  }
}
