// Which answers a cache shared by all pages may keep, for which requests, and for how long: RFC 9111 by
// http-cache-semantics, and stricter where a browser's request does not show all that its answer may depend on. Pure.
import CachePolicy from "http-cache-semantics";
import type { Clock } from "../base/index.ts";

/** Fields by lower-case name, several of one name joined (RFC 9110 section 5.3). */
export type Fields = Readonly<Record<string, string>>;

export interface AskedFor {
  readonly url: string;
  readonly method: string;
  readonly headers: Fields;
}

export interface AnswerHead {
  readonly status: number;
  readonly headers: Fields;
}

/** What the browser itself puts into a request. With anything else the page has made it its own, and it is not shared. */
const OF_THE_BROWSER: ReadonlySet<string> = new Set([
  "accept",
  "accept-language",
  "cookie",
  "origin",
  "referer",
  "user-agent",
  "upgrade-insecure-requests",
]);

/** Fields that an answer may depend on: those shown, and those that are the same for every page here. */
const KNOWN_TO_VARY: ReadonlySet<string> = new Set([
  "accept",
  "accept-encoding",
  "accept-language",
  "origin",
  "referer",
  "user-agent",
]);

export function isShareable({ method, url, headers }: AskedFor): boolean {
  if (method !== "GET" || !/^https?:/i.test(url)) return false;
  if (headers.accept?.includes("text/event-stream")) return false;
  return Object.keys(headers).every((name) => OF_THE_BROWSER.has(name) || name.startsWith("sec-"));
}

/** The fields of a request that the answer depends on; null where that cannot be told. */
export function variesBy({ headers }: AnswerHead): readonly string[] | null {
  const listed = (headers.vary ?? "").toLowerCase().split(",");
  const names = new Set(listed.map((name) => name.trim()).filter((name) => name !== ""));
  for (const name of names) if (!KNOWN_TO_VARY.has(name)) return null;
  // Many a server that looks at Origin does not say so: only what is open to all is the same for all.
  if (headers["access-control-allow-origin"]?.trim() !== "*") names.add("origin");
  return [...names].sort();
}

/** What came with cookies may be one reader's own, unless the answer says that it is for all. */
export function isForAll({ headers }: AnswerHead): boolean {
  return /(?:^|[\s,])(?:public|s-maxage\s*=)/i.test(headers["cache-control"] ?? "");
}

/** What the store keeps beside a body: whether it may be given, and what revalidates it. */
export interface Policy {
  /** Whether the answer may be given to this request without asking the site. */
  isFreshFor(asked: AskedFor): boolean;
  /** What asks the site whether the answer still stands; null where nothing does. */
  conditionsFor(asked: AskedFor): Fields | null;
  /** After "not modified". Null: it may not be kept any longer. */
  refreshed(asked: AskedFor, answer: AnswerHead): Policy | null;
  /** The answer's own, with its age. */
  headers(): Fields;
}

/** Null: not to be kept. */
export type Rules = (asked: AskedFor, answer: AnswerHead) => Policy | null;

const VALIDATORS = ["etag", "last-modified"] as const;

export function cacheRules(clock: Clock): Rules {
  class ClockedPolicy extends CachePolicy {
    now(): number {
      return clock.nowMs();
    }
  }
  const options = {
    shared: true,
    cacheHeuristic: 0.1,
    immutableMinTimeToLive: 24 * 3_600_000,
    ignoreCargoCult: false,
    trustServerDate: true,
  };
  const keep = (rules: CachePolicy, own: Fields): Policy | null => {
    const validators = VALIDATORS.filter((name) => own[name] !== undefined);
    if (!rules.storable() || (rules.stale() && validators.length === 0)) return null;
    return {
      isFreshFor: (asked) => rules.satisfiesWithoutRevalidation(requestOf(asked)),
      conditionsFor(asked) {
        // A field more would make a request to another origin one that needs leave first (Fetch, "CORS-preflight").
        if (validators.length === 0 || asked.headers.origin !== undefined) return null;
        const headers = rules.revalidationHeaders(requestOf(asked));
        const conditions: Record<string, string> = {};
        for (const name of ["if-none-match", "if-modified-since"]) {
          const value = headers[name];
          if (typeof value === "string") conditions[name] = value;
        }
        return Object.keys(conditions).length === 0 ? null : conditions;
      },
      refreshed(asked, answer) {
        // A 304 need not repeat the validator that it speaks of.
        const said = Object.fromEntries(validators.map((name) => [name, own[name] ?? ""]));
        const headers = { ...said, ...answer.headers };
        const { policy, matches } = rules.revalidatedPolicy(requestOf(asked), { status: 304, headers });
        return matches ? keep(policy, own) : null;
      },
      headers() {
        const headers = Object.entries(rules.responseHeaders());
        return Object.fromEntries(headers.map(([name, value]) => [name, String(value)]));
      },
    };
  };
  return (asked, answer) => {
    if (answer.status !== 200 || !isShareable(asked) || variesBy(answer) === null) return null;
    if (answer.headers["set-cookie"] !== undefined) return null;
    if (asked.headers.cookie !== undefined && !isForAll(answer)) return null;
    const rules = new ClockedPolicy(requestOf(asked), { ...answer }, options);
    return keep(rules, answer.headers);
  };
}

const requestOf = ({ url, method, headers }: AskedFor) => ({ url, method, headers });
