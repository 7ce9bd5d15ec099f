// The command line as data: flags by the command's table, values validated, everything unknown refused with the
// nearest known name. Prints nothing and exits nowhere.
import { err, nearest, ok, type Result } from "../base/index.ts";
import { type AnyCommand, type Args, type Flag, type FlagTable, list, onOff, text } from "./command.ts";

export const sharedFlags = {
  config: list("FILE", "one more YAML file of configuration", text),
  verbose: onOff("more log lines; stack traces with errors"),
  help: onOff("this text"),
} satisfies FlagTable;

type Raw = Map<string, (string | true)[]>;

/** `--name value`, `--name=value`, switches, `--` (the rest are arguments), `-` (an argument). The error is one line. */
export function parseArguments(command: AnyCommand, argv: readonly string[]): Result<Args, string> {
  const table: FlagTable = { ...command.flags, ...sharedFlags };
  const split = splitArguments(table, argv);
  if (!split.ok) return split;
  const { raw, positionals } = split.value;
  const flags: Record<string, unknown> = {};
  for (const [name, flag] of Object.entries(table)) {
    const parsed = parseFlag(name, flag, raw.get(name));
    if (!parsed.ok) return parsed;
    flags[name] = parsed.value;
  }
  const { min, max, what } = command.positionals;
  if (positionals.length < min) return err(`${what} missing; usage: millrace ${command.usage}`);
  if (positionals.length > max) {
    const extra = JSON.stringify(positionals[max]);
    return err(`unexpected argument ${extra}; usage: millrace ${command.usage}`);
  }
  return ok({
    flags,
    given: new Set(raw.keys()),
    positionals,
    shared: {
      config: (raw.get("config") ?? []).filter((file) => file !== true),
      verbose: raw.has("verbose"),
    },
  });
}

function splitArguments(
  table: FlagTable,
  argv: readonly string[],
): Result<{ raw: Raw; positionals: string[] }, string> {
  const raw: Raw = new Map();
  const positionals: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? "";
    if (word === "--") {
      positionals.push(...argv.slice(at + 1));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      positionals.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const written = equals === -1 ? word : word.slice(0, equals);
    const name = written === "-h" ? "help" : written.replace(/^--/, "");
    const flag = Object.hasOwn(table, name) ? table[name] : undefined;
    if (flag === undefined) return err(unknownFlag(written, table));
    const values = raw.get(name) ?? [];
    raw.set(name, values);
    if (flag.kind === "switch") {
      if (equals !== -1)
        return err(`--${name} takes no value, but got ${JSON.stringify(word.slice(equals + 1))}`);
      values.push(true);
      continue;
    }
    if (values.length > 0 && flag.kind === "value") return err(`--${name} is given twice`);
    const following = equals === -1 ? argv[++at] : word.slice(equals + 1);
    const isFlag = equals === -1 && following?.startsWith("--") === true;
    if (following === undefined || isFlag)
      return err(`--${name} needs a value (${flag.placeholder ?? "VALUE"})`);
    values.push(following);
  }
  return ok({ raw, positionals });
}

function parseFlag(name: string, flag: Flag, values: (string | true)[] | undefined): Result<unknown, string> {
  const given = flag.kind === "list" ? (values ?? []) : values?.[0];
  const parsed = flag.schema.safeParse(given);
  if (parsed.success) return ok(parsed.data);
  const issue = parsed.error.issues[0];
  const at = issue?.path[0];
  const wrong = Array.isArray(given) && typeof at === "number" ? given[at] : given;
  if (wrong === undefined) return err(`--${name} is required`);
  return err(`--${name} ${JSON.stringify(wrong)}: ${issue?.message ?? "is not allowed"}`);
}

function unknownFlag(written: string, table: FlagTable): string {
  const known = Object.entries(table).flatMap(([name, flag]) => (flag.hidden ? [] : [`--${name}`]));
  const near = nearest(written, known);
  const hint = near === null ? `known flags: ${known.join(" ")}` : `did you mean ${near}?`;
  return `unknown flag ${written}; ${hint}`;
}
