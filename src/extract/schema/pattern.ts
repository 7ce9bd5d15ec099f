// Runs a pattern over a text in time bounded by text times pattern, whatever both are: all ways are followed side by side, none twice at
// the same place. The first match is the one JavaScript's own machine finds.
import type { PatternProgram } from "./pattern-program.ts";

/** More of a text is not looked at. */
export const PATTERN_TEXT_CHARS_MAX = 100_000;

export interface PatternMatch {
  /** The whole match, then each group; null for a group that took no part. */
  readonly groups: readonly (string | null)[];
  readonly end: number;
}

type Slots = readonly number[];

interface Threads {
  readonly at: number[];
  readonly slots: Slots[];
}

/** The first match at or behind `from`. `step` counts, and ends the search by returning false. */
export function firstMatch(
  program: PatternProgram,
  text: string,
  step: () => boolean,
  from = 0,
): PatternMatch | null {
  const { instructions } = program;
  const visited = new Int32Array(instructions.length).fill(-1);
  const length = Math.min(text.length, PATTERN_TEXT_CHARS_MAX);
  const none: Slots = new Array<number>(2 * program.groups + 2).fill(-1);
  let current: Threads = { at: [], slots: [] };
  let next: Threads = { at: [], slots: [] };
  let found: Slots | null = null;

  const add = (threads: Threads, at: number, position: number, slots: Slots): void => {
    if (visited[at] === position || !step()) return;
    visited[at] = position;
    const instruction = instructions[at];
    if (instruction === undefined) return;
    switch (instruction.op) {
      case "jump":
        add(threads, instruction.to, position, slots);
        break;
      case "split":
        add(threads, instruction.first, position, slots);
        add(threads, instruction.second, position, slots);
        break;
      case "save":
        add(threads, at + 1, position, slots.with(instruction.slot, position));
        break;
      case "assert":
        if (holds(instruction.what, text, position, length, program.multiline))
          add(threads, at + 1, position, slots);
        break;
      default:
        threads.at.push(at);
        threads.slots.push(slots);
    }
  };

  for (let position = from; position <= length; ) {
    if (found === null) add(current, 0, position, none);
    if (current.at.length === 0 && found !== null) break;
    const codePoint = position < length ? (text.codePointAt(position) ?? -1) : -1;
    const after = position + (codePoint > 0xffff ? 2 : 1);
    for (let index = 0; index < current.at.length; index++) {
      const at = current.at[index] ?? 0;
      const slots = current.slots[index] ?? none;
      const instruction = instructions[at];
      if (instruction?.op === "match") {
        found = slots;
        break; // whoever stands behind has less right
      }
      if (instruction?.op === "char" && codePoint !== -1 && instruction.test(codePoint))
        add(next, at + 1, after, slots);
    }
    [current, next] = [next, current];
    next.at.length = 0;
    next.slots.length = 0;
    if (!step()) return null;
    position = after;
  }
  if (found === null) return null;
  const groups: (string | null)[] = [];
  for (let slot = 0; slot < found.length; slot += 2) {
    const [start = -1, end = -1] = [found[slot], found[slot + 1]];
    groups.push(start === -1 || end === -1 ? null : text.slice(start, end));
  }
  return { groups, end: found[1] ?? from };
}

function holds(
  what: "start" | "end" | "word" | "noword",
  text: string,
  at: number,
  length: number,
  multiline: boolean,
): boolean {
  if (what === "start") return at === 0 || (multiline && isLineEnd(text.charCodeAt(at - 1)));
  if (what === "end") return at === length || (multiline && isLineEnd(text.charCodeAt(at)));
  const between = isWord(text, at - 1) !== (at < length && isWord(text, at));
  return what === "word" ? between : !between;
}

function isLineEnd(unit: number): boolean {
  return unit === 10 || unit === 13 || unit === 0x2028 || unit === 0x2029;
}

function isWord(text: string, at: number): boolean {
  const unit = text.charCodeAt(at);
  return (
    (unit >= 48 && unit <= 57) || (unit >= 65 && unit <= 90) || unit === 95 || (unit >= 97 && unit <= 122)
  );
}
