// Which records are urgent: those of a request that somebody stands waiting for. Said here once for every channel of the graphs; what
// that means for a record is the engine's.
import type { Stage } from "../engine/index.ts";
import type { FrontierRecord, FrontierReport, PageRequest } from "../model/index.ts";
import type { HandedBack } from "./hand-back.ts";
import type { Claimed } from "./queue-claims.ts";

type OfPage = { readonly page: { readonly request: PageRequest } };

const isUrgent = ({ urgent }: Pick<PageRequest, "urgent">): boolean => urgent === true;

/** Beside the limits of a channel; of each kind of record one. */
export const urgentRequests = { isUrgent };
export const urgentFetched = {
  isUrgent: ({ request }: { readonly request: PageRequest }): boolean => isUrgent(request),
};
export const urgentPages = { isUrgent: ({ page }: OfPage): boolean => isUrgent(page.request) };
export const urgentClaims = {
  isUrgent: (claimed: Claimed): boolean =>
    isUrgent(claimed.kind === "show" ? claimed.page.page.request : claimed.request),
};
export const urgentReports = { isUrgent: ({ request }: FrontierReport): boolean => isUrgent(request) };
export const urgentEnds = {
  isUrgent(end: HandedBack): boolean {
    if (!("kind" in end)) return isUrgent(end.report.request);
    return end.kind !== "queued" && isUrgent(end.request);
  },
};
export const urgentReturns = {
  isUrgent(record: FrontierRecord): boolean {
    if (record.kind === "order") return record.task?.urgent === true;
    return record.kind === "end" && isUrgent(record.report.request);
  },
};

/** Of a few places none is kept: the next that is free is soon. */
const PLACES_MIN = 4;
const KEPT = 16;

/** A sixteenth of its places, at least one, for what is urgent alone. */
export function keepingPlaces<S extends Stage<PageRequest, unknown>>(stage: S): S {
  const { concurrencyMax } = stage;
  const kept = concurrencyMax < PLACES_MIN ? 0 : Math.max(1, Math.floor(concurrencyMax / KEPT));
  return { ...stage, concurrencyMax: concurrencyMax - kept, urgentMax: kept };
}
