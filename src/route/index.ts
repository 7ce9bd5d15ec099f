// Floor 3, route: which lane a page belongs to, by a table of scores, by what else it shows and by what was learned, explained;
// and whether it is a page at all or a challenge. Pure; sees evidence, never markup; keeps nothing but what it is lent.
export { type Answered, challengeOf } from "./challenge.ts";
export { explain, explainRecall } from "./explain.ts";
export { type JudgedPage, judge, type Learned } from "./judge.ts";
export { type Met, type Recall, RouteMemory } from "./memory.ts";
export { type RouteOptions, routeMarkers, routeOptionsSchema } from "./options.ts";
