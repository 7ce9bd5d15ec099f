#!/usr/bin/env node
// The program's table of contents: answers --version and --help at once, hands over to a newer Node when this one is
// too old, else runs the command. Old Nodes load this file: no newer syntax, and nothing heavy is imported here.
import { fileURLToPath } from "node:url";
import { globalHelp, handOver, runCommand, runtimeSuffices, version } from "./cli/index.ts";

async function main(args: readonly string[]): Promise<void> {
  const [first, second] = args;
  const helpAsked = first === "--help" || first === "-h" || first === "help";
  if (first === "--version" || first === "-V") process.stdout.write(`${version()}\n`);
  else if (helpAsked && second === undefined) process.stdout.write(globalHelp());
  else if (!runtimeSuffices(process.versions.node)) handOver(fileURLToPath(import.meta.url), args);
  else if (first === undefined) {
    process.stderr.write(globalHelp());
    process.exitCode = 2;
  } else if (helpAsked) await runCommand(String(second), ["--help"]);
  else if (first === "--role" || first.startsWith("--role=")) await runCommand("--role", args);
  else await runCommand(first, args.slice(1));
}

await main(process.argv.slice(2));
