// What the router has learned: of each host, what came of each kind of its pages; and the prior for all others. Bounded, the
// hosts and kinds longest untouched going first. Owns no clock, no file and no chance: the same calls give the same answers.
import type { MemoryRow, RouteEvidence } from "../model/index.ts";
import { featuresOf } from "./features.ts";
import { PRIOR_HOST, parseHost, parsePrior, rowOfHost, rowOfPrior } from "./memory-rows.ts";
import type { RouteOptions } from "./options.ts";
import { faded, likelihood, noOutcomes, type Outcomes, withOutcome } from "./outcomes.ts";
import { addressPattern, evidenceClass } from "./page-shape.ts";
import { Prior } from "./prior.ts";

/** A page as the memory knows it. `score` is the table's. */
export interface Met {
  readonly url: string;
  readonly evidence: RouteEvidence;
  readonly score: number;
}

export interface Recall {
  /** By its evidence alone, 0..1. */
  readonly prior: number;
  /** With what came of the host's pages, 0..1. */
  readonly need: number;
  /** Log-odds by feature. */
  readonly contributions: readonly number[];
  /** Of pages of its class on the host, and of those with its pattern of address too; faded. */
  readonly ofClass: Outcomes;
  readonly ofKind: Outcomes;
  readonly pattern: string;
}

/** A kind of page on a host. */
export interface Kind {
  outcomes: Outcomes;
  /** Pages of it that the fast lane read. */
  met: number;
}

export interface Host {
  /** Fast pages with scripts, and how many of them were audited. */
  met: number;
  audits: number;
  readonly kinds: Map<string, Kind>;
}

const MET_MAX = 1_000_000;

export class RouteMemory {
  readonly #options: Pick<RouteOptions, "learning" | "audit">;
  /** In the order of their last use. */
  readonly #hosts = new Map<string, Host>();
  readonly #changed = new Set<string>();
  #prior = new Prior();

  constructor(options: Pick<RouteOptions, "learning" | "audit">, rows: Iterable<MemoryRow> = []) {
    this.#options = options;
    this.merge(rows);
  }

  get hosts(): number {
    return this.#hosts.size;
  }

  recall({ url, evidence, score }: Met, nowMs: number): Recall {
    const { learning } = this.#options;
    const features = featuresOf(evidence, score);
    const prior = this.#prior.need(features);
    const { host, className, pattern, kindName } = placeOf(url, evidence);
    const kinds = this.#hosts.get(host)?.kinds;
    const outcomesOf = (name: string): Outcomes =>
      faded(kinds?.get(name)?.outcomes ?? noOutcomes, nowMs, learning);
    const [ofClass, ofKind] = [outcomesOf(className), outcomesOf(kindName)];
    const onHost = likelihood(ofClass, prior, learning.priorOutcomes);
    const need = likelihood(ofKind, onHost, learning.priorOutcomes);
    return { prior, need, contributions: this.#prior.contributions(features), ofClass, ofKind, pattern };
  }

  /** What the browser found: `needed` when its main text had at least a fifth more. */
  learn({ url, evidence, score }: Met, needed: boolean, nowMs: number): void {
    const { learning } = this.#options;
    this.#prior.learn(featuresOf(evidence, score), needed, learning.rate);
    const { host, className, kindName } = placeOf(url, evidence);
    const known = this.#touch(host);
    for (const name of [className, kindName]) {
      const kind = this.#kind(known, name);
      kind.outcomes = withOutcome(kind.outcomes, needed, nowMs, learning);
    }
    this.#changed.add(host).add(PRIOR_HOST);
  }

  /**
   * Told of every page that the fast lane reads and a browser might show; true when it is to be shown for the audit. `chance`
   * is the page's own number, 0 to 1.
   */
  audits(page: Met, chance: number, nowMs: number): boolean {
    const { audit } = this.#options;
    if (audit.share === 0 || page.evidence.scripts === 0) return false;
    const { host, kindName } = placeOf(page.url, page.evidence);
    const known = this.#touch(host);
    const kind = this.#kind(known, kindName);
    known.met = Math.min(MET_MAX, known.met + 1);
    kind.met = Math.min(MET_MAX, kind.met + 1);
    const { need, ofKind } = this.recall(page, nowMs);
    // One at any time; more only within the share.
    if (need < audit.likelihoodMin || known.audits >= Math.max(1, audit.share * known.met)) return false;
    const isUnknown = ofKind.needed + ofKind.idle < 0.5;
    const isFirst = isUnknown && kind.met >= audit.firstAfterPages;
    if (!isFirst && chance >= audit.share) return false;
    known.audits++;
    this.#changed.add(host);
    return true;
  }

  /** What changed since the last time it was taken. */
  take(): MemoryRow[] {
    const rows: MemoryRow[] = [];
    for (const name of this.#changed) {
      const host = this.#hosts.get(name);
      if (name === PRIOR_HOST) rows.push(rowOfPrior(this.#prior));
      else if (host !== undefined) rows.push(rowOfHost(name, host));
    }
    this.#changed.clear();
    return rows;
  }

  /** Those that could not be saved are taken again. */
  giveBack(rows: readonly MemoryRow[]): void {
    for (const { host } of rows) this.#changed.add(host);
  }

  /** Rows as they were saved, oldest first; what is not known of here, or was not changed here. Unreadable ones are left out. */
  merge(rows: Iterable<MemoryRow>): void {
    for (const row of rows) {
      if (this.#changed.has(row.host)) continue;
      if (row.host === PRIOR_HOST) {
        this.#prior = parsePrior(row) ?? this.#prior;
        continue;
      }
      const host = parseHost(row, this.#options.learning.shapesPerHostMax);
      if (host === null) continue;
      this.#hosts.delete(row.host);
      this.#hosts.set(row.host, host);
      this.#forgetHosts();
    }
  }

  #touch(name: string): Host {
    const known = this.#hosts.get(name) ?? { met: 0, audits: 0, kinds: new Map<string, Kind>() };
    this.#hosts.delete(name);
    this.#hosts.set(name, known);
    this.#forgetHosts();
    return known;
  }

  #kind({ kinds }: Host, name: string): Kind {
    const kind = kinds.get(name) ?? { outcomes: noOutcomes, met: 0 };
    kinds.delete(name);
    kinds.set(name, kind);
    forget(kinds, this.#options.learning.shapesPerHostMax);
    return kind;
  }

  #forgetHosts(): void {
    forget(this.#hosts, this.#options.learning.hostsMax);
  }
}

function forget(map: Map<string, unknown>, itemsMax: number): void {
  for (const key of map.keys()) {
    if (map.size <= itemsMax) return;
    map.delete(key);
  }
}

function placeOf(
  url: string,
  evidence: RouteEvidence,
): { host: string; className: string; pattern: string; kindName: string } {
  const [className, pattern] = [evidenceClass(evidence), addressPattern(url)];
  return { host: URL.parse(url)?.host ?? "", className, pattern, kindName: `${className} ${pattern}` };
}
