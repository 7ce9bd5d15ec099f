// How hosts are treated that are visited outside of any crawl's queues: by the same rules of delay, Crawl-delay, faults and
// Retry-After, held in memory for as long as the visits last. When a host's turn comes is for who keeps the turns.
import type { FetchReport } from "../model/index.ts";
import { type HostRecord, newHost } from "./host-record.ts";
import type { FrontierOptions } from "./options.ts";
import { delayMs, learn } from "./politeness.ts";
import { crawlDelayMs, type RobotsRules } from "./robots.ts";

/** The host longest not met is forgotten first; its delay begins anew. */
const HOSTS_MAX = 10_000;

export class Manners {
  readonly #options: FrontierOptions;
  readonly #hosts = new Map<string, HostRecord>();

  constructor(options: FrontierOptions) {
    this.#options = options;
  }

  /** Between two starts on the host, milliseconds. */
  delayMs(host: string): number {
    return delayMs(this.#of(host), this.#options);
  }

  /** What its robots.txt says of a Crawl-delay. */
  heard(host: string, rules: RobotsRules): void {
    this.#of(host).crawlDelayMs = crawlDelayMs(rules, this.#options.productToken) ?? 0;
  }

  /** Until when the host is to be left alone beyond its usual delay, ms since 1970; null: it is not. */
  learn(report: FetchReport, nowMs: number): number | null {
    const host = this.#of(report.host);
    host.nextAtMs = 0;
    learn(host, report, nowMs, this.#options);
    const usualMs = Math.min(report.startedAtMs, nowMs) + delayMs(host, this.#options);
    return host.nextAtMs > usualMs ? host.nextAtMs : null;
  }

  #of(name: string): HostRecord {
    const host = this.#hosts.get(name) ?? newHost(name);
    this.#hosts.delete(name);
    this.#hosts.set(name, host);
    const [oldest] = this.#hosts.keys();
    if (this.#hosts.size > HOSTS_MAX && oldest !== undefined) this.#hosts.delete(oldest);
    return host;
  }
}
