// Every command by name, with its one-line summary and where it lies. Loads none of them: `--help` and `--version`
// are answered from here alone, and a command pays only for what it needs.
import type { AnyCommand } from "./command.ts";

export interface CommandEntry {
  readonly name: string;
  readonly summary: string;
  load(): Promise<AnyCommand>;
}

export const commands: readonly CommandEntry[] = [
  {
    name: "crawl",
    summary: "fetch, route, extract and store pages from URLs, a list or a sitemap; ends with a summary",
    load: async () => (await import("./crawl.ts")).crawl,
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
