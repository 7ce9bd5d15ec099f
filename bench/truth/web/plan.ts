// What one host is like, drawn from its seed: language, names, how it is built and served. No family decides any of it, so that no
// literal name can tell the families apart.
import { type Chance, chanceOf } from "../../../demo/chance.ts";
import type { Language } from "../../../demo/table.ts";

export interface Plan {
  readonly host: string;
  readonly family: string;
  readonly variant: string;
  /** Its own number among all hosts; pages are told apart by it. */
  readonly number: number;
  readonly chance: Chance;
  readonly lang: Language;
  readonly siteName: string;
  /** Id of the element that a script fills. */
  readonly mount: string;
  /** The class of what is called so; hashed, prefixed or plain. */
  name(of: string): string;
  /** `main` and `article`, or `div` for everything. */
  readonly isSemantic: boolean;
  /** Header and footer stand in the document itself, not in what a script makes. */
  readonly hasOwnFrame: boolean;
  readonly isMinified: boolean;
  /** The bundle stands in the page itself. */
  readonly isInline: boolean;
  /** Where the site's bundles lie. */
  readonly bundlePath: string;
  /** What the site's API takes. */
  readonly apiMs: number;
  readonly apiPath: string;
  /** Bytes of inline styles, about. */
  readonly styleBytes: number;
  /** Scripts that measure, advertise and test, and change nothing of the text. */
  readonly sideScripts: number;
  readonly hasCookieBar: boolean;
  readonly hasNoscript: boolean;
  readonly hasJsonLd: boolean;
  readonly navLinks: number;
  readonly footerLines: number;
}

const LANGUAGES: readonly [Language, ...Language[]] = [
  "en",
  "en",
  "en",
  "en",
  "de",
  "fr",
  "ko",
  "ja",
  "zh",
  "ru",
];
const MOUNTS: readonly [string, ...string[]] = [
  "root",
  "app",
  "main",
  "view",
  "page",
  "application",
  "site",
  "container",
];
const NAMES: readonly [string, ...string[]] = ["plain", "prefixed", "hashed", "utility"];
const UTILITIES: readonly [string, ...string[]] = [
  "flex",
  "px-4",
  "mt-2",
  "text-lg",
  "mx-auto",
  "gap-6",
  "grid",
  "w-full",
  "md:flex-row",
  "leading-7",
];
const WORDS: readonly [string, ...string[]] = [
  "harbour",
  "meadow",
  "copper",
  "lantern",
  "orchard",
  "granite",
  "willow",
  "saffron",
  "compass",
  "thistle",
];

export function planOf(family: string, variant: string, number: number): Plan {
  const chance = chanceOf(`truth ${family} ${variant} ${number}`);
  const word = chance.pick(WORDS);
  const hash = (of: string): string => {
    const own = chanceOf(`${number} ${of}`);
    return Array.from({ length: 6 }, () => "abcdefghijkmnpqrstuvwxyz23456789"[own.below(32)] ?? "x").join("");
  };
  const style = chance.pick(NAMES);
  const prefix = chance.pick(["c-", "site-", "o-", "ui-", `${word}-`]);
  const name = (of: string): string => {
    if (style === "plain") return of;
    if (style === "prefixed") return `${prefix}${of}`;
    if (style === "hashed") return `css-${hash(of)}`;
    const own = chanceOf(`${number} ${of}`);
    return Array.from({ length: 3 + own.below(3) }, () => own.pick(UTILITIES)).join(" ");
  };
  return {
    host: `${word}-${number}.test`,
    family,
    variant,
    number,
    chance,
    lang: chance.pick(LANGUAGES),
    siteName: `${word.slice(0, 1).toUpperCase()}${word.slice(1)} ${chance.pick(["Review", "Store", "Journal", "Portal", "Works", "Online"])}`,
    mount: chance.below(4) === 0 ? hash("mount") : chance.pick(MOUNTS),
    name,
    isSemantic: chance.below(5) > 1,
    hasOwnFrame: chance.below(2) === 0,
    isMinified: chance.below(4) > 0,
    isInline: chance.below(6) === 0,
    bundlePath: chance
      .pick(["/assets/index-", "/static/js/main.", "/js/bundle.", "/build/", "/_assets/entry."])
      .concat(hash("bundle"), ".js"),
    apiMs: chance.pick([0, 20, 60, 150]),
    apiPath: chance.pick(["/api/pages", "/data", "/v1/content", "/wp-json/items"]),
    styleBytes: chance.pick([0, 500, 4_000, 20_000]),
    sideScripts: chance.below(5),
    hasCookieBar: chance.below(4) === 0,
    hasNoscript: chance.below(2) === 0,
    hasJsonLd: chance.below(3) === 0,
    navLinks: 3 + chance.below(20),
    footerLines: 1 + chance.below(6),
  };
}
