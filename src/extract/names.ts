// Names of tags and attributes as one string object each: comparing them, which every leaf does for every element, is then comparing
// addresses. Knows which names are usual, not what they mean; any other name is itself in lower case.

const USUAL = `a abbr address amp-img area article aside b base blockquote body br button canvas caption center cite code col colgroup dd
  del details dfn dialog dir div dl dt em embed fieldset figcaption figure font footer form frame g h1 h2 h3 h4 h5 h6 head header
  hgroup hr html i iframe img input ins kbd label legend li link listing main map mark math menu meta nav nobr noscript object ol
  optgroup option p param path picture pre q rp rt ruby s samp script search section select small source span strike strong style
  sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul use var video wbr xmp
  alt aria-expanded aria-hidden aria-label aria-labelledby as async charset class color colspan content crossorigin data
  data-component data-id data-lazy data-lazy-src data-original data-src data-srcset data-testid data-url datetime defer dir
  fill height hidden href hreflang http-equiv id integrity itemid itemprop itemref itemscope itemtype lang loading media method
  name onclick placeholder poster property rel role rowspan scope sizes src srcset start style tabindex target title type value
  version viewbox width xmlns`;

/** The engine keeps names of properties once only; what it hands back are those. */
const usual = Object.keys(Object.fromEntries(USUAL.split(/\s+/).map((name) => [name, true])));
const known = new Map<string, string>(
  usual.flatMap((name) => [[name.toUpperCase(), name] as const, [name, name] as const]),
);

/** In lower case; equal names are the same object where they are usual ones. */
export function nameOf(written: string): string {
  return known.get(written) ?? written.toLowerCase();
}
