// Floor 3: what is crawled next, politely, and what became of every URL. Durable in a folder.
export type { GivenTaken, Refused, RefusedLinks } from "./admission.ts";
export type { FrontierParts } from "./assembly.ts";
export type { Begun, CrawlSpec } from "./crawls.ts";
export type { Errand, ErrandTaken } from "./errands.ts";
export { Frontier } from "./frontier.ts";
export type { HostView } from "./host-view.ts";
export type { FrontierLetter, Letters } from "./letters.ts";
export { Manners } from "./manners.ts";
export { type FrontierOptions, frontierOptions } from "./options.ts";
export { isAllowed, parseRobots, productToken, type RobotsRules, robotsPath } from "./robots.ts";
export { robotsBody } from "./robots-gate.ts";
export type { ScopeMode } from "./scope.ts";
export { FrontierBroken } from "./trees.ts";
export { givenUrl, hostKey } from "./url.ts";
export type { FailedUrl, UrlHistory } from "./why.ts";
