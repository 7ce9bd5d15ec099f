// The cookie jar of a crawl (RFC 6265bis): what to send with a request and what to keep of an answer. A malformed pair is
// skipped, never fatal. Secure cookies stay off plain http, public suffixes and wrong prefixes are refused by the jar.
import { CookieJar } from "tough-cookie";
import type { Headers } from "../model/index.ts";
import { BoundedCookieStore } from "./cookie-store.ts";
import type { FetchOptions } from "./options.ts";

export interface Cookies {
  /** Value of the Cookie field, empty for none. */
  sentTo(url: URL): string;
  /** Keeps the Set-Cookie fields of an answer; true when there was one. */
  keep(url: URL, headers: Headers): boolean;
}

/** Set-Cookie fields looked at in one answer. */
const FIELDS_MAX = 100;

export function createCookies(options: FetchOptions["cookies"]): Cookies {
  const store = new BoundedCookieStore(options);
  const jar = new CookieJar(store, {
    looseMode: true,
    rejectPublicSuffixes: true,
    prefixSecurity: "silent",
    allowSpecialUseDomain: true,
  });
  return {
    sentTo(url) {
      if (!options.enabled || !store.has(url.hostname)) return "";
      return jar.getCookieStringSync(url.href);
    },
    keep(url, headers) {
      let seen = 0;
      for (const [name, value] of headers) {
        if (name !== "set-cookie" || ++seen > FIELDS_MAX || !options.enabled) continue;
        // The attributes may take as much again as the pair.
        if (
          value.length > 2 * options.bytesMax ||
          (value.indexOf(";") === -1 && value.length > options.bytesMax)
        )
          continue;
        jar.setCookieSync(value, url.href, { ignoreError: true });
      }
      return seen > 0;
    },
  };
}
