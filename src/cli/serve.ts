// `serve`: the standalone engine with the HTTP API and the web console, until it is stopped.
import { resolve } from "node:path";
import { unsafeBind } from "../api/index.ts";
import { loadConfig } from "../config.ts";
import { checkNetOptions } from "../net/index.ts";
import { armFrom } from "./arm-failpoint.ts";
import { defineCommand, text, value, wholeNumber } from "./command.ts";
import { crawlFlags, settingsOf } from "./crawl-flags.ts";
import { serveSession } from "./serve-session.ts";

const flags = {
  host: value(
    "HOST",
    "address to listen on (default 127.0.0.1; any other needs JWT_SECRET)",
    text.optional(),
  ),
  port: value("PORT", "port to listen on (default 8000; 0: any free one)", wholeNumber(0, 65_535).optional()),
  data: crawlFlags.data,
  "allow-private": crawlFlags["allow-private"],
  insecure: crawlFlags.insecure,
  resolve: crawlFlags.resolve,
  proxy: crawlFlags.proxy,
  header: crawlFlags.header,
  "user-agent": crawlFlags["user-agent"],
  "no-robots": crawlFlags["no-robots"],
  concurrency: crawlFlags.concurrency,
  "per-host": crawlFlags["per-host"],
  delay: crawlFlags.delay,
  timeout: crawlFlags.timeout,
  "max-body": crawlFlags["max-body"],
  "metrics-port": crawlFlags["metrics-port"],
  quiet: crawlFlags.quiet,
};

export const serve = defineCommand({
  name: "serve",
  summary: "crawler, HTTP API and web console in one process, until stopped",
  usage: "serve [--host HOST] [--port PORT] [--data DIR] [flags]",
  examples: [
    { line: "millrace serve", does: "API and console on http://127.0.0.1:8000, data in ./millrace-data" },
    {
      line: "JWT_SECRET_FILE=secret.txt millrace serve --host 0.0.0.0",
      does: "for others too, who need a token",
    },
  ],
  flags,
  positionals: { min: 0, max: 0, what: "argument" },
  drains: true,
  async run(args, io) {
    const { host, port } = args.flags;
    const settings = [
      ...settingsOf(args.flags, args.given),
      ...(host === undefined ? [] : [{ path: "api.host", value: host, flag: "--host" }]),
      ...(port === undefined ? [] : [{ path: "api.port", value: port, flag: "--port" }]),
    ];
    const loaded = loadConfig({
      role: "standalone",
      files: args.shared.config,
      flags: settings,
      cwd: io.cwd,
    });
    if (!loaded.ok) return io.usage(loaded.error);
    const { config } = loaded.value;
    const wrong = checkNetOptions(config.net)[0];
    if (wrong !== undefined) return io.usage(`serve: ${wrong}`);
    const unsafe = unsafeBind(config.api);
    if (unsafe !== null) return io.usage(`serve: ${unsafe}`);
    armFrom(config.failpoint);
    const spec = {
      data: resolve(io.cwd, args.flags.data),
      quiet: args.flags.quiet,
      metricsPort: args.flags["metrics-port"] ?? null,
    };
    return serveSession(spec, config, io);
  },
});
