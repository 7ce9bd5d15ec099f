// What a command is: its words, its flags as a table of schemas, and one function. The frame parses and validates the
// flags, so a command's `run` meets only values that are right. Knows no command.
import { z } from "zod";
import type { Io } from "./io.ts";

/** 0 done, 1 the work failed, 2 wrong usage or configuration. */
export type ExitCode = 0 | 1 | 2;

export interface Flag<T = unknown> {
  /** A switch takes no value; a list may be repeated and validates the array of all its values. */
  readonly kind: "switch" | "value" | "list";
  readonly schema: z.ZodType<T>;
  readonly help: string;
  /** How the value is named in the help ("N", "FILE"). */
  readonly placeholder: string | null;
  /** Accepted and checked, but not listed in the help. */
  readonly hidden?: boolean;
}

export type FlagTable = { readonly [name: string]: Flag };

/** Parsed values by flag name; a flag that was not given has its schema's default, or undefined. */
export type FlagValues<F extends FlagTable> = {
  readonly [K in keyof F]: F[K] extends Flag<infer T> ? T : never;
};

export interface Args<F extends FlagTable = FlagTable> {
  readonly flags: FlagValues<F>;
  /** Names of the flags that stood on the command line, without dashes. */
  readonly given: ReadonlySet<string>;
  readonly positionals: readonly string[];
  /** The flags every command has. */
  readonly shared: { readonly config: readonly string[]; readonly verbose: boolean };
}

export interface Command<F extends FlagTable> {
  readonly name: string;
  readonly summary: string;
  /** What follows `millrace `. */
  readonly usage: string;
  /** Whole lines to type, with what they do. */
  readonly examples: readonly { readonly line: string; readonly does: string }[];
  readonly flags: F;
  /** How many arguments beside the flags. */
  readonly positionals: { readonly min: number; readonly max: number; readonly what: string };
  /** True when the first Ctrl-C only aborts `io.stop` and the command ends by itself; else it ends the process. */
  readonly drains: boolean;
  run(args: Args<F>, io: Io): Promise<ExitCode>;
}

/** A command with its flags' types closed over, as the table of commands and the frame hold it. */
export interface AnyCommand extends Omit<Command<FlagTable>, "run"> {
  run(args: Args, io: Io): Promise<ExitCode>;
}

/** Types `run`'s flags from the table beside it. */
export function defineCommand<const F extends FlagTable>(command: Command<F>): AnyCommand {
  return {
    ...command,
    // The frame builds `args` from this very table, so its values have the table's types.
    run: (args, io) => command.run(args as Args<F>, io),
  };
}

export const onOff = (help: string): Flag<boolean> => ({
  kind: "switch",
  schema: z.boolean().default(false),
  help,
  placeholder: null,
});

export function value<T>(placeholder: string, help: string, schema: z.ZodType<T>): Flag<T> {
  return { kind: "value", schema, help, placeholder };
}

export function list<T>(placeholder: string, help: string, schema: z.ZodType<T>): Flag<T[]> {
  return { kind: "list", schema: z.array(schema), help: `${help} (repeatable)`, placeholder };
}

/** A whole number from the command line; refuses "1e3", "0x10", " 5" and the like. */
export function wholeNumber(min: number, max: number = Number.MAX_SAFE_INTEGER): z.ZodType<number> {
  const range =
    max === Number.MAX_SAFE_INTEGER
      ? `a whole number of at least ${min}`
      : `a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^\d{1,16}$/, `must be ${range}`)
    .transform(Number)
    .refine((number) => number >= min && number <= max, `must be ${range}`);
}

/** Seconds, whole or decimal, above 0. */
export function seconds(max: number): z.ZodType<number> {
  const message = `must be seconds above 0 and at most ${max}`;
  return z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, message)
    .transform(Number)
    .refine((number) => number > 0 && number <= max, message);
}

export function oneOf<const T extends readonly [string, ...string[]]>(values: T): z.ZodType<T[number]> {
  return z.enum(values, { error: `must be one of ${values.join(", ")}` });
}

export const text: z.ZodType<string> = z.string().min(1, "must not be empty");

/** An absolute http or https URL, as the WHATWG parser serialises it. */
export const httpUrl: z.ZodType<string> = z.string().transform((written, context) => {
  const url = URL.parse(written);
  if (url !== null && (url.protocol === "http:" || url.protocol === "https:")) return url.href;
  context.addIssue({ code: "custom", message: "must be an absolute http or https URL" });
  return z.NEVER;
});

export const dataFlag: Flag<string> = value(
  "DIR",
  "data folder (default ./millrace-data)",
  text.default("./millrace-data"),
);

export const STORES = ["standalone", "ingestor", "processor"] as const;

/** Of commands that ask a store: which role's configuration says where it lies. */
export const storeFlag: Flag<(typeof STORES)[number]> = value(
  "ROLE",
  "whose store: the data folder's (standalone, ingestor) or the servers' of the processor (default standalone)",
  oneOf(STORES).default("standalone"),
);
