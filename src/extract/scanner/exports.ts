// What the compiled scanner exports, by the names that its sources give (scanner.as). Knows no order in which it is asked.
import { z } from "zod";
import { compiledMemory, exported } from "../compiled-module.ts";

export const exportsSchema = z.object({
  memory: compiledMemory,
  lettersAt: exported<() => number>(),
  pageAt: exported<() => number>(),
  setsAt: exported<() => number>(),
  slotsAt: exported<() => number>(),
  writtenAt: exported<() => number>(),
  addName: exported<(length: number, marks: number, mode: number, kinds: number) => void>(),
  parse:
    exported<
      (
        pageBytes: number,
        rowsAt: number,
        attributesMax: number,
        depthMax: number,
        nodesMax: number,
        xhtml: boolean,
        spells: boolean,
        flat: number,
      ) => number
    >(),
  htmlRow: exported<() => number>(),
  headRow: exported<() => number>(),
  bodyRow: exported<() => number>(),
  isCut: exported<() => number>(),
  rowsEnd: exported<() => number>(),
  hostAt: exported<() => number>(),
  openTargets: exported<(hostLength: number) => void>(),
  link: exported<(row: number) => number>(),
  targetAt: exported<(length: number) => number>(),
  writtenTarget: exported<(length: number) => number>(),
  watchedAt: exported<() => number>(),
  watchWordsAt: exported<() => number>(),
  survey: exported<(all: boolean) => number>(),
  lineStart: exported<(row: number, asksForDigit: boolean) => number>(),
  weigh: exported<(row: number, hasSayings: boolean) => void>(),
  mainRow: exported<() => number>(),
  setApart: exported<(row: number, strictness: number, bit: number) => void>(),
  visibleLength: exported<() => number>(),
  linkLength: exported<() => number>(),
  hiddenLength: exported<() => number>(),
  noscriptLength: exported<() => number>(),
  hasMath: exported<() => number>(),
  units: exported<(from: number, to: number) => number>(),
  literalsAt: exported<() => number>(),
  literalsIn: exported<(from: number, to: number) => number>(),
});
