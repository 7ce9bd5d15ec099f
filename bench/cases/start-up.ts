// What it takes to say something at all: `--version` and `--help` of the built program beside an empty one on the same runtime.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Case, Figure } from "../case.ts";
import { costOf } from "../process-tree.ts";

/** Starts put together to one sample: a clock tick is a quarter of one. */
const STARTS = 10;
const RATIO_MAX = 3;

export const startUpCase: Case = {
  name: "start-up",
  summary: "--version and --help beside an empty program",
  async run({ runs, program }): Promise<Figure[]> {
    const folder = await mkdtemp(join(tmpdir(), "millrace-bench-"));
    try {
      const empty = join(folder, "empty.mjs");
      await writeFile(empty, "");
      const wall: number[][] = [[], [], []];
      const cpu: number[][] = [[], [], []];
      for (let run = 0; run < runs; run++) {
        for (const [which, args] of [[empty], [program, "--version"], [program, "--help"]].entries()) {
          let wallS = 0;
          let cpuS = 0;
          for (let start = 0; start < STARTS; start++) {
            const cost = await costOf(process.execPath, args);
            wallS += cost.wallS;
            cpuS += cost.cpuS;
          }
          wall[which]?.push((wallS * 1_000) / STARTS);
          cpu[which]?.push((cpuS * 1_000) / STARTS);
        }
      }
      const against = (name: string) => ({ against: name, ratioGoal: RATIO_MAX });
      return [
        { name: "empty", unit: "ms", samples: wall[0] ?? [] },
        { name: "--version", unit: "ms", samples: wall[1] ?? [], ...against("empty") },
        { name: "--help", unit: "ms", samples: wall[2] ?? [], ...against("empty") },
        { name: "empty, CPU", unit: "CPU ms", samples: cpu[0] ?? [] },
        { name: "--version, CPU", unit: "CPU ms", samples: cpu[1] ?? [], ...against("empty, CPU") },
        { name: "--help, CPU", unit: "CPU ms", samples: cpu[2] ?? [], ...against("empty, CPU") },
      ];
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
