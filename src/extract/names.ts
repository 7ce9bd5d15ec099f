// Names of tags and attributes as one string object each: comparing them, which every leaf does for every element, is then comparing
// addresses. Found in place by a hash, without cutting them out of the page; any other name is itself in lower case. Knows what is
// usual, not what it means.

const USUAL = `a abbr acronym address amp-img applet area article aside audio b base bdi bdo big blockquote body br button canvas caption
  center cite code col colgroup data datalist dd del desc details dfn dialog dir div dl dt em embed fieldset figcaption figure font
  footer foreignobject form frame frameset g h1 h2 h3 h4 h5 h6 head header hgroup hr html i iframe image img input ins kbd label
  legend li link listing main map mark math menu meta meter nav nobr noembed noframes noscript object ol optgroup option output p
  param path picture plaintext polygon pre progress q rect rp rt ruby s samp script search section select slot small source span
  strike strong style sub summary sup svg table tbody td template textarea tfoot th thead time title tr track tt u ul use var video
  wbr xmp
  about align alt aria-controls aria-expanded aria-haspopup aria-hidden aria-label aria-labelledby aria-current async autocomplete
  bgcolor border cellpadding cellspacing charset checked class color cols colspan content crossorigin d data-action data-bind
  data-component data-href data-id data-index data-lazy data-lazy-src data-name data-original data-position data-reactid
  data-reactroot data-src data-srcset data-target data-testid data-title data-toggle data-track data-type data-url data-value
  datatype datetime decoding defer disabled face fetchpriority fill fill-rule for frameborder headers height hidden href hreflang
  http-equiv id integrity itemid itemprop itemref itemscope itemtype lang language loading maxlength media method name nonce onclick
  onload open placeholder points poster preload preserveaspectratio property referrerpolicy rel role rows rowspan scope selected
  size sizes src srcset start stroke stroke-width style tabindex target transform type typeof usemap v-if valign value version
  viewbox vocab width x x1 x2 xlink:href xml:lang xml:space xmlns xmlns:xlink y y1 y2`;

const BUCKETS = 2_048;

/** The engine keeps names of properties once only; what it hands back are those. */
const usual = Object.keys(Object.fromEntries(USUAL.split(/\s+/).map((name) => [name, true])));
const byHash: (readonly string[] | undefined)[] = new Array<readonly string[] | undefined>(BUCKETS);
for (const name of usual) {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = hashed(hash, name.charCodeAt(at));
  const bucket = hash & (BUCKETS - 1);
  byHash[bucket] = [...(byHash[bucket] ?? []), name];
}

/** One step of the hash that `nameAt` is given: of the units of a name in their order, from 0. The case of ASCII letters is ignored. */
export function hashed(hash: number, unit: number): number {
  return (Math.imul(hash, 31) + (unit | 0x20)) | 0;
}

/** The name that stands there, in ASCII lower case; equal names are the same object where they are usual ones. */
export function nameAt(text: string, start: number, end: number, hash: number): string {
  const bucket = byHash[hash & (BUCKETS - 1)];
  if (bucket !== undefined) {
    for (let at = 0; at < bucket.length; at++) {
      const name = bucket[at] ?? "";
      if (name.length === end - start && stands(name, text, start)) return name;
    }
  }
  return lowerCase(text.slice(start, end));
}

function stands(name: string, text: string, start: number): boolean {
  for (let at = 0; at < name.length; at++) {
    const unit = text.charCodeAt(start + at);
    if ((unit >= 65 && unit <= 90 ? unit | 0x20 : unit) !== name.charCodeAt(at)) return false;
  }
  return true;
}

/** Only A to Z, as the standard has it: other letters' cases differ in names. */
function lowerCase(name: string): string {
  return /[A-Z]/.test(name) ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : name;
}
