// Floor 4: the graphs. Only here is said which room feeds which.
export { type TopologyOptions, topologyOptions } from "./options.ts";
export { pageOf, type Recovered, recover } from "./recovery.ts";
export type { Graph } from "./run-graph.ts";
export { standalone } from "./standalone.ts";
