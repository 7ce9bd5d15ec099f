// What a command may touch of the world: output, errors, stop signal, clock, environment. Results go to stdout,
// everything else to stderr; a reader of stdout that goes away ends the command quietly.
import type { Readable, Writable } from "node:stream";
import { type Clock, describe } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { ExitCode } from "./command.ts";

/** The reader of stdout is gone (EPIPE): the frame ends the command quietly. */
export class OutputClosed extends Error {
  override readonly name = "OutputClosed";
}

export interface Io {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly clock: Clock;
  /** Folder relative names start from. */
  readonly cwd: string;
  /** Aborts on the first Ctrl-C (SIGINT, SIGTERM) of a command that drains, and when stdout's reader goes. */
  readonly stop: AbortSignal;
  readonly verbose: boolean;
  /** Writes a result to stdout and waits for room. Rejects with OutputClosed when nobody reads any more. */
  print(text: string | Uint8Array): Promise<void>;
  /** A line for people, to stderr. */
  say(line: string): void;
  /** Wrong usage or configuration: one line to stderr, exit code 2. */
  usage(line: string): ExitCode;
  /** The work failed: one line with its code, exit code 1; with --verbose the stack of its cause. */
  failure(failure: Failure): ExitCode;
}

export interface IoParts {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Io["stderr"];
  readonly clock: Clock;
  readonly cwd: string;
  readonly stop: AbortController;
  readonly verbose: boolean;
}

export function createIo(parts: IoParts): Io {
  const { stdout, stderr, stop, verbose } = parts;
  let gone: Error | null = null;
  stdout.on("error", (error) => {
    const pipe = "code" in error && (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED");
    gone = pipe ? new OutputClosed("stdout was closed by its reader", { cause: error }) : error;
    stop.abort(gone);
  });
  stderr.on("error", () => {
    // Nobody reads the messages: nothing is lost with them, and there is nobody to tell.
  });
  const say = (line: string): void => {
    stderr.write(`${line}\n`);
  };
  return {
    ...parts,
    stop: stop.signal,
    say,
    print: (text) =>
      new Promise((resolve, reject) => {
        if (gone !== null) reject(gone);
        else
          stdout.write(text, (error) => {
            // The stream calls back before it emits "error"; a turn later `gone` says which error it is.
            if (error === null || error === undefined) resolve();
            else setImmediate(() => reject(gone ?? error));
          });
      }),
    usage(line) {
      say(`millrace: ${oneLine(line)}`);
      return 2;
    },
    failure({ code, message, cause }) {
      // To who named a file that is not there, "internal" would say that the program is at fault.
      const label = code === "internal" ? "" : `[${code}] `;
      say(`millrace: ${label}${oneLine(message)}`);
      if (verbose && cause !== undefined) say(stackOf(cause));
      return 1;
    },
  };
}

export function stackOf(thrown: unknown): string {
  return thrown instanceof Error && thrown.stack !== undefined ? thrown.stack : describe(thrown);
}

/** Control characters escaped: a hostile URL or page must not move the cursor, colour or break the line. */
export function oneLine(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => {
    if (char === "\n" || char === "\t" || char === "\r") return " ";
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}
