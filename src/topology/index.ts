// Floor 4: the graphs. Only here is said which room feeds which.
export { type TopologyOptions, topologyOptions } from "./options.ts";
export { pageOf, type Recovered, recover } from "./recovery.ts";
export { type Standalone, type StandaloneParts, standalone } from "./standalone.ts";
