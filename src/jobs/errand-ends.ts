// What a task and its errand say of each other: its name, whether its failure may pass, what of a page fits into a row. Pure.
import { type Code, codeRules, type OutLine } from "../model/index.ts";

/** Each attempt is an errand of its own: the next may begin before the end of the last was reported. */
export const errandOf = (id: string, attempt: number): string => `${id}.${attempt}`;

export function attemptOf(errand: string): { id: string; attempt: number } {
  const [id = "", attempt] = errand.split(".");
  return { id, attempt: Number(attempt) };
}

/** Of statuses those that a server itself calls passing. */
export function mayPass(code: Code, status: number | null): boolean {
  if (code === "status") return status !== null && (status >= 500 || [408, 425, 429].includes(status));
  return codeRules[code].transient;
}

/** A line that is longer than a row should hold goes without what makes it so. */
export function resultText(line: OutLine, charsMax: number): string {
  const text = JSON.stringify(line);
  if (text.length <= charsMax) return text;
  const short = JSON.stringify({ ...line, links: null, structured: null });
  return short.length <= charsMax
    ? short
    : JSON.stringify({ ...line, links: null, structured: null, markdown: null });
}
