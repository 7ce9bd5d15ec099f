// Floor 4: the graphs. Only here is said which room feeds which.
export { blockedBy, challengedAnswer } from "./challenged.ts";
export { intoTable, letterWriter } from "./dead-letter-writer.ts";
export { ingestor } from "./ingestor.ts";
export { type TopologyOptions, topologyOptions } from "./options.ts";
export { poisonLetter } from "./poison.ts";
export { processor } from "./processor.ts";
export { pageOf, type Recovered, recover } from "./recovery.ts";
export type { Graph } from "./run-graph.ts";
export { standalone } from "./standalone.ts";
export type { TaskResults, UnfetchedEnd } from "./task-results.ts";
export { createVisits, type HostTurns, type VisitedFile, type Visits, type VisitsParts } from "./visits.ts";
