// Scrolling as a person does, screen by screen, so that what loads by coming into sight does: to the end until nothing new
// comes, so many screens, or to an element. Endless pages end at a limit. Knows no recipe.
import type { Locator } from "playwright-core";
import type { ScrollLimits } from "./recipe.ts";
import type { StepCourse } from "./step-course.ts";

export interface ScrollTask extends ScrollLimits {
  readonly times?: number | undefined;
  readonly to?: string | undefined;
  readonly within?: string | undefined;
}

/** Long enough for an observer to see what came into sight: three frames. */
const SCREEN_MS = 50;
const LOOK_MS = 50;
/** What is there answers a question about its place within; else the page hangs. */
const ANSWER_MS = 5_000;

interface Place {
  readonly isEnd: boolean;
  readonly height: number;
  readonly elements: number;
  readonly characters: number;
}

/** Rejects when what scrolls is not there, and when `to` is not found. `endsAtMs`: on the course's clock. */
export async function scroll(course: StepCourse, task: ScrollTask, endsAtMs: number): Promise<void> {
  const { page, clock, signal } = course;
  const leftMs = (): number => Math.max(1, endsAtMs - clock.monotonicMs());
  const box = page.locator(task.within ?? ":root").first();
  if (task.within !== undefined) await box.waitFor({ state: "attached", timeout: leftMs() });
  const target = task.to === undefined ? null : page.locator(task.to).first();
  const screensMax = Math.min(task.times ?? task.screensMax, task.screensMax);
  for (let screens = 0; ; screens++) {
    signal.throwIfAborted();
    if (target !== null && (await target.count()) > 0)
      return target.scrollIntoViewIfNeeded({ timeout: leftMs() });
    if (screens >= screensMax || course.isOver() || clock.monotonicMs() >= endsAtMs) break;
    const place = await onward(box);
    if (place.elements >= task.elementsMax || place.characters >= course.charactersMax) break;
    if (!place.isEnd) await clock.sleep(SCREEN_MS, signal);
    else if (!(await grows(course, box, place, Math.min(endsAtMs, clock.monotonicMs() + task.newMs)))) break;
  }
  if (target !== null) throw new Error(`scrolled to the end and did not find ${task.to}`);
}

/** Whether something new came before `untilMs`, or is on its way then. */
async function grows(course: StepCourse, box: Locator, before: Place, untilMs: number): Promise<boolean> {
  const { clock, signal } = course;
  for (;;) {
    await clock.sleep(LOOK_MS, signal);
    const leftMs = untilMs - clock.monotonicMs();
    const now = await box.evaluate(placeOf, { screens: 0 }, { timeout: ANSWER_MS });
    if (now.height !== before.height || now.elements !== before.elements) return true;
    if (leftMs <= 0) return course.isBusy();
  }
}

const onward = (box: Locator): Promise<Place> =>
  box.evaluate(placeOf, { screens: 0.9 }, { timeout: ANSWER_MS });

interface Scrollable {
  readonly ownerDocument: {
    readonly documentElement: Scrollable & { readonly textContent: string };
    readonly scrollingElement: Scrollable | null;
    getElementsByTagName(name: string): { readonly length: number };
  };
  readonly clientHeight: number;
  readonly scrollHeight: number;
  readonly scrollTop: number;
  scrollBy(by: { top: number; behavior: "instant" }): void;
}

/** Runs in the page: scrolls by so many of its heights and tells where it is. */
function placeOf(element: unknown, { screens }: { readonly screens: number }): Place {
  const given = element as Scrollable;
  const { ownerDocument } = given;
  const whole = ownerDocument.documentElement;
  const box = given === whole ? (ownerDocument.scrollingElement ?? given) : given;
  if (screens > 0) box.scrollBy({ top: Math.max(100, box.clientHeight * screens), behavior: "instant" });
  return {
    isEnd: box.scrollTop + box.clientHeight >= box.scrollHeight - 2,
    height: box.scrollHeight,
    elements: ownerDocument.getElementsByTagName("*").length,
    characters: whole.textContent.length,
  };
}
