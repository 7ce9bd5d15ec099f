// Which URLs belong to the crawl: same host, same registrable domain or any, then include and exclude patterns. Which
// hosts were given (seeds, list lines, targets of their redirects) is asked of the caller, who keeps them on disk.
import { parse } from "tldts";

export type ScopeMode = "host" | "domain" | "any";

export interface ScopeRules {
  readonly mode: ScopeMode;
  /** A discovered URL must match, where set. */
  readonly include: RegExp | null;
  /** A discovered URL must not match, where set. */
  readonly exclude: RegExp | null;
}

export type ScopeVerdict =
  | { readonly admitted: true }
  | { readonly admitted: false; readonly reason: string };

const ADMITTED: ScopeVerdict = { admitted: true };

/**
 * What stands for a host in the set of given ones: the politeness key itself in mode `host`, the registrable domain
 * (public suffix list with its private section, so that two users of github.io are two) in mode `domain`; an address or a
 * name without a suffix stands for itself, without port. null in mode `any`, where nothing need be kept.
 */
export function scopeKey(mode: ScopeMode, host: string): string | null {
  if (mode === "any") return null;
  if (mode === "host") return host;
  const { domain, hostname } = parse(host, { allowPrivateDomains: true });
  return domain ?? hostname ?? host;
}

/** Judges a discovered URL. `joined` tells whether a scope key is in the set of given hosts. Given URLs are always in scope. */
export function judgeScope(
  rules: ScopeRules,
  url: string,
  host: string,
  joined: (scopeKey: string) => boolean,
): ScopeVerdict {
  const key = scopeKey(rules.mode, host);
  if (key !== null && !joined(key))
    return { admitted: false, reason: `outside the scope: ${rules.mode} ${key} was not given` };
  if (rules.include !== null && !matches(rules.include, url))
    return { admitted: false, reason: `does not match include ${rules.include.source}` };
  if (rules.exclude !== null && matches(rules.exclude, url))
    return { admitted: false, reason: `matches exclude ${rules.exclude.source}` };
  return ADMITTED;
}

/** A pattern with the g or y flag remembers where it stopped; here each URL is judged alone. */
function matches(pattern: RegExp, url: string): boolean {
  pattern.lastIndex = 0;
  return pattern.test(url);
}
