// What a generated site is: a host, its pages with what their author expects of them, and an answer for every path it has. Knows no
// framework and no server.
import type { Plan } from "./plan.ts";

export interface Answer {
  readonly type: string;
  readonly body: string;
  /** Default 200. */
  readonly status?: number;
  /** What a slow backend takes; default 0. */
  readonly delayMs?: number;
}

/** Which lane the author of a page would send it to; null where only a measurement can tell. */
export type Expected = "fast" | "rich" | null;

export interface TruthPage {
  readonly path: string;
  readonly expected: Expected;
}

export interface TruthSite {
  readonly host: string;
  readonly family: string;
  readonly variant: string;
  readonly pages: readonly TruthPage[];
  /** By path with its query. */
  readonly answers: ReadonlyMap<string, Answer>;
}

/** One framework or one manner of making pages. */
export interface Family {
  readonly name: string;
  /** Each host has one of them, in turn. */
  readonly variants: readonly [string, ...string[]];
  readonly hosts: number;
  site(plan: Plan): Promise<TruthSite>;
}

export const html = (body: string): Answer => ({ type: "text/html; charset=utf-8", body });
export const script = (body: string): Answer => ({ type: "text/javascript; charset=utf-8", body });
export const json = (value: unknown, delayMs = 0): Answer => ({
  type: "application/json",
  body: JSON.stringify(value),
  delayMs,
});

/** JSON as it may stand in a script element. */
export const inScript = (value: unknown): string => JSON.stringify(value).replaceAll("<", "\\u003c");

export const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
