// Where the cookie jar keeps its cookies: by domain, with a cap on domains and on each domain's cookies, so that a crawl
// of millions of hosts cannot fill memory. Knows the store's face of tough-cookie; the rules of RFC 6265bis are the jar's.
import { type Cookie, pathMatch, permuteDomain, Store } from "tough-cookie";

type Callback<T> = (error: Error | null, result?: T) => void;
type ErrorCallback = (error: Error | null) => void;

export interface CookieLimits {
  readonly perDomainMax: number;
  readonly domainsMax: number;
}

export class BoundedCookieStore extends Store {
  override readonly synchronous = true;
  readonly #limits: CookieLimits;
  /** Least recently used domain first; in each, oldest cookie first, keyed by path and name. */
  readonly #domains = new Map<string, Map<string, Cookie>>();

  constructor(limits: CookieLimits) {
    super();
    this.#limits = limits;
  }

  /** Whether any cookie could go to this host: spares the jar's work for the many hosts without one. */
  has(hostname: string): boolean {
    if (this.#domains.size === 0) return false;
    if (this.#domains.has(hostname)) return true;
    for (let dot = hostname.indexOf("."); dot >= 0; dot = hostname.indexOf(".", dot + 1)) {
      if (this.#domains.has(hostname.slice(dot + 1))) return true;
    }
    return false;
  }

  get domains(): number {
    return this.#domains.size;
  }

  override findCookie(
    domain: string | null,
    path: string | null,
    key: string | null,
  ): Promise<Cookie | undefined>;
  override findCookie(
    domain: string | null,
    path: string | null,
    key: string | null,
    callback: Callback<Cookie | undefined>,
  ): void;
  override findCookie(
    domain: string | null,
    path: string | null,
    key: string | null,
    callback?: Callback<Cookie | undefined>,
  ): unknown {
    return answer(this.#domains.get(domain ?? "")?.get(keyOf(path, key)), callback);
  }

  override findCookies(
    domain: string | null,
    path: string | null,
    allowSpecialUse?: boolean,
  ): Promise<Cookie[]>;
  override findCookies(
    domain: string | null,
    path: string | null,
    allowSpecialUse?: boolean,
    callback?: Callback<Cookie[]>,
  ): void;
  override findCookies(
    domain: string | null,
    path: string | null,
    allowSpecialUse: boolean | Callback<Cookie[]> = true,
    callback?: Callback<Cookie[]>,
  ): unknown {
    const reply = typeof allowSpecialUse === "function" ? allowSpecialUse : callback;
    const found: Cookie[] = [];
    if (domain !== null) {
      const names = permuteDomain(domain, allowSpecialUse === true) ?? [domain];
      for (const name of names) {
        const cookies = this.#domains.get(name);
        if (cookies === undefined) continue;
        this.#domains.delete(name);
        this.#domains.set(name, cookies);
        for (const cookie of cookies.values()) {
          if (path === null || pathMatch(path, cookie.path ?? "/")) found.push(cookie);
        }
      }
    }
    return answer(found, reply);
  }

  override putCookie(cookie: Cookie): Promise<void>;
  override putCookie(cookie: Cookie, callback: ErrorCallback): void;
  override putCookie(cookie: Cookie, callback?: ErrorCallback): unknown {
    const domain = cookie.domain ?? "";
    const cookies = this.#domains.get(domain) ?? new Map<string, Cookie>();
    this.#domains.delete(domain);
    this.#domains.set(domain, cookies);
    cookies.set(keyOf(cookie.path, cookie.key), cookie);
    if (cookies.size > this.#limits.perDomainMax) dropFirst(cookies);
    if (this.#domains.size > this.#limits.domainsMax) dropFirst(this.#domains);
    return answer(undefined, callback);
  }

  override updateCookie(old: Cookie, fresh: Cookie): Promise<void>;
  override updateCookie(old: Cookie, fresh: Cookie, callback: ErrorCallback): void;
  override updateCookie(_old: Cookie, fresh: Cookie, callback?: ErrorCallback): unknown {
    return callback === undefined ? this.putCookie(fresh) : this.putCookie(fresh, callback);
  }

  override removeCookie(domain: string | null, path: string | null, key: string | null): Promise<void>;
  override removeCookie(
    domain: string | null,
    path: string | null,
    key: string | null,
    callback: ErrorCallback,
  ): void;
  override removeCookie(
    domain: string | null,
    path: string | null,
    key: string | null,
    callback?: ErrorCallback,
  ): unknown {
    const cookies = this.#domains.get(domain ?? "");
    cookies?.delete(keyOf(path, key));
    if (cookies?.size === 0) this.#domains.delete(domain ?? "");
    return answer(undefined, callback);
  }
}

function keyOf(path: string | null, name: string | null): string {
  return `${path ?? "/"}\n${name ?? ""}`;
}

function dropFirst(map: Map<string, unknown>): void {
  const first = map.keys().next();
  if (!first.done) map.delete(first.value);
}

function answer<T>(result: T, callback: Callback<T> | undefined): Promise<T> | undefined {
  if (callback === undefined) return Promise.resolve(result);
  callback(null, result);
  return undefined;
}
