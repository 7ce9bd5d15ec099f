// A process whose frontier's store lies on a disk that it fills itself, and which tells what a turn then throws as the program does. Argument:
// the folder of a small disk.
import { closeSync, openSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import { Trees } from "../trees.ts";

const [folder = ""] = process.argv.slice(2);
const trees = new Trees(folder, true);
const ballast = openSync(join(folder, "ballast"), "w");
while (statfsSync(folder).bavail > 0) writeSync(ballast, Buffer.alloc(4096, 1));
closeSync(ballast);
try {
  for (let nth = 0; nth < 1000; nth++)
    trees.turn(() => void trees.meta.put(Buffer.from(`${nth}`), Buffer.alloc(3000)));
} catch (thrown) {
  process.stderr.write(`millrace: ${thrown instanceof Error ? thrown.message : String(thrown)}\n`);
  process.exitCode = 1;
}
