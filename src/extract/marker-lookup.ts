// The router's markers as they are looked up: by names, by sketches of names, by one expression for all words. Made once for a list of markers;
// knows no page and no tree.
import type { RouteMarker } from "../model/index.ts";
import { isUsual, numberOf, usualNames } from "./names.ts";
import { RARE_NAME } from "./row-layout.ts";
import type { Watch } from "./scanner/scanner.ts";
import { ScriptLiterals } from "./script-literals.ts";

export type Kind<K extends RouteMarker["kind"]> = Extract<RouteMarker, { kind: K }>;

export interface Words {
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

const SKETCHES = 512;

// Of watch.as.
const WORD_FIRST = 2;
const WORDS_MAX = 8;
const WORD_BYTES = 32;
const SCANNED_WORD = /^[\x20-\x7e]{1,31}$/;

/** Of a name that stands there in UTF-8: its length, its last byte and the one before, ASCII case ignored. */
export function sketchOf(bytes: Uint8Array, from: number, to: number): number {
  const last = (bytes[to - 1] ?? 0) | 0x20;
  const before = to - from > 1 ? (bytes[to - 2] ?? 0) | 0x20 : 0;
  return (((to - from) * 31 + before) * 31 + last) & (SKETCHES - 1);
}

/** Markers as they are looked up. */
export class Lookup {
  readonly literals: Kind<"literal">[] = [];
  /** The same as the scanner looks for them; null where it does not. */
  readonly scriptLiterals: ScriptLiterals | null;
  readonly attributes = new Map<string, string[]>();
  readonly tags = new Map<string, Kind<"tag">[]>();
  /** As the scanner has it: of usual names by their numbers 0 where there are no tags of it. */
  readonly tagNames = new Uint8Array(usualNames.length);
  readonly tagWords = new Uint8Array(WORDS_MAX * WORD_BYTES);
  readonly words: Words[] = [];
  readonly phrases: Phrases[] = [];
  /** No phrase is looked for on a page that shows as many characters. */
  readonly phrasesBelow: number;
  /** Finds every value that holds a word of any entry, and some more: most hold none. */
  readonly mayHoldWord: RegExp;
  /** 1 for each sketch that the attributes' names have: most of a page's have none of them. */
  readonly attributeSketches = new Uint8Array(SKETCHES);
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
        this.tags.set(name, [...(this.tags.get(name) ?? []), marker]);
      } else {
        for (const prefix of ["", "data-", "x-"]) {
          const name = prefix + marker.name.toLowerCase();
          const bytes = Buffer.from(name);
          this.attributeSketches[sketchOf(bytes, 0, bytes.length)] = 1;
          this.attributes.set(name, [...(this.attributes.get(name) ?? []), marker.id]);
        }
      }
    }
    this.#watchTags();
    this.scriptLiterals = ScriptLiterals.of(this.literals.map(({ text }) => text));
    this.mayHoldWord = new RegExp(this.words.map(({ anyOf }) => anyOf.source).join("|"), "i");
    this.phrasesBelow = Math.max(0, ...this.phrases.map(({ marker }) => marker.visibleBelow));
    this.onlyRare = [...this.attributes.keys()].every((name) => !isUsual(name));
  }

  /** Where all tags of a name are to hold the same word, the scanner looks for that. */
  #watchTags(): void {
    const words: string[] = [];
    for (const [name, markers] of this.tags) {
      const usual = numberOf(name);
      if (usual === RARE_NAME) continue;
      const [word, ...others] = new Set(
        markers.map(({ attributesContain }) => attributesContain?.toLowerCase()),
      );
      const isOne = word !== undefined && others.length === 0 && SCANNED_WORD.test(word);
      if (isOne && !words.includes(word) && words.length < WORDS_MAX) words.push(word);
      this.tagNames[usual] = isOne && words.includes(word) ? WORD_FIRST + words.indexOf(word) : 1;
    }
    for (const [at, word] of words.entries()) {
      const letters = Buffer.from(word, "latin1").map((letter) => letter | 0x20);
      this.tagWords.set([word.length, ...letters], at * WORD_BYTES);
    }
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

export interface Lookups {
  readonly onAll: Lookup;
  /** What `onAll` has to look at. */
  readonly watch: Watch;
  /** All that are looked for below a visible length, longest first: each holds those before it. */
  readonly onThin: readonly (readonly [visibleBelow: number, lookup: Lookup])[];
}

/** Made once for a list of markers: every page brings the same one. */
const known = new WeakMap<readonly RouteMarker[], Lookups>();

export function lookupsOf(markers: readonly RouteMarker[]): Lookups {
  const before = known.get(markers);
  if (before !== undefined) return before;
  const limitOf = (marker: RouteMarker): number | null =>
    marker.kind === "phrase" ? null : (marker.visibleBelow ?? null);
  const limits = [...new Set(markers.map(limitOf).filter((limit) => limit !== null))].sort((a, b) => b - a);
  const isBelow = (marker: RouteMarker, limit: number): boolean => (limitOf(marker) ?? -1) >= limit;
  const onAll = new Lookup(
    markers.filter((marker) => limitOf(marker) === null),
    0,
  );
  const made = {
    onAll,
    watch: {
      names: onAll.tagNames,
      words: Buffer.concat([onAll.tagWords, onAll.attributeSketches]),
      all: !onAll.onlyRare,
    },
    onThin: limits.map((limit, at) => {
      const wanted = markers.filter((marker) => isBelow(marker, limit));
      return [limit, new Lookup(wanted, at + 1)] as const;
    }),
  };
  known.set(markers, made);
  return made;
}

/** Some word of the entry stands in the value, and none that speaks against it. */
export function holdsWord(value: string, entry: Words): boolean {
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
