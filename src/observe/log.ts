// Structured logs: JSON lines to stderr, or one plain line an event on a terminal. Knows levels and fields, not what
// is worth a line.
import { pino } from "pino";
import type { ObserveOptions } from "./options.ts";

export interface LogFields {
  readonly [name: string]: unknown;
}

export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  /** An error under the key `err` is written with its type, message and stack. */
  error(fields: LogFields, message: string): void;
  /** The same log with these fields on every line: `log.child({ traceId })`. */
  child(fields: LogFields): Log;
}

/** Where lines go: process.stderr, or a test's array. */
export interface LogOutput {
  readonly isTTY?: boolean;
  write(line: string): unknown;
}

/** Keys whose values never reach a log, at the top and one level down. */
const REDACTED = [
  "password",
  "secret",
  "token",
  "authorization",
  "cookie",
  "headers.authorization",
  "headers.cookie",
];

export function createLog(options: ObserveOptions["log"], output: LogOutput): Log {
  const pretty = options.format === "pretty" || (options.format === "auto" && output.isTTY === true);
  return pino(
    {
      level: options.level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: "********" },
    },
    { write: (line: string) => output.write(pretty ? `${prettyLine(line)}\n` : line) },
  );
}

const FIELD_CHARACTERS_MAX = 500;

/** `12:03:04.123 warn  fetch: address refused host=example.com`; a line that is not a JSON object stays as it is. */
export function prettyLine(line: string): string {
  let event: unknown;
  try {
    event = JSON.parse(line);
  } catch {
    return line.trimEnd();
  }
  if (typeof event !== "object" || event === null) return line.trimEnd();
  const { time, level, msg, room, err, ...rest } = {
    time: "",
    level: "",
    msg: "",
    room: "",
    err: null,
    ...event,
  };
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${fieldText(value)}`);
  const said = room === "" ? String(msg) : `${room}: ${msg}`;
  const head = `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${escaped(said)}`;
  const first = [head, ...fields].join(" ");
  const stack: unknown = typeof err === "object" && err !== null ? Reflect.get(err, "stack") : null;
  return typeof stack === "string" ? `${first}\n  ${stack.split("\n").map(escaped).join("\n  ")}` : first;
}

function fieldText(value: unknown): string {
  const text = typeof value === "string" ? escaped(value) : JSON.stringify(value);
  return text.length > FIELD_CHARACTERS_MAX ? `${text.slice(0, FIELD_CHARACTERS_MAX)}…` : text;
}

/** What a page or a URL brings along must not steer the terminal. */
function escaped(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f]/g,
    (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}
