// The gate of robots.txt (RFC 9309): for each origin what its file says, kept on disk for at most a day, a bounded part of
// it parsed in memory. Says what is not known yet; asking is the dispatcher's. Knows no queue.
import { inflateStream } from "../base/index.ts";
import { type Code, type ControlReport, codeRules, header } from "../model/index.ts";
import type { FrontierOptions } from "./options.ts";
import { retryAfterMs } from "./retry-after.ts";
import {
  crawlDelayMs,
  isAllowed,
  NO_RULES,
  parseRobots,
  ROBOTS_BYTES_MAX,
  type RobotsRules,
  robotsPath,
  sitemaps,
} from "./robots.ts";
import type { Trees } from "./trees.ts";
import { fingerprint } from "./url.ts";

interface RobotsRow {
  /** `rules`: a file, or none (4xx). `deny`: 5xx and 429 to the end of the repetitions. `failed`: no answer. `wait`: to be asked again. */
  readonly state: "rules" | "deny" | "failed" | "wait";
  readonly rules: RobotsRules;
  readonly code: Code | null;
  readonly message: string;
  /** Until when this is the last word; of `wait`, when to ask again. */
  readonly untilMs: number;
  readonly tries: number;
}

export type RobotsVerdict =
  | { readonly kind: "allowed"; readonly crawlDelayMs: number | null }
  | { readonly kind: "disallowed"; readonly message: string }
  | { readonly kind: "failed"; readonly code: Code; readonly message: string }
  | { readonly kind: "ask"; readonly tries: number }
  | { readonly kind: "wait"; readonly untilMs: number };

export type RobotsAnswer =
  | { readonly kind: "settled"; readonly sitemaps: readonly string[] }
  | { readonly kind: "again"; readonly atMs: number };

const MAX_RETRY_AFTER_MS = 60_000;
/** A file that long past its time is forgotten; until then it stands in while its origin cannot be asked. */
const KEPT_PAST_MS = 7 * 86_400_000;
/** Rows looked at for each row written: more than one, so that the tree cannot grow faster than it is swept. */
const SWEPT_PER_PUT = 4;
/** Where a row's text holds its last three numbers and names. */
const TAIL_BYTES = 80;

export class RobotsGate {
  readonly #trees: Trees;
  readonly #options: FrontierOptions;
  /** Least recently used first. */
  readonly #cache = new Map<string, { row: RobotsRow; chars: number }>();
  #cacheChars = 0;
  /** The next row to be looked at by the sweep. */
  #sweptTo = FIRST;
  /** When this gate was first asked. */
  #sinceMs: number | null = null;

  constructor(trees: Trees, options: FrontierOptions) {
    this.#trees = trees;
    this.#options = options;
  }

  judge(url: string, nowMs: number): RobotsVerdict {
    if (!this.#options.robots) return { kind: "allowed", crawlDelayMs: null };
    this.#sinceMs ??= nowMs;
    const row = this.#row(originOf(url));
    if (row === null) return { kind: "ask", tries: 0 };
    if (row.untilMs <= nowMs) return { kind: "ask", tries: row.state === "wait" ? row.tries : 0 };
    switch (row.state) {
      case "wait":
        return { kind: "wait", untilMs: row.untilMs };
      case "failed":
        // An earlier run may have had no server up, no name for it or no leave to connect: that is asked again.
        if (row.untilMs < this.#sinceMs + this.#options.robotsOutageTtlMs) return { kind: "ask", tries: 0 };
        return { kind: "failed", code: row.code ?? "robots", message: row.message };
      case "deny":
        return { kind: "disallowed", message: row.message };
      case "rules": {
        const decision = isAllowed(row.rules, this.#options.productToken, robotsPath(url));
        return decision.allowed
          ? { kind: "allowed", crawlDelayMs: crawlDelayMs(row.rules, this.#options.productToken) }
          : { kind: "disallowed", message: `robots.txt line ${decision.line ?? "?"} disallows it` };
      }
    }
  }

  /** Takes in what the request for the origin's file came to; a redirect is the caller's to follow. */
  answer(
    origin: string,
    report: ControlReport,
    body: Uint8Array,
    tries: number,
    nowMs: number,
  ): RobotsAnswer {
    const { status, failure } = report;
    if (failure !== null && !(failure.code === "truncated" && status === 200)) {
      const rule = codeRules[failure.code];
      const transient = failure.transient ?? rule.transient;
      return this.#unreachable(origin, tries, nowMs, {
        state: "failed",
        code: failure.code,
        message: `robots.txt: ${failure.message}`,
        again: transient && tries < rule.retriesMax,
        afterMs: null,
      });
    }
    if (status === null || status === 429 || status >= 500) {
      return this.#unreachable(origin, tries, nowMs, {
        state: "deny",
        code: "robots",
        message: `robots.txt answers ${status ?? "nothing"}: complete disallow (RFC 9309 section 2.3.1.4)`,
        again: tries < this.#options.robotsRetriesMax,
        afterMs: retryAfterMs(header(report.headers, "retry-after"), nowMs, MAX_RETRY_AFTER_MS),
      });
    }
    const rules = status >= 200 && status < 300 ? parseRobots(body) : NO_RULES;
    this.#put(origin, {
      state: "rules",
      rules,
      code: null,
      message: "",
      untilMs: nowMs + this.#options.robotsTtlMs,
      tries: 0,
    });
    this.#sweep(nowMs);
    return { kind: "settled", sitemaps: sitemaps(rules, report.request.url) };
  }

  #unreachable(
    origin: string,
    tries: number,
    nowMs: number,
    end: { state: "failed" | "deny"; code: Code; message: string; again: boolean; afterMs: number | null },
  ): RobotsAnswer {
    const known = this.#row(origin);
    const untilMs = nowMs + this.#options.robotsOutageTtlMs;
    // RFC 9309 section 2.4: a file of yesterday still holds while the origin cannot be asked.
    if (known?.state === "rules") {
      this.#put(origin, { ...known, untilMs });
      return { kind: "settled", sitemaps: [] };
    }
    if (end.again) {
      const atMs = nowMs + (end.afterMs ?? this.#options.robotsRetryDelayMs * 2 ** Math.min(tries, 10));
      this.#put(origin, {
        state: "wait",
        rules: NO_RULES,
        code: end.code,
        message: end.message,
        untilMs: atMs,
        tries: tries + 1,
      });
      return { kind: "again", atMs };
    }
    const { state, code, message } = end;
    this.#put(origin, { state, rules: NO_RULES, code, message, untilMs, tries: 0 });
    return { kind: "settled", sitemaps: [] };
  }

  #row(origin: string): RobotsRow | null {
    const cached = this.#cache.get(origin);
    if (cached !== undefined) {
      this.#cache.delete(origin);
      this.#cache.set(origin, cached);
      return cached.row;
    }
    const bytes = this.#trees.robots.get(fingerprint(origin));
    if (bytes === undefined) return null;
    // Written by `#put` alone.
    const row: RobotsRow = JSON.parse(bytes.toString());
    this.#remember(origin, row, bytes.length);
    return row;
  }

  #put(origin: string, row: RobotsRow): void {
    const bytes = Buffer.from(JSON.stringify(row));
    this.#trees.robots.putSync(fingerprint(origin), bytes);
    this.#remember(origin, row, bytes.length);
  }

  /** Goes round the tree, a few rows at a time. Inside a turn. */
  #sweep(nowMs: number): void {
    const rows = Array.from(
      this.#trees.robots.getRange({ start: this.#sweptTo, limit: SWEPT_PER_PUT + 1 }),
      ({ key, value }) => ({ key: Buffer.from(key), untilMs: untilMsOf(value) }),
    );
    this.#sweptTo = rows[SWEPT_PER_PUT]?.key ?? FIRST;
    for (const { key, untilMs } of rows.slice(0, SWEPT_PER_PUT)) {
      if (untilMs + KEPT_PAST_MS < nowMs) this.#trees.robots.removeSync(key);
    }
  }

  #remember(origin: string, row: RobotsRow, chars: number): void {
    this.#forget(origin);
    this.#cache.set(origin, { row, chars });
    this.#cacheChars += chars;
    for (const oldest of this.#cache.keys()) {
      if (
        this.#cache.size <= this.#options.robotsCacheItemsMax &&
        this.#cacheChars <= this.#options.robotsCacheCharsMax
      )
        break;
      this.#forget(oldest);
    }
  }

  #forget(origin: string): void {
    this.#cacheChars -= this.#cache.get(origin)?.chars ?? 0;
    this.#cache.delete(origin);
  }
}

const FIRST = Buffer.alloc(8);

/** Of a row as `#put` writes it; no need to read half a megabyte of rules for it. */
function untilMsOf(row: Buffer): number {
  const tail = row.toString("latin1", Math.max(0, row.length - TAIL_BYTES));
  return Number(/"untilMs":([\d.]+),"tries":\d+\}$/.exec(tail)?.[1] ?? Number.POSITIVE_INFINITY);
}

/** "https://example.com:8080" of an absolute URL in normal form. */
export function originOf(url: string): string {
  const pathAt = url.indexOf("/", url.indexOf("//") + 2);
  return pathAt === -1 ? url : url.slice(0, pathAt);
}

/** The file's bytes, inflated, as far as they are read at all. What cannot be inflated ends there. */
export async function robotsBody(report: ControlReport): Promise<Uint8Array> {
  if (report.status === null || report.status < 200 || report.status >= 300) return new Uint8Array();
  const parts: Uint8Array[] = [];
  let lengthBytes = 0;
  const inflated = inflateStream([report.body], {
    contentEncoding: header(report.headers, "content-encoding"),
    encodingsMax: 4,
    sniff: true,
    outputBytesMax: ROBOTS_BYTES_MAX * 4,
  });
  for await (const chunk of inflated) {
    if (!chunk.ok) break;
    parts.push(chunk.value);
    lengthBytes += chunk.value.length;
    if (lengthBytes > ROBOTS_BYTES_MAX) break;
  }
  return Buffer.concat(parts);
}
