// `mcp`: scrape, crawl, search and read for a language model's client, as MCP on stdin and stdout. Its tools go through the HTTP API: of a
// running process (`--url`, or the one that holds the data folder), else of an engine that runs here until stdin ends.
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { type ApiCall, mcpServer, remoteCall } from "../api/index.ts";
import { describe } from "../base/index.ts";
import { loadConfig } from "../config.ts";
import { apiAddressOf } from "./api-address.ts";
import { defineCommand, type ExitCode, text, value } from "./command.ts";
import { crawlFlags, settingsOf } from "./crawl-flags.ts";
import type { Io } from "./io.ts";
import { serveSession } from "./serve-session.ts";
import { version } from "./version.ts";

const flags = {
  url: value(
    "URL",
    "API of a running `millrace serve` (default: the one that holds the data folder)",
    text.optional(),
  ),
  "token-file": value("FILE", "holds the token for it, where it asks for one", text.optional()),
  data: crawlFlags.data,
  "allow-private": crawlFlags["allow-private"],
  resolve: crawlFlags.resolve,
  delay: crawlFlags.delay,
};

export const mcp = defineCommand({
  name: "mcp",
  summary: "MCP server on stdin and stdout for language models: scrape, crawl, search, read",
  usage: "mcp [--url URL] [--token-file FILE] [--data DIR]",
  examples: [
    {
      line: "millrace mcp",
      does: "over the process that holds ./millrace-data, or with an engine of its own",
    },
    {
      line: "millrace mcp --url http://127.0.0.1:8000 --token-file token.txt",
      does: "over a running API; the same tools are at its own /mcp",
    },
  ],
  flags,
  positionals: { min: 0, max: 0, what: "argument" },
  drains: true,
  async run(args, io): Promise<ExitCode> {
    const data = resolve(io.cwd, args.flags.data);
    let token: string | null = null;
    const file = args.flags["token-file"];
    if (file !== undefined) {
      try {
        token = readFileSync(resolve(io.cwd, file), "utf8").trim();
      } catch (thrown) {
        return io.usage(`mcp: --token-file ${file}: cannot be read (${describe(thrown)})`);
      }
    }
    const { url = apiAddressOf(data, io.clock) } = args.flags;
    if (url !== null && !URL.canParse(url)) return io.usage(`mcp: --url ${url}: must be an absolute URL`);
    if (url !== null) {
      await talk(remoteCall(url, token), io.stop);
      return 0;
    }
    const settings = [
      ...settingsOf(args.flags, args.given),
      { path: "api.host", value: "127.0.0.1", flag: "mcp" },
      { path: "api.port", value: 0, flag: "mcp" },
    ];
    const loaded = loadConfig({
      role: "standalone",
      files: args.shared.config,
      flags: settings,
      cwd: io.cwd,
    });
    if (!loaded.ok) return io.usage(loaded.error);
    return withEngine(data, loaded.value.config, token, io);
  },
});

/** The engine ends with the conversation, and the conversation with the engine. */
async function withEngine(
  data: string,
  config: Parameters<typeof serveSession>[1],
  token: string | null,
  io: Io,
): Promise<ExitCode> {
  const over = new AbortController();
  let talking: Promise<void> = Promise.resolve();
  const code = await serveSession(
    {
      data,
      quiet: true,
      metricsPort: null,
      opened(at) {
        talking = talk(remoteCall(at, token), io.stop).finally(() => over.abort(new Error("stdin ended")));
      },
    },
    config,
    { ...io, stop: AbortSignal.any([io.stop, over.signal]) },
  );
  over.abort(new Error("the engine ended"));
  process.stdin.destroy();
  await talking;
  return code;
}

/** Answers on stdout what comes on stdin, until that ends or the signal says so. */
async function talk(call: ApiCall, signal: AbortSignal): Promise<void> {
  const server = mcpServer(call, version());
  const transport = new StdioServerTransport();
  const ended = new Promise<void>((done) => {
    process.stdin.once("end", done);
    process.stdin.once("close", done);
    if (signal.aborted) done();
    signal.addEventListener("abort", () => done(), { once: true });
  });
  await server.connect(transport);
  await ended;
  await server.close();
}
