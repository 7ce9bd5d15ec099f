// A process that owns a data folder and answers its socket until it is killed.
import { systemClock } from "../../base/index.ts";
import { serveControl } from "../control-socket.ts";
import { ownFolder } from "../data-folder.ts";
import { answering } from "./answering.ts";

const folder = process.argv[2] ?? "";
const lock = await ownFolder({
  folder,
  create: true,
  clock: systemClock,
  signal: new AbortController().signal,
});
if (!lock.ok) throw new Error(lock.error.message);
await serveControl(folder, answering);
process.stdout.write("held\n");
setInterval(() => undefined, 1_000);
