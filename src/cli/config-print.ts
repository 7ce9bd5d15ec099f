// `config print`: the effective configuration, one key a line, with where each value came from. Secrets are masked.
import { masked } from "../base/index.ts";
import { type LoadedConfig, leaves, loadConfig, ROLES } from "../config.ts";
import { defineCommand, oneOf, onOff, value } from "./command.ts";

export const config = defineCommand({
  name: "config",
  summary: "the effective configuration, secrets masked, with the source of each value",
  usage: "config print [--role ROLE] [--config FILE] [--json]",
  examples: [
    { line: "millrace config print", does: "every key, its value and where it was set" },
    { line: "millrace config print --role ingestor --config my.yaml", does: "as that role would see it" },
  ],
  flags: {
    role: value(
      "ROLE",
      `one of ${ROLES.join(", ")} (default standalone)`,
      oneOf(ROLES).default("standalone"),
    ),
    json: onOff("one JSON object: key to {value, source}"),
  },
  positionals: { min: 1, max: 1, what: "print" },
  drains: false,
  async run({ flags, positionals, shared }, io) {
    if (positionals[0] !== "print")
      return io.usage(`config ${JSON.stringify(positionals[0])}: allowed is "print"`);
    const loaded = loadConfig({ role: flags.role, files: shared.config, flags: [], cwd: io.cwd });
    if (!loaded.ok) return io.usage(loaded.error);
    await io.print(flags.json ? asJson(loaded.value) : asLines(loaded.value));
    return 0;
  },
});

function asLines({ config, sources }: LoadedConfig): string {
  const rows = [...leaves(config)].map(([path, leaf]) => ({
    key: `${path}: ${JSON.stringify(masked(path, leaf))}`,
    source: sources.get(path) ?? "default",
  }));
  const width = Math.min(72, Math.max(...rows.map(({ key }) => key.length)));
  return rows.map(({ key, source }) => `${key.padEnd(width)}  # ${source}\n`).join("");
}

function asJson({ config, sources }: LoadedConfig): string {
  const entries = [...leaves(config)].map(
    ([path, leaf]) => [path, { value: masked(path, leaf), source: sources.get(path) ?? "default" }] as const,
  );
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}
