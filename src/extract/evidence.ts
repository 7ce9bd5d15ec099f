// Looks for the router's markers while the tree is surveyed; for those of pages with little text in a second walk, which other
// pages are spared. Knows what a marker matches, never what it is worth.
import type { RouteMarker } from "../model/index.ts";
import { CLASS, ID, RARE } from "./attribute-marks.ts";
import { isUsual } from "./names.ts";
import { codeOf } from "./script-code.ts";
import type { Spelling } from "./spelling.ts";
import { attribute, type Element, type Tree } from "./tree.ts";

type Kind<K extends RouteMarker["kind"]> = Extract<RouteMarker, { kind: K }>;

/** At most this much of one script is searched for literals; the markers of frameworks stand near a script's beginning. */
const SCRIPT_CHARS_MAX = 2_000_000;
/** Attribute values longer than this hold no class names. */
const WORD_CHARS_MAX = 4_096;

/** Values remembered; when there are more all are forgotten. Longer ones are judged each time. */
const JUDGED_MAX = 20_000;
const JUDGED_CHARS_MAX = 300;

interface Words {
  readonly marker: Kind<"word">;
  readonly words: ReadonlySet<string>;
  /** Finds every value that may hold a word of these, and some more: most hold none. */
  readonly anyOf: RegExp;
  readonly unless: ReadonlySet<string>;
  /** Elements on which no word makes the marker: of all its entries that are looked for on the same pages. */
  readonly notOn: ReadonlySet<string>;
}

interface Phrases {
  readonly marker: Kind<"phrase">;
  /** In lower case: the first word of each, and the whole between spaces. */
  readonly phrases: readonly { readonly first: string; readonly whole: string }[];
}

function phrasesOf(marker: Kind<"phrase">): Phrases {
  const phrases = marker.phrases.map((phrase) => {
    const lower = phrase.toLowerCase();
    return { first: /[\p{L}\p{N}]*/u.exec(lower)?.[0] ?? "", whole: ` ${lower} ` };
  });
  return { marker, phrases };
}

const escaped = (word: string): string => word.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");

/** Markers as they are looked up. */
class Lookup {
  readonly literals: Kind<"literal">[] = [];
  readonly attributes = new Map<string, string[]>();
  readonly tags = new Map<string, Kind<"tag">[]>();
  /** Bits of the lengths that those tags' names have, modulo 32: most elements' have none of them. */
  tagLengths = 0;
  readonly words: Words[] = [];
  readonly phrases: Phrases[] = [];
  /** No phrase is looked for on a page that shows as many characters. */
  readonly phrasesBelow: number;
  /** Entries of `words` that a value holds, remembered from page to page: a site's names come again. */
  readonly judged = new Map<string, readonly number[]>();
  /** Every attribute looked for bears a name that is none of the usual ones. */
  readonly onlyRare: boolean;
  /** Which of its `Lookups` it is. */
  readonly index: number;

  constructor(markers: readonly RouteMarker[], index: number) {
    this.index = index;
    for (const marker of markers) {
      if (marker.kind === "literal") this.literals.push(marker);
      else if (marker.kind === "word")
        this.words.push({
          marker,
          words: new Set(marker.words),
          anyOf: new RegExp(marker.words.map(escaped).join("|"), "i"),
          unless: new Set(marker.unless),
          notOn: notOnAnyOf(marker, markers),
        });
      else if (marker.kind === "phrase") this.phrases.push(phrasesOf(marker));
      else if (marker.kind === "tag") {
        const name = marker.name.toLowerCase();
        this.tagLengths |= 1 << name.length;
        this.tags.set(name, [...(this.tags.get(name) ?? []), marker]);
      } else {
        for (const prefix of ["", "data-", "x-"]) {
          const name = prefix + marker.name.toLowerCase();
          this.attributes.set(name, [...(this.attributes.get(name) ?? []), marker.id]);
        }
      }
    }
    this.phrasesBelow = Math.max(0, ...this.phrases.map(({ marker }) => marker.visibleBelow));
    this.onlyRare = [...this.attributes.keys()].every((name) => !isUsual(name));
  }
}

function notOnAnyOf(one: Kind<"word">, markers: readonly RouteMarker[]): Set<string> {
  return new Set(
    markers.flatMap((other) =>
      other.kind === "word" && other.id === one.id && other.visibleBelow === one.visibleBelow
        ? other.notOn
        : [],
    ),
  );
}

interface Lookups {
  readonly onAll: Lookup;
  /** All that are looked for below a visible length, longest first: each holds those before it. */
  readonly onThin: readonly (readonly [visibleBelow: number, lookup: Lookup])[];
}

/** Made once for a list of markers: every page brings the same one. */
const known = new WeakMap<readonly RouteMarker[], Lookups>();

function lookupsOf(markers: readonly RouteMarker[]): Lookups {
  const before = known.get(markers);
  if (before !== undefined) return before;
  const limitOf = (marker: RouteMarker): number | null =>
    marker.kind === "phrase" ? null : (marker.visibleBelow ?? null);
  const limits = [...new Set(markers.map(limitOf).filter((limit) => limit !== null))].sort((a, b) => b - a);
  const isBelow = (marker: RouteMarker, limit: number): boolean => (limitOf(marker) ?? -1) >= limit;
  const made = {
    onAll: new Lookup(
      markers.filter((marker) => limitOf(marker) === null),
      0,
    ),
    onThin: limits.map((limit, at) => {
      const wanted = markers.filter((marker) => isBelow(marker, limit));
      return [limit, new Lookup(wanted, at + 1)] as const;
    }),
  };
  known.set(markers, made);
  return made;
}

export class Evidence {
  readonly #lookups: Lookups;
  readonly #found = new Set<string>();
  #lookup: Lookup;

  constructor(markers: readonly RouteMarker[]) {
    this.#lookups = lookupsOf(markers);
    this.#lookup = this.#lookups.onAll;
  }

  /** Shown every element outside templates. */
  element(element: Element): void {
    const lookup = this.#lookup;
    const { name, marks } = element;
    if (((lookup.tagLengths >>> name.length) & 1) !== 0) {
      const tags = lookup.tags.get(name);
      if (tags !== undefined) this.#tags(element, tags);
    }
    if ((marks & RARE) !== 0 || !lookup.onlyRare) this.#attributes(element);
    if ((marks & CLASS) !== 0) this.#wordsOf(element, "class", element.className);
    if ((marks & ID) !== 0) {
      if (lookup.literals.length > 0) {
        const value = element.id?.text ?? attribute(element, "id") ?? "";
        for (const marker of lookup.literals) if (value.includes(marker.text)) this.#found.add(marker.id);
      }
      this.#wordsOf(element, "id", element.id);
    }
  }

  #attributes(element: Element): void {
    for (let at = 0; at < element.attributeCount; at++) {
      const ids = this.#lookup.attributes.get(element.attributeName(at));
      if (ids !== undefined) for (const id of ids) this.#found.add(id);
    }
  }

  #tags(element: Element, markers: readonly Kind<"tag">[]): void {
    /** All its attributes' names and values, parted by what stands in none of them. */
    let told: string | null = null;
    for (const marker of markers) {
      if (this.#found.has(marker.id)) continue;
      if (marker.attributesContain !== undefined) told ??= element.attributes.join("\u0000").toLowerCase();
      if (marker.attributesContain === undefined || told?.includes(marker.attributesContain.toLowerCase()))
        this.#found.add(marker.id);
    }
  }

  /** Shown the text of every inline script that is code. */
  script(text: string): void {
    if (text === "") return;
    const beginning = text.length > SCRIPT_CHARS_MAX ? text.slice(0, SCRIPT_CHARS_MAX) : text;
    for (const marker of this.#lookup.literals) {
      if (!this.#found.has(marker.id) && beginning.includes(marker.text)) this.#found.add(marker.id);
    }
  }

  /** `visibleText` is asked for only where a phrase may matter. Ids in the order of their names. */
  finish(tree: Tree, visibleLength: number, visibleText: () => string): string[] {
    const thin = this.#lookups.onThin.findLast(([visibleBelow]) => visibleLength < visibleBelow);
    if (thin !== undefined) {
      this.#lookup = thin[1];
      this.#walk(tree.html);
    }
    this.#lookup = this.#lookups.onAll;
    if (visibleLength < this.#lookup.phrasesBelow) this.#phrases(visibleLength, visibleText().toLowerCase());
    return [...this.#found].sort();
  }

  #phrases(visibleLength: number, written: string): void {
    /** Its words alone, parted by one space each; made once a word of some phrase stands there at all. */
    let words: string | null = null;
    for (const { marker, phrases } of this.#lookup.phrases) {
      if (this.#found.has(marker.id) || visibleLength >= marker.visibleBelow) continue;
      for (const { first, whole } of phrases) {
        if (!written.includes(first)) continue;
        words ??= ` ${written.split(/[^\p{L}\p{N}]+/u).join(" ")} `;
        if (words.includes(whole)) this.#found.add(marker.id);
      }
    }
  }

  /** As the survey goes: no templates, nothing foreign, nothing inside noscript. */
  #walk(element: Element): void {
    if (element.name === "template" || element.foreign) return;
    this.element(element);
    if (element.name === "noscript") return;
    if (element.name === "script") {
      const code = codeOf(element);
      if (code !== null) this.script(code);
      return;
    }
    for (let child = element.first; child !== null; child = child.next)
      if (child.kind === 1) this.#walk(child);
  }

  #wordsOf(element: Element, name: "class" | "id", spelling: Spelling | null): void {
    const lookup = this.#lookup;
    if (lookup.words.length === 0) return;
    if (spelling === null) {
      const value = attribute(element, name) ?? "";
      if (value.length <= WORD_CHARS_MAX) this.#add(element, this.#judged(value));
      return;
    }
    if (spelling.nothingFor === lookup) return;
    if (spelling.markersFor !== this.#lookups) {
      spelling.markersFor = this.#lookups;
      spelling.markers = [];
    }
    let found = spelling.markers[lookup.index];
    if (found === undefined) {
      found = this.#judged(spelling.text);
      spelling.markers[lookup.index] = found;
    }
    if (found.length > 0) this.#add(element, found);
    else spelling.nothingFor = lookup;
  }

  #judged(value: string): readonly number[] {
    const { judged, words } = this.#lookup;
    let held = judged.get(value);
    if (held === undefined) {
      held = [...words.keys()].filter((at) => words[at] !== undefined && holdsWord(value, words[at]));
      if (value.length <= JUDGED_CHARS_MAX) {
        if (judged.size >= JUDGED_MAX) judged.clear();
        // A copy: a part of the page's string would hold the page in memory.
        judged.set(` ${value}`.slice(1), held);
      }
    }
    return held;
  }

  #add(element: Element, held: readonly number[]): void {
    for (const at of held) {
      const entry = this.#lookup.words[at];
      if (entry?.notOn.has(element.name) === false) this.#found.add(entry.marker.id);
    }
  }
}

function holdsWord(value: string, entry: Words): boolean {
  if (!entry.anyOf.test(value)) return false;
  for (const token of value.split(/\s+/)) {
    const parts = token
      .replace(/([a-z0-9])([A-Z])/g, "$1-$2")
      .toLowerCase()
      .split(/[^a-z0-9]+/);
    if (parts.some((part) => entry.words.has(part)) && !parts.some((part) => entry.unless.has(part)))
      return true;
  }
  return false;
}
