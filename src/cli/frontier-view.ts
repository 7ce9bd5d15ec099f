// What the folder's questions need of the frontier, whichever process holds it. Reads and requeues; leases nothing.
import type { Frontier, UrlHistory } from "../frontier/index.ts";
import type { ControlAnswer } from "./control.ts";

/** What the frontier knows of one URL. */
export type UrlReport = Omit<ControlAnswer<"why">, "url" | "history">;

export interface FailedUrl {
  readonly url: string;
  readonly code: string;
  readonly message: string;
  readonly endedAtMs: number;
}

export interface FrontierView {
  why(url: string): Promise<UrlReport | null>;
  /** URLs that ended `failed`, in a fixed order. */
  failed(request: {
    readonly limit: number;
    readonly cursor?: string;
  }): Promise<{ readonly items: readonly FailedUrl[]; readonly cursor: string | null }>;
  /** Queues known URLs again, whatever their state; answers how many were known. */
  requeue(urls: readonly string[]): Promise<number>;
  close(): Promise<void>;
}

/** The view over an open frontier; `close` closes it when the view owns it. */
export function viewOf(frontier: Frontier, owned: boolean): FrontierView {
  return {
    async why(url) {
      const known = frontier.why(url);
      return known === null ? null : reportOf(known);
    },
    failed: async (request) => frontier.failed(request),
    requeue: async (urls) => frontier.requeue(urls),
    close: async () => {
      if (owned) await frontier.close();
    },
  };
}

function reportOf(known: UrlHistory): UrlReport {
  const { state, code, reason, status, finalUrl, depth, attempts, referrer, crawlId } = known;
  return {
    state,
    code,
    message: reason,
    status,
    finalUrl,
    depth,
    attempts,
    referrer,
    crawlId,
    nextAttemptMs: null,
  };
}
