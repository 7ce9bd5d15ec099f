// The demonstration web's own answer sheet: for each URL what a right crawler makes of it, with and without a browser.
// Only shapes; the hosts fill them while they make their pages, so that page and answer cannot drift apart.

export type Outcome = "stored" | "failed" | "skipped";
export type Lane = "fast" | "rich";
export type Language = "en" | "ko" | "ja" | "zh" | "ru" | "fr" | "de";

export interface Expectation {
  readonly outcome: Outcome;
  /** Failure code of millrace's contract; null when stored. */
  readonly code: string | null;
  /** Status of the last answer; null where none was to be had (robots, reset connection). */
  readonly status: number | null;
  readonly title: string | null;
  /** One sentence of the page's text, found nowhere else; null when nothing is stored. */
  readonly sentence: string | null;
}

/**
 * How a URL is found: given as a seed, by links, only from a sitemap, only by links that a script makes, or by elements that a
 * crawler may follow or not (a feed's `<link>`, an out-of-scope host): "maybe".
 */
export type Reach = "seed" | "links" | "sitemap" | "rendered" | "maybe";

export interface DemoRow {
  readonly url: string;
  /** What it shows, in a few words: "article", "redirect chain", "gzip bomb". */
  readonly kind: string;
  readonly reach: Reach;
  /** Fewest links from a seed, redirects not counted; null where no link leads. */
  readonly depth: number | null;
  /** Without a browser; null when such a crawl never hears of the URL. */
  readonly plain: Expectation | null;
  /** With a browser. */
  readonly rendered: Expectation;
  /** Lane by the router's table of scores; null where no page is read. */
  readonly lane: Lane | null;
  /** As declared by the page; null where it declares none. */
  readonly lang: string | null;
  /** Encoding Standard name, lower case; null where no page is read. */
  readonly charset: string | null;
  /** Where redirects end; null when there are none or they never end. */
  readonly finalUrl: string | null;
  /** Attempts a patient crawler needs at least. */
  readonly attempts: number;
}

/** A word (or phrase without spaces) that occurs in the main text of exactly these pages. */
export interface DemoWord {
  readonly word: string;
  readonly lang: Language;
  /** Stored pages that have it without a browser, and those that have it with one; sorted. */
  readonly plain: readonly string[];
  readonly rendered: readonly string[];
}
