// Where a redirect leads, resolved as browsers do. Follows nothing and judges no address.
import { err, ok, type Result } from "../base/index.ts";
import type { Failure, Headers } from "../model/index.ts";

/** Fetch Standard, "redirect status": 300 and 304 to 306 are none. */
export function isRedirect(status: number): boolean {
  return status === 301 || status === 302 || status === 303 || status === 307 || status === 308;
}

const failure = (message: string): Result<string, Failure> => err({ code: "redirect", message });

/** Absolute http(s) URL without fragment, from the first Location that is not empty. */
export function redirectTarget(url: string, headers: Headers): Result<string, Failure> {
  const location = headers.find(([name, value]) => name === "location" && value.trim() !== "")?.[1];
  if (location === undefined) return failure("a redirect without a Location");
  const target = URL.parse(asTyped(location.trim()), url);
  if (target === null) return failure(`a redirect to what is no URL: ${location.slice(0, 200)}`);
  if (target.protocol !== "http:" && target.protocol !== "https:") {
    return failure(`a redirect to ${target.protocol.slice(0, 40)}, which is not fetched`);
  }
  target.hash = "";
  return ok(target.href);
}

/**
 * Header values are latin-1 here. Servers write UTF-8 bytes into Location, and browsers take them as such; bytes that are
 * no UTF-8 stand for themselves, percent-encoded.
 */
function asTyped(location: string): string {
  if (!/[\x80-\xff]/.test(location)) return location;
  const bytes = Buffer.from(location, "latin1");
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return location.replace(/[\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
  }
}
