// Which HTML elements behave how: tables of the HTML standard (sections 13.1.2, 13.2.4.2, 15.3), each a bit of what `kindsOf` gives for
// a name, so that an element is asked once. The compiled tree (scanner/tree.as) knows them by their bits, which follow
// from their order here; those without a name are its alone.

const kinds = new Map<string, number>();
let bits = 0;

function kind(names: string): number {
  const bit = 1 << bits++;
  for (const name of names.split(" ")) kinds.set(name, (kinds.get(name) ?? 0) | bit);
  return bit;
}

/** Bits of all kinds the name belongs to. */
export function kindsOf(name: string): number {
  return kinds.get(name) ?? 0;
}

export const VOID = kind(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr",
);

// HEAD_CONTENT: What may stand in a head without ending it.
kind("base basefont bgsound link meta title script style noscript noframes template");

// SPECIAL: The standard's "special" category: an end tag of an ordinary element does not reach over these.
kind(
  "address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp",
);

// CLOSES_P: Start tags that close an open paragraph.
kind(
  "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp",
);

// SCOPE
kind("applet caption html table td th marquee object template svg math body head");
export const HEADINGS = kind("h1 h2 h3 h4 h5 h6");
// FORMATTING
kind("a b big code em font i nobr s small strike strong tt u");
// TABLE_PARTS
kind("table caption colgroup thead tbody tfoot tr td th");

// FOREIGN_BREAKOUT: HTML tags that end SVG or MathML when they appear inside.
kind(
  "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var",
);

// INTEGRATION: Foreign elements whose children are HTML again.
kind("foreignobject desc title mi mo mn ms mtext annotation-xml");

/** Rendered as blocks: they break a line of text. */
export const BLOCK = kind(
  "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp caption",
);

/** Never shown as text, graphics included. */
export const HIDDEN = kind(
  "script style template noscript head title meta link base annotation annotation-xml iframe object embed applet noembed noframes canvas audio video map datalist param source track svg",
);

// SURVEYED: What the survey of a page gathers by its name, beside what it gathers by attributes.
kind("meta link base title script a area frame img video amp-img h1 h2 h3 h4 h5 h6 time main input textarea");

// CLOSES_IMPLIED: Start tags that end elements before them (other than paragraphs).
kind("li dd dt h1 h2 h3 h4 h5 h6 option optgroup rt rp button a td th tr tbody thead tfoot caption colgroup");

/** Blocks that begin a line of their own and no paragraph. */
export const LINE = kind("li tr dt dd option caption figcaption thead tbody tfoot");
export const LISTS = kind("ul ol menu dir");

/** What stands beside a page's content by its name alone. */
export const APART_TAG = kind("nav aside button select textarea dialog menu footer");

/** The text's own blocks: content is never narrowed down to one of them. */
export const LEAF = kind("p blockquote li pre h1 h2 h3 h4 h5 h6 dd dt tr tbody table");

/** Written in Markdown otherwise than by what they hold. */
export const WRITTEN = kind(
  "br hr img amp-img a pre listing xmp blockquote ul ol menu dir dl table q sup sub input wbr code kbd samp tt b strong em i cite dfn var del s strike h1 h2 h3 h4 h5 h6",
);

/** How the text inside these is read (section 13.2.6.4.4 and .7); of all others it is markup. Scripting counts as off. */
export const TEXT_MODES: ReadonlyMap<string, "raw" | "references" | "script" | "plain"> = new Map([
  ["script", "script"],
  ["style", "raw"],
  ["xmp", "raw"],
  ["iframe", "raw"],
  ["noembed", "raw"],
  ["noframes", "raw"],
  ["title", "references"],
  ["textarea", "references"],
  ["plaintext", "plain"],
]);
