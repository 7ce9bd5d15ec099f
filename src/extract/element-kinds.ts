// Which HTML elements behave how: tables of the HTML standard (sections 13.1.2, 13.2.4.2, 15.3) as sets of names.

const set = (names: string): ReadonlySet<string> => new Set(names.split(" "));

export const VOID = set(
  "area base basefont bgsound br col embed frame hr img input keygen link meta param source track wbr",
);

/** What may stand in a head without ending it. */
export const HEAD_CONTENT = set(
  "base basefont bgsound link meta title script style noscript noframes template",
);

/** The standard's "special" category: an end tag of an ordinary element does not reach over these. */
export const SPECIAL = set(
  "address applet area article aside base basefont bgsound blockquote body br button caption center col colgroup dd details dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr html iframe img input keygen li link listing main marquee menu meta nav noembed noframes noscript object ol p param plaintext pre script search section select source style summary table tbody td template textarea tfoot th thead title tr track ul wbr xmp",
);

/** Start tags that close an open paragraph. */
export const CLOSES_P = set(
  "address article aside blockquote center details dialog dir div dl dd dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p plaintext pre search section summary table ul xmp",
);

export const SCOPE = set("applet caption html table td th marquee object template svg math body head");
export const HEADINGS = set("h1 h2 h3 h4 h5 h6");
export const FORMATTING = set("a b big code em font i nobr s small strike strong tt u");
export const TABLE_PARTS = set("table caption colgroup thead tbody tfoot tr td th");

/** HTML tags that end SVG or MathML when they appear inside. */
export const FOREIGN_BREAKOUT = set(
  "b big blockquote body br center code dd div dl dt em embed h1 h2 h3 h4 h5 h6 head hr i img li listing menu meta nobr ol p pre ruby s small span strong strike sub sup table tt u ul var",
);

/** Foreign elements whose children are HTML again. */
export const INTEGRATION = set("foreignobject desc title mi mo mn ms mtext annotation-xml");

/** Rendered as blocks: they break a line of text. */
export const BLOCK = set(
  "address article aside blockquote body center dd details dialog dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li listing main menu nav ol optgroup option p plaintext pre search section summary table tbody td tfoot th thead tr ul xmp caption",
);

/** Never shown as text. */
export const HIDDEN = set(
  "script style template noscript head title meta link base annotation annotation-xml iframe object embed applet noembed noframes canvas audio video map datalist param source track",
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
