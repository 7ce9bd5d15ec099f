// A start URL as people type it: a whole http(s) URL, or a bare host that gets the scheme a list line would get. Pure.
import { err, ok, type Result } from "../base/index.ts";
import { givenUrl } from "../frontier/index.ts";

const SEED_CHARACTERS_MAX = 8_192;

/** The URL as the WHATWG parser serialises it, without fragment; the error says what is wrong, without the seed itself. */
export function seedUrl(written: string): Result<string, string> {
  const text = written.trim();
  if (text === "") return err("is empty");
  if (text.length > SEED_CHARACTERS_MAX) return err(`is longer than ${SEED_CHARACTERS_MAX} characters`);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") {
    return err(`has the scheme ${scheme}; allowed are http and https`);
  }
  if (scheme === undefined && !looksLikeHost(text))
    return err("is not an http or https URL, nor a host name");
  const url = URL.parse(givenUrl(text));
  if (url === null || url.hostname === "") return err("is not a valid URL");
  url.hash = "";
  return ok(url.href);
}

/** "example.com", "localhost:8080/x", "[::1]:80", "192.0.2.7"; not "mailto:a@b", "foo", "/path". */
function looksLikeHost(text: string): boolean {
  const authority = text.split(/[/?#]/, 1)[0] ?? "";
  if (/[\s@\\]/.test(authority)) return false;
  return /^(localhost|\[[0-9a-f:.]+\]|[^:[\]]+\.[^:[\]]+)(:\d{1,5})?$/i.test(authority);
}
