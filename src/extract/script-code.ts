// What a script element is to a browser: code that runs, data for code, or neither. Runs nothing and reads no code.
import type { Rows } from "./rows.ts";

/** HTML standard, "JavaScript MIME type essence match", and what compilers in the page take. */
const CODE_TYPE =
  /^(?:|module|(?:text|application)\/(?:x-)?(?:java|ecma|j|live)script.*|text\/babel|text\/jsx)$/;
/** JSON for scripts; not what describes the page to others (JSON-LD) or to the browser (import maps, speculation rules). */
const DATA_TYPE = /^(?:application|text)\/(?:(?!ld\+json)[\w.-]+\+)?json$/;

export type ScriptKind = "code" | "data" | "linked data" | "other";

/** Of a script's row. */
export function kindOfScript(rows: Rows, row: number): ScriptKind {
  const given = rows.attribute(row, "type");
  if (given === null || given === "text/javascript") return "code";
  const type = given.trim().toLowerCase();
  if (CODE_TYPE.test(type)) return "code";
  if (type.startsWith("application/ld+json")) return "linked data";
  return DATA_TYPE.test(type) ? "data" : "other";
}

/** Handlers that need nobody's hand. */
const RUNS_BY_ITSELF = /^on(?:load|error|pageshow|begin|toggle|animation|transition)/;

/** Whether the attribute's code runs without anybody doing anything. */
export const isOwnHandler = (attributeName: string): boolean =>
  attributeName.charCodeAt(0) === 111 &&
  attributeName.charCodeAt(1) === 110 &&
  RUNS_BY_ITSELF.test(attributeName);
