// Metrics and health of a role on a port of their own. Ready: nothing it needs is away, and it is not stopping.
import { ok, type Result } from "../base/index.ts";
import type { Config } from "../config.ts";
import type { Failure } from "../model/index.ts";
import { type Metrics, openProbe } from "../observe/index.ts";
import type { Graph } from "../topology/index.ts";
import type { Io } from "./io.ts";

/** `port` null: none is opened. */
export async function roleProbe(
  config: Config,
  port: number | null,
  parts: { readonly graph: Pick<Graph, "away">; readonly metrics: Metrics; readonly io: Io },
): Promise<Result<{ close(): Promise<void> }, Failure>> {
  const { graph, metrics, io } = parts;
  if (port === null) return ok({ close: () => Promise.resolve() });
  const health = () => ({
    ready: graph.away.size === 0 && !io.stop.aborted,
    reasons: [
      ...(io.stop.aborted ? ["stopping"] : []),
      ...[...graph.away].map(([name, why]) => `${name}: ${why}`),
    ],
  });
  const opened = await openProbe({ host: config.observe.metrics.host, port }, { metrics, health });
  if (opened.ok) io.say(`metrics on ${opened.value.url}/metrics`);
  return opened;
}
