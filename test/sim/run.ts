// The simulation at length: `node test/sim/run.ts --seeds 10000 [--from 1]`. Prints what a bad seed did wrong; exits 1 then.
import { parseArgs } from "node:util";
import { simulate } from "./simulate.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "10000" }, from: { type: "string", default: "1" } },
});
const from = Number(values.from);
const count = Number(values.seeds);
const startedAtMs = performance.now();
let bad = 0;
let kills = 0;
let lives = 0;
let allFull = 0;
for (let seed = from; seed < from + count; seed++) {
  const report = await simulate(seed);
  kills += report.kills;
  lives += report.lives;
  if (report.allFull) allFull++;
  if (report.wrongs.length === 0) continue;
  bad++;
  console.log(`seed ${seed}: ${report.wrongs.slice(0, 5).join("; ")}`);
}
const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
console.log(
  `${count} seeds, ${bad} bad, ${lives} process lives, ${kills} kills, ${allFull} with every channel full at once, ${seconds} s`,
);
process.exitCode = bad === 0 ? 0 : 1;
