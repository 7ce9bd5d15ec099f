// Floor 3, route: which lane a page belongs to, by a table of scores, explained. Pure; sees evidence, never markup.
export { explain, judge } from "./judge.ts";
export { type RouteOptions, routeMarkers, routeOptionsSchema } from "./options.ts";
