// Names of tags and attributes as one string object each: comparing them, which every leaf does for every element, is then comparing
// addresses. The scanner finds them by their bytes and tells their numbers; any other name is itself in lower case.
import { kindsOf } from "./element-kinds.ts";

/** None that the router looks for by default: elements without a rare name are then spared the looking (see evidence.ts). */
/** The first of them the tree knows by their numbers (scanner/tree.as). */
const FIRST = `html head body p li dd dt option optgroup rt rp button a table caption colgroup tr td th template br svg math address div ul ol image img
  noscript script dialog main h1 pre blockquote href frame src hreflang type
  article nav select rel menu header footer style`;

const USUAL = `a abbr acronym address amp-img applet area article aside audio b base bdi bdo big blockquote body br button canvas caption
  center cite code col colgroup data datalist dd del desc details dfn dialog dir div dl dt em embed fieldset figcaption figure font
  footer foreignobject form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins kbd label
  legend li link listing main map mark math menu meta meter nav nobr noembed noframes noscript object ol optgroup option output p
  param path picture plaintext polygon pre progress q rect rp rt ruby s samp script search section select slot small source span
  strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul use var video
  wbr xmp annotation annotation-xml basefont bgsound keygen marquee mi mn mo ms mtext
  about align alt aria-controls aria-expanded aria-haspopup aria-hidden aria-label aria-labelledby aria-current async autocomplete
  bgcolor border cellpadding cellspacing charset checked class color cols colspan content crossorigin d data-action data-bind
  data-component data-href data-id data-index data-lazy data-lazy-src data-name data-original data-position data-reactid data-src data-srcset data-target data-testid data-title data-toggle data-track data-type data-url data-value
  datatype datetime decoding defer disabled face fetchpriority fill fill-rule for frameborder headers height hidden href hreflang
  http-equiv id integrity itemid itemprop itemref itemscope itemtype lang language loading maxlength media method name nonce onclick
  onload open placeholder points poster preload preserveaspectratio property referrerpolicy rel role rows rowspan scope selected
  size sizes src srcset start stroke stroke-width style tabindex target transform type typeof usemap v-if valign value version
  viewbox vocab width x x1 x2 xlink:href xml:lang xml:space xmlns xmlns:xlink y y1 y2`;

/** The engine keeps names of properties once only; what it hands back are those. By their numbers; none is longer than 32 letters. */
export const usualNames: readonly string[] = Object.keys(
  Object.fromEntries(`${FIRST} ${USUAL}`.split(/\s+/).map((name) => [name, true])),
);
const kindsOfUsual = Int32Array.from(usualNames, kindsOf);

const numbers: ReadonlyMap<string, number> = new Map(usualNames.map((name, id) => [name, id]));

/** Of a name in lower case; -1 where it is none of the usual ones. */
export function numberOf(name: string): number {
  return numbers.get(name) ?? -1;
}

/** Of a name in lower case. */
export function isUsual(name: string): boolean {
  return numbers.has(name);
}

/** The name of that number: always the same object. */
export function usualName(id: number): string {
  return usualNames[id] ?? "";
}

/** What `kindsOf` gives for the name of that number. */
export function usualKinds(id: number): number {
  return kindsOfUsual[id] ?? 0;
}

/** Only A to Z, as the standard has it: other letters' cases differ in names. */
export function lowerCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}
