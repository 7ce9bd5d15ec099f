// Floor 8: the command line. Loads nothing but the table of commands and the choice of a runtime, so that old Nodes
// can read it and `--help` costs no more than itself; the frame and the command come when one is run.
import { commands } from "./commands.ts";
import { boundOwnMemory } from "./own-memory.ts";

export { globalHelp } from "./commands.ts";
export { handOver, runtimeSuffices } from "./runtime.ts";
export { version } from "./version.ts";

/** Runs the named command on the process's own streams and sets its exit code. */
export async function runCommand(name: string, args: readonly string[]): Promise<void> {
  const entry = commands.find((command) => command.name === name);
  if (entry?.isLong === true) boundOwnMemory(args);
  const { run, unknownCommand } = await import("./frame.ts");
  if (entry === undefined) process.exitCode = unknownCommand(name);
  else await run(await entry.load(), args);
}
