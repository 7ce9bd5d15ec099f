// What steps need of the page they are taken in. Shapes only.
import type { Page } from "playwright-core";
import type { Clock } from "../base/index.ts";

export interface StepCourse {
  readonly page: Page;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** When steps have to be over, on the clock's monotonic time: what follows needs its share of the page's time. */
  readonly endsAtMs: number;
  /** Characters of text beyond which nothing more is asked for. */
  readonly charactersMax: number;
  /** Waits until the page has settled, at most until then. */
  settled(untilMs: number): Promise<void>;
  /** Something that may change the document is on its way. */
  isBusy(): boolean;
  /** The page leads elsewhere: nothing more is done in it. */
  isOver(): boolean;
}
