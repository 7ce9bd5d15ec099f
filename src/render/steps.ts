// A recipe's steps, taken one after the other in a page. Each ends at its own limit or with the page's time; one that fails
// ends the page where it is required, and is noted where it is not. What is typed into a page is never told.
import type { Locator } from "playwright-core";
import { asError, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { Step, StepOf } from "./recipe.ts";
import type { PagePlan } from "./recipe-book.ts";
import { scroll } from "./scroll.ts";
import type { StepCourse } from "./step-course.ts";

/** Of one `click` with `all`. */
const CLICKS_MAX = 200;
const MESSAGE_CHARS_MAX = 300;

/**
 * The steps that failed and were not required, one line each. `render` for a required one. Rejects when the page is gone, and
 * with the signal's reason.
 */
export async function takeSteps(
  course: StepCourse,
  { recipe, steps }: Pick<PagePlan, "recipe" | "steps">,
): Promise<Result<readonly string[], Failure>> {
  const missed: string[] = [];
  for (const [at, step] of steps.entries()) {
    if (course.isOver()) break;
    const failed = await failureOf(course, step);
    if (failed === null) continue;
    const message = `recipe ${recipe}, step ${at + 1} (${nameOf(step)}): ${failed}`;
    if (step.do !== "wait" && step.required)
      return err({ code: "render", message: [message, ...missed].join("; before it: ") });
    missed.push(message);
  }
  return ok(missed);
}

/** What went wrong; null when nothing did. */
async function failureOf(course: StepCourse, step: Step): Promise<string | null> {
  const { page, clock, signal } = course;
  const nowMs = clock.monotonicMs();
  if (nowMs >= course.endsAtMs) return "the page's time is over";
  const limitMs = step.do === "wait" ? step.ms : step.timeoutMs;
  try {
    await taken(course, step, Math.min(nowMs + limitMs, course.endsAtMs));
    return null;
  } catch (thrown) {
    signal.throwIfAborted();
    // Gone with its context or browser: no fault of the step.
    if (page.isClosed()) throw thrown;
    const error = asError(thrown);
    if (error.name === "TimeoutError") return `not done within ${Math.round(clock.monotonicMs() - nowMs)} ms`;
    // The first line says what; those behind it are the browser's log, with what was typed.
    const [line = ""] = error.message.split("\n", 1);
    return line.replace(/^locator\.\w+: (Error: )?/, "").slice(0, MESSAGE_CHARS_MAX);
  }
}

async function taken(course: StepCourse, step: Step, endsAtMs: number): Promise<void> {
  const { page, clock, signal } = course;
  const timeout = Math.max(1, endsAtMs - clock.monotonicMs());
  switch (step.do) {
    case "wait":
      return clock.sleep(timeout, signal);
    case "waitFor":
      return elementOf(course, step).first().waitFor({ state: step.state, timeout });
    case "scroll":
      await scroll(course, step, endsAtMs);
      break;
    case "click":
      await (step.all ? clickAll(course, step, endsAtMs) : click(course, step, endsAtMs));
      return;
    case "fill":
      return elementOf(course, step).first().fill(step.text, { timeout });
    case "select":
      await elementOf(course, step).first().selectOption(step.option, { timeout });
      break;
    case "press":
      if (step.selector === undefined) await page.keyboard.press(step.key);
      else
        await elementOf(course, { ...step, selector: step.selector })
          .first()
          .press(step.key, { timeout });
      break;
  }
  await course.settled(endsAtMs);
}

/** So often as asked, or until it is gone, hidden or disabled: there is no more to load then. */
async function click(course: StepCourse, step: StepOf<"click">, endsAtMs: number): Promise<void> {
  const target = elementOf(course, step).first();
  if (step.optional && !(await target.isVisible())) return;
  for (let clicks = 0; clicks < step.times; clicks++) {
    const leftMs = endsAtMs - course.clock.monotonicMs();
    if (clicks > 0 && (leftMs <= 0 || course.isOver() || !(await canBeClicked(target)))) return;
    if (clicks > 0 && (await isFull(course))) return;
    await target.click({ timeout: Math.max(1, leftMs) });
    await course.settled(endsAtMs);
  }
}

async function clickAll(course: StepCourse, step: StepOf<"click">, endsAtMs: number): Promise<void> {
  const targets = elementOf(course, step);
  const leftMs = (): number => Math.max(1, endsAtMs - course.clock.monotonicMs());
  if (!step.optional) await targets.first().waitFor({ state: "attached", timeout: leftMs() });
  // As they are now: one that was clicked may no longer match.
  const elements = (await targets.elementHandles()).slice(0, CLICKS_MAX);
  for (const element of elements) {
    if (course.isOver()) return;
    if (await element.isVisible()) await element.click({ timeout: leftMs() });
  }
  await course.settled(endsAtMs);
}

/** Gone between two looks counts as no. */
async function canBeClicked(target: Locator): Promise<boolean> {
  return (await target.isVisible()) && (await target.isEnabled({ timeout: 500 }).catch(() => false));
}

async function isFull({ page, charactersMax }: StepCourse): Promise<boolean> {
  const characters: unknown = await page.evaluate("document.documentElement.textContent.length");
  return typeof characters === "number" && characters >= charactersMax;
}

function elementOf(
  { page }: StepCourse,
  { selector, frame }: { readonly selector: string; readonly frame?: string | undefined },
): Locator {
  return frame === undefined ? page.locator(selector) : page.frameLocator(frame).locator(selector);
}

/** As its reader wrote it, without texts that are typed. */
function nameOf(step: Step): string {
  if (step.do === "wait") return `wait ${step.ms} ms`;
  if (step.do === "scroll") return step.to === undefined ? "scroll" : `scroll to ${step.to}`;
  if (step.do === "press") return `press ${step.key}`;
  return `${step.do} ${step.selector}`;
}
