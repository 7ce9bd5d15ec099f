// A page's title: as it declares it, else its title element without the site's name, where the page itself shows which part that is.
import type { Sourced } from "../model/index.ts";
import { clean, FIELD_CHARS_MAX, type MetaValues, sourced } from "./metadata-values.ts";
import type { Survey } from "./survey.ts";
import { rawText, textOf } from "./visible-text.ts";

/**
 * What the page declares as its own title (OpenGraph and the like), unless that is only the site's name; else the title element of the
 * head. A site's name beside that one is left out only where the page itself shows which part is the page's own: its headline, its
 * site's name or an h1.
 */
export function titleOf(
  survey: Survey,
  metas: MetaValues,
  headline: string | null,
  siteName: string | null,
): Sourced<string> | null {
  const element = survey.titles.find((title) => title.inHead) ?? survey.titles[0];
  const whole = element === undefined ? null : clean(rawText(element.element));
  const declared =
    metas.first("dc.title", "dcterms.title", "og:title", "title", "twitter:title") ??
    (whole === null ? sourced(clean(headline), "json-ld") : null);
  if (declared !== null && (whole === null || declared.value !== siteName)) return declared;
  if (whole === null) {
    const heading = survey.headings.find((candidate) => candidate.name === "h1");
    return heading === undefined ? null : sourced(clean(textOf(heading, FIELD_CHARS_MAX)), "element");
  }
  return sourced(withoutSite(survey, whole, headline, siteName), "element");
}

function withoutSite(
  survey: Survey,
  whole: string,
  headline: string | null,
  siteName: string | null,
): string {
  const parts = whole.split(/\s+[|\-–—\\/>»·•:]+\s+|\s*[|»]\s*|:\s+/).length;
  if (parts < 2) return whole;
  const headings = survey.headings.filter((candidate) => candidate.name === "h1").slice(0, 3);
  const own = [headline, ...headings.map((heading) => textOf(heading, FIELD_CHARS_MAX))];
  for (const candidate of own) {
    if (candidate === null || candidate.length < 3 || candidate === whole || candidate === siteName) continue;
    const rest = remainder(whole, candidate);
    if (rest !== null && SEPARATED.test(rest)) return candidate;
  }
  if (siteName !== null) {
    const rest = remainder(whole, siteName);
    if (rest !== null && SEPARATED.test(rest)) return clean(rest.replace(SEPARATOR_ENDS, "")) ?? whole;
  }
  return whole;
}

const SEPARATOR = "[|\\-–—\\\\/>»·•:~]";
const SEPARATED = /^\s*[^\p{L}\p{N}\s"'(]|[^\p{L}\p{N}\s"')]\s*$/u;
const SEPARATOR_ENDS = new RegExp(`^\\s*${SEPARATOR}+\\s*|\\s*${SEPARATOR}+\\s*$`, "g");

/** What is left of `whole` beside `part` at its beginning or end (case kept), or null. */
function remainder(whole: string, part: string): string | null {
  if (whole.length <= part.length) return null;
  if (whole.startsWith(part)) return whole.slice(part.length);
  if (whole.endsWith(part)) return whole.slice(0, -part.length);
  return null;
}
