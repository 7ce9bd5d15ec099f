// `name:hits` of a test that wants to see what survives: the process ends there as by a power switch.
import { armFailpoint } from "../base/index.ts";

export function armFrom(failpoint: string | null): void {
  const [name, hits] = failpoint?.split(":") ?? [];
  if (name === undefined) return;
  armFailpoint(name, Number(hits ?? 1), () => process.kill(process.pid, "SIGKILL"));
}
