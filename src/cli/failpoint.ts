// Arms the failpoint that the configuration names (MILLRACE_FAILPOINT=name:hits): the process then ends as if its power
// had been cut. For the kill tests; nothing is armed by default.
import { armFailpoint } from "../base/index.ts";

/** `written` is `name:hits`, as the configuration's schema holds it; null arms nothing. */
export function armNamedFailpoint(written: string | null): void {
  if (written === null) return;
  const [name = "", hits] = written.split(":");
  armFailpoint(name, Number(hits), () => process.kill(process.pid, "SIGKILL"));
}
