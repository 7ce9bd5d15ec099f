// When something happens again: by cron in a time zone, or every so many seconds. Pure. What was missed happens once, late: the
// next time is always counted from now. Where clocks go forward a time that there is not happens the moment they do (02:30 at
// 03:00); where they go back a time that there is twice happens the first time.
import { Cron } from "croner";
import { describe, err, ok, type Result } from "../base/index.ts";

export interface Recurrence {
  /** Five fields, or six with seconds; null: `everySeconds` counts. */
  readonly cron: string | null;
  readonly everySeconds: number | null;
  /** IANA name. */
  readonly timeZone: string;
}

/** The error is one line that says what is wrong with it. */
export function checkRecurrence({ cron, everySeconds, timeZone }: Recurrence): Result<null, string> {
  if ((cron === null) === (everySeconds === null)) return err("must have either cron or every_seconds");
  if (!isTimeZone(timeZone)) return err(`time_zone ${JSON.stringify(timeZone.slice(0, 60))} is not known`);
  if (cron === null) return ok(null);
  const fields = cron.trim().split(/\s+/).length;
  if (!cron.startsWith("@") && (fields < 5 || fields > 6))
    return err("cron must have five fields, or six with seconds");
  try {
    const next = new Cron(cron, { timezone: timeZone, paused: true }).nextRun();
    return next === null ? err("cron never comes") : ok(null);
  } catch (thrown) {
    return err(`cron is not valid: ${describe(thrown)}`);
  }
}

/** Of a recurrence that was checked. Null: never again. */
export function nextAfter({ cron, everySeconds, timeZone }: Recurrence, nowMs: number): number | null {
  if (cron === null) return everySeconds === null ? null : nowMs + everySeconds * 1_000;
  const next = new Cron(cron, { timezone: timeZone, paused: true }).nextRun(new Date(nowMs));
  return next === null ? null : next.getTime();
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
