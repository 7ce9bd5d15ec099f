// What the folder's questions need of the frontier, whichever process holds it. Shapes only.
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
