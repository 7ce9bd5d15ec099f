// Meta refresh and the Refresh header, by the HTML standard's shared declarative refresh steps (section 4.2.5.3).
import { resolve } from "./addresses.ts";

/** Null when the value is no refresh, names no URL, or leads to no http(s) one. A refresh of the page itself is none. */
export function parseRefresh(value: string, base: string): { delayS: number; url: string } | null {
  const match = /^\s*(\d{0,15})(?:\.[\d.]*)?(?=[\s;,]|$)/.exec(value.slice(0, 10_000));
  if (match === null || (match[1] === "" && !/^\s*\./.test(value))) return null;
  const delayS = Number(match[1]);
  let rest = value.slice(match[0].length).replace(/^\s*[;,]?\s*/, "");
  rest = rest.replace(/^url\s*=\s*/i, "");
  const quote = rest[0];
  if (quote === '"' || quote === "'") {
    const end = rest.indexOf(quote, 1);
    rest = end === -1 ? rest.slice(1) : rest.slice(1, end);
  }
  rest = rest.trim();
  if (rest === "") return null;
  const url = resolve(rest, base);
  return url === null ? null : { delayS, url };
}
