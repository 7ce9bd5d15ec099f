// Every command by name, with its one-line summary and where it lies. Loads none of them: `--help` and `--version`
// are answered from here alone, and a command pays only for what it needs.
import type { AnyCommand } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  /** It runs for hours, and so takes care of its own memory before it begins. */
  readonly isLong?: boolean;
  load(): Promise<AnyCommand>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: "crawl",
    isLong: true,
    summary: "fetch, route, extract and store pages from URLs, a list or a sitemap; ends with a summary",
    load: async () => (await import("./crawl.ts")).crawl,
  },
  {
    name: "serve",
    isLong: true,
    summary: "crawler, HTTP API and web console in one process, until stopped",
    load: async () => (await import("./serve.ts")).serve,
  },
  {
    name: "search",
    summary: "search what was crawled",
    load: async () => (await import("./search.ts")).search,
  },
  {
    name: "export",
    summary: "stored captures to JSONL, Markdown, WARC, WACZ, CSV or Parquet",
    load: async () => (await import("./export.ts")).exportCommand,
  },
  {
    name: "why",
    summary: "the state of a URL, its reason, its history",
    load: async () => (await import("./why.ts")).why,
  },
  {
    name: "dlq",
    summary: "dead letters: list, show, replay, drop",
    load: async () => (await import("./dlq.ts")).dlq,
  },
  {
    name: "run",
    summary: "one run of a recipe, then exit: run images",
    load: async () => (await import("./run.ts")).run,
  },
  {
    name: "top",
    summary: "live view of the stages of a running process",
    load: async () => (await import("./top.ts")).top,
  },
  {
    name: "reprocess",
    isLong: true,
    summary: "extract again from stored raw captures; --rebuild makes the database anew",
    load: async () => (await import("./reprocess.ts")).reprocess,
  },
  {
    name: "extract",
    summary: "the extraction alone, on local HTML",
    load: async () => (await import("./extract.ts")).extract,
  },
  {
    name: "route",
    summary: "the router's verdict on a page, explained rule by rule",
    load: async () => (await import("./route.ts")).route,
  },
  {
    name: "robots",
    summary: "whether a robots.txt allows an agent a URL",
    load: async () => (await import("./robots.ts")).robots,
  },
  {
    name: "migrate",
    summary: "database schema to the newest version",
    load: async () => (await import("./migrate.ts")).migrate,
  },
  {
    name: "topics",
    summary: "Kafka topics of the two-machine mode: create, describe",
    load: async () => (await import("./topics.ts")).topics,
  },
  {
    name: "token",
    summary: "token issue: a token for the API with a role",
    load: async () => (await import("./token.ts")).token,
  },
  {
    name: "mcp",
    summary: "MCP server for language models: scrape, crawl, search, read",
    load: async () => (await import("./mcp.ts")).mcp,
  },
  {
    name: "doctor",
    summary: "checks runtime, browser, disk and data folder, and says what to do",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  {
    name: "--role",
    isLong: true,
    summary: "run one machine's actors until stopped: --role standalone",
    load: async () => (await import("./role.ts")).role,
  },
  {
    name: "config",
    summary: "config print: the effective configuration with the source of each value",
    load: async () => (await import("./config-print.ts")).config,
  },
];

export function globalHelp(): string {
  const width = Math.max(...commands.map((command) => command.name.length)) + 2;
  return `millrace: a web crawler and content pipeline

Usage
  millrace COMMAND [arguments] [flags]
  millrace COMMAND --help

Commands
${commands.map(({ name, summary }) => `  ${name.padEnd(width)}${summary}`).join("\n")}

Flags of every command
  --config FILE  one more YAML file of configuration
  --verbose      more log lines; stack traces with errors
  --help         usage, flags and examples of the command
  --version      (without a command) the program's version

Examples
  millrace crawl --demo
  millrace crawl https://example.com --depth 2 --out pages.jsonl
  millrace search "example domain"

Exit codes: 0 done, 1 the work failed, 2 wrong usage or configuration.
`;
}
