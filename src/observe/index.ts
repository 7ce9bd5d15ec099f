// Floor 2: logs, metrics, and the port that shows them.
export type { KafkaFigures } from "./kafka-metrics.ts";
export { createLog, type Log, type LogFields, type LogOutput } from "./log.ts";
export { diskBytes, usedMemory } from "./machine.ts";
export { createMetrics, type Metrics, type RequestOutcome, type WatchedChannel } from "./metrics.ts";
export { type ObserveOptions, observeOptions } from "./options.ts";
export { type Health, openProbe, type Probe, type ProbeParts } from "./probe.ts";
