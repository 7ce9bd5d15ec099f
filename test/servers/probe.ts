// A role's metrics and health, as a monitoring system asks for them.
import assert from "node:assert/strict";
import { z } from "zod";
import type { Running } from "../scenario/program.ts";
import { until } from "./two-machines.ts";

const START_MS_MAX = 60_000;
const ASK_MS_MAX = 10_000;
const answer = z.object({ reasons: z.array(z.string()) });

export interface Probe {
  /** Samples of a metric by their labels as written ("" where there are none). */
  metric(name: string): Promise<ReadonlyMap<string, number>>;
  ready(): Promise<{ readonly status: number; readonly reasons: readonly string[] }>;
}

/** Waits until the role says where its port is. */
export async function probeOf(role: Running): Promise<Probe> {
  const said = (): string | undefined => /metrics on (\S+)\/metrics/.exec(role.stderr())?.[1];
  await until(
    "the metrics' port",
    async () => said() !== undefined || role.child.exitCode !== null,
    START_MS_MAX,
  );
  const origin = said();
  assert.ok(origin, role.stderr());
  const ask = async (path: string): Promise<{ status: number; text: string }> => {
    const got = await fetch(`${origin}${path}`, { signal: AbortSignal.timeout(ASK_MS_MAX) });
    return { status: got.status, text: await got.text() };
  };
  return {
    async metric(name) {
      const { text } = await ask("/metrics");
      assert.match(text, new RegExp(`^# TYPE ${name} `, "m"));
      const sample = new RegExp(`^${name}(?:\\{(.*)\\})? (\\S+)$`, "gm");
      return new Map([...text.matchAll(sample)].map(([, labels = "", value]) => [labels, Number(value)]));
    },
    async ready() {
      const { status, text } = await ask("/health/ready");
      return { status, reasons: answer.parse(JSON.parse(text)).reasons };
    },
  };
}
