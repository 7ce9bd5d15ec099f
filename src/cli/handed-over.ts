// Entry of the process that an older Node handed over to: dies with that Node, then is the program named first on its
// command line. Started by runtime.ts alone, with an IPC channel whose closing is the only word of the parent's death.
import { pathToFileURL } from "node:url";

function die(): void {
  process.kill(process.pid, "SIGKILL");
}

process.on("disconnect", die);
process.channel?.unref(); // the channel alone must not keep the program alive
if (!process.connected) die(); // the parent was gone before the listener stood
process.argv.splice(1, 1);
await import(pathToFileURL(process.argv[1] ?? "").href);
