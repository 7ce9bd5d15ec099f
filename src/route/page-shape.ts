// The kind of a page on its host: the pattern of its address, and what its markup is like in rough classes. Pages of one
// template fall together, whatever they are about.
import type { RouteEvidence } from "../model/index.ts";

const SEGMENTS_MAX = 6;
const PARAMETERS_MAX = 6;
const WORD_CHARS_MAX = 24;

/** "/shop/items/4711?page=2" → "/shop/items/#?page". */
export function addressPattern(url: string): string {
  const parsed = URL.parse(url);
  if (parsed === null) return "";
  const segments = parsed.pathname.split("/").slice(1, 1 + SEGMENTS_MAX);
  const last = segments.length - 1;
  const path = segments.map((segment, at) => patternOf(segment, at === last)).join("/");
  const names = [...new Set(parsed.searchParams.keys())].sort().slice(0, PARAMETERS_MAX);
  const query = names.map((name) => name.slice(0, WORD_CHARS_MAX)).join("&");
  return `/${path}${query === "" ? "" : `?${query}`}`;
}

/** Numbers, names and long slugs stand for any of their kind; what stands for a place in the site stays. */
function patternOf(segment: string, isLast: boolean): string {
  if (segment === "") return "";
  const dot = segment.lastIndexOf(".");
  const extension = dot > 0 && segment.length - dot <= 6 ? segment.slice(dot).toLowerCase() : "";
  const name = extension === "" ? segment : segment.slice(0, dot);
  if (/\d/.test(name)) return `${/^\d+$/.test(name) ? "#" : "*#"}${extension}`;
  const isWord = name.length <= WORD_CHARS_MAX && /^[a-z]+(?:[-_][a-z]+)?$/i.test(name);
  if (!isWord) return `*${extension}`;
  return `${isLast ? "~" : name.toLowerCase()}${extension}`;
}

/** What the markup is like: how much main text, whether there are empty places, data, signs of waiting. */
export function evidenceClass(evidence: RouteEvidence): string {
  const { mainWords, emptyMounts, isShell, dataBytes, externalScripts, markers } = evidence;
  const text = mainWords < 20 ? 0 : mainWords < 100 ? 1 : mainWords < 400 ? 2 : 3;
  const signs = [
    isShell ? "s" : emptyMounts > 0 ? "m" : "",
    dataBytes > 2_000 ? "d" : "",
    externalScripts > 0 ? "x" : "",
    markers.includes("loading screen") || markers.includes("placeholders") ? "w" : "",
  ];
  return `${text}${signs.join("")}`;
}
