// The frame every command runs in: parses its arguments, gives it its Io, maps what comes back to an exit code, and
// owns the signals. Knows no command by name but through the table.
import { nearest, systemClock } from "../base/index.ts";
import { parseArguments } from "./arguments.ts";
import type { AnyCommand, ExitCode } from "./command.ts";
import { commands } from "./commands.ts";
import { failureOf } from "./failure-of.ts";
import { commandHelp } from "./help.ts";
import { createIo, type Io, OutputClosed, oneLine } from "./io.ts";
import { hushWarnings } from "./warnings.ts";

export function unknownCommand(name: string): ExitCode {
  const known = commands.map((command) => command.name);
  const near = name.startsWith("-") ? null : nearest(name, known);
  const what = name.startsWith("-") ? "unknown flag" : "unknown command";
  const hint = near === null ? `commands: ${known.join(" ")}` : `did you mean ${near}?`;
  process.stderr.write(`millrace: ${what} ${oneLine(JSON.stringify(name))}; ${hint}\n`);
  return 2;
}

/** Runs a command on the process's own streams and sets its exit code. */
export async function run(command: AnyCommand, argv: readonly string[]): Promise<void> {
  hushWarnings();
  const stop = new AbortController();
  const io = createIo({
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    clock: systemClock,
    cwd: process.cwd(),
    stop,
    verbose: argv.includes("--verbose"),
  });
  const release = ownSignals(command, stop, io);
  const unwatch = watchForDry(command, io);
  const code = await runCommand(command, argv, io);
  unwatch();
  release();
  leave(code);
}

/** The same without a process: what tests call. */
export async function runCommand(command: AnyCommand, argv: readonly string[], io: Io): Promise<ExitCode> {
  try {
    if (asksHelp(argv)) {
      await io.print(commandHelp(command));
      return 0;
    }
    const args = parseArguments(command, argv);
    if (!args.ok) return io.usage(`${command.name}: ${args.error}`);
    return await command.run(args.value, io);
  } catch (thrown) {
    if (thrown instanceof OutputClosed) return 0;
    return io.failure(failureOf(thrown));
  }
}

function asksHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf("--");
  return argv.slice(0, end === -1 ? argv.length : end).some((word) => word === "--help" || word === "-h");
}

/** First signal: the command drains, or the process ends. Second: the process ends at once, which loses nothing either. */
function ownSignals(command: AnyCommand, stop: AbortController, io: Io): () => void {
  const onSignal = (signal: NodeJS.Signals): void => {
    const code = signal === "SIGINT" ? 130 : 143;
    if (!command.drains || stop.signal.aborted) process.exit(code);
    io.say("stopping: finishing what is under way (again to stop at once)");
    stop.abort(new Error(`stopped by ${signal}`));
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return () => {
    process.off("SIGINT", onSignal);
    process.off("SIGTERM", onSignal);
  };
}

/** How long what a library left open may keep a finished command alive before it is ended. */
const LINGER_MS = 2_000;

/**
 * Nothing can happen any more and the command still waits: what it waits for has died without an answer. That is the program's own fault,
 * and it says so, with what is open (Node's names, none where nothing is); without it only a warning about this file would be printed.
 */
function watchForDry({ name }: AnyCommand, io: Io): () => void {
  const onDry = (): void => {
    const open = process.getActiveResourcesInfo().join(", ");
    const message = `${name} waits for what never comes (open: ${open === "" ? "nothing" : open}); run again, and please report this line`;
    process.exit(io.failure({ code: "internal", message }));
  };
  process.on("beforeExit", onDry);
  return () => process.off("beforeExit", onDry);
}

/** After a failure at once: what broke may have left anything open. */
function leave(code: ExitCode): void {
  process.exitCode = code;
  if (code === 1) process.exit();
  systemClock.schedule(LINGER_MS, () => process.exit());
}
