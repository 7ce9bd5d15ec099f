// The hosts at hand as people see them: what is under way, when each may be asked next, how it has answered. Reads only.
import type { Workbench } from "./workbench.ts";

export interface HostView {
  readonly host: string;
  readonly inFlight: number;
  readonly nextAtMs: number;
  readonly faults: number;
  readonly fetched: number;
  readonly failed: number;
  readonly latencyMs: number;
  /** Why nothing of it is asked for now; null = its own clock alone decides. */
  readonly pausedReason: string | null;
}

/** At most `limit`, busiest first. */
export function hostViews(workbench: Workbench, limit: number, pausedReason: string | null): HostView[] {
  return Array.from(workbench.hosts(), ({ record, inFlight }) => {
    const { name, nextAtMs, faults, fetched, failed, latencyMs } = record;
    return { host: name, inFlight, nextAtMs, faults, fetched, failed, latencyMs, pausedReason };
  })
    .sort((a, b) => b.inFlight - a.inFlight || b.fetched - a.fetched)
    .slice(0, limit);
}
