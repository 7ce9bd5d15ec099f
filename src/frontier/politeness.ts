// The host's clock as pure rules: how long between two starts, what a slow, failing or asking host changes. Errors never
// make a host's delay shorter. Knows no queue.
import { codeRules, type FetchReport } from "../model/index.ts";
import type { HostRecord } from "./host-record.ts";
import type { FrontierOptions } from "./options.ts";
import { retryAfterMs } from "./retry-after.ts";

const LATENCY_WEIGHT = 0.25;

/** Between two starts, milliseconds. */
export function delayMs(host: HostRecord, options: FrontierOptions): number {
  const asked = Math.min(host.crawlDelayMs, options.delayMsMax);
  const adaptive = Math.min(host.latencyMs * options.delayPerLatency, options.delayMsMax);
  return Math.max(options.delayMs, asked, adaptive);
}

/** True of a failure that speaks against the host and not against the one page. */
export function isHostFault(report: FetchReport): boolean {
  if (report.failure !== null && report.failure.code !== "status")
    return report.failure.hostFault ?? codeRules[report.failure.code].hostFault;
  return report.status !== null && (report.status >= 500 || report.status === 429);
}

/**
 * What a fetch that ended says to the host's clock. Returns the pause that Retry-After asks for (with 429 and 503), in
 * milliseconds from now, or null.
 */
export function learn(
  host: HostRecord,
  report: FetchReport,
  nowMs: number,
  options: FrontierOptions,
): number | null {
  host.fetched++;
  host.nextAtMs = Math.max(host.nextAtMs, Math.min(report.startedAtMs, nowMs) + delayMs(host, options));
  if (report.address !== null && report.address.length < 64) host.address = report.address;
  const pauseMs =
    report.status === 429 || report.status === 503
      ? retryAfterMs(report.retryAfter, nowMs, options.retryAfterMsMax)
      : null;
  if (isHostFault(report)) {
    host.faults++;
    host.failed++;
    // A slow failure is still slow; a quick one says nothing of how quickly the host can work.
    if (report.elapsedMs > host.latencyMs) host.latencyMs = average(host.latencyMs, report.elapsedMs);
    const beyond = host.faults - options.faultsBeforeBackoff;
    if (beyond >= 0 && options.delayMs > 0) {
      const pause = Math.min(options.delayMsMax, options.faultPauseMs * 2 ** Math.min(beyond, 20));
      host.nextAtMs = Math.max(host.nextAtMs, nowMs + pause);
    }
  } else {
    host.faults = 0;
    host.latencyMs = average(host.latencyMs, report.elapsedMs);
  }
  if (pauseMs !== null) host.nextAtMs = Math.max(host.nextAtMs, nowMs + pauseMs);
  return pauseMs;
}

const average = (old: number, latest: number): number =>
  old === 0 ? latest : old + (latest - old) * LATENCY_WEIGHT;

/** Loopback has no neighbours to spare. */
export function isLoopback(address: string): boolean {
  return address.startsWith("127.") || address === "::1" || address.startsWith("::ffff:127.");
}
