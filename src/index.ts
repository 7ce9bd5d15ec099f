// The embedding API: `import { crawl, extract } from "millrace"`. Everything behind it is the command line's own.
export { type CrawlOptions, crawl, extract, MillraceError, type RunningCrawl } from "./cli/embedded.ts";
export type { Code, ExtractLine, OutLine } from "./model/index.ts";
