// A process as the processor's end of the line: takes pages as a broker would deliver them, some twice and some also to
// another process, appends and records them, and prints each capture id once its row was acknowledged. Until it is killed.
import { readFileSync, writeSync } from "node:fs";
import { z } from "zod";
import { seededRandom, systemClock } from "../../base/index.ts";
import { NotConnected } from "../../engine/index.ts";
import { serverStore } from "../open.ts";
import { storeOptions } from "../options.ts";
import { processedOf } from "./pages.ts";

const never = new AbortController().signal;
const given = z
  .object({ folder: z.string(), options: z.unknown(), captures: z.array(z.string()), seed: z.number() })
  .parse(JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")));
const random = seededRandom(given.seed);
const store = serverStore(given.folder, storeOptions.parse(given.options), "millrace/test", systemClock);
await insisting(() => store.content.connect(never));

const open = given.captures.map((captureId, number) =>
  processedOf(number, { captureId, text: `text of ${number}`, url: `http://site.test/page/${number}` }),
);
/** As the engine does with a service away: again, after a while. */
async function insisting<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (thrown) {
      if (!(thrown instanceof NotConnected)) throw thrown;
      await systemClock.sleep(50);
    }
  }
}

async function deliver(): Promise<void> {
  while (open.length > 0) {
    const from = random.below(Math.min(20, open.length));
    const batch = open.splice(from, 1 + random.below(12));
    const twice = batch.filter(() => random.below(4) === 0);
    const pages = [...batch, ...twice];
    const locations = await insisting(() => store.content.append(pages, never));
    const stored = pages.flatMap((page, at) => {
      const location = locations[at];
      return location === undefined ? [] : [{ ...page, stored: location }];
    });
    await insisting(() => store.metadata.record(stored, never));
    writeSync(1, `${batch.map(({ page }) => page.request.captureId).join("\n")}\n`);
  }
}
await Promise.all([deliver(), deliver(), deliver()]);
await store.close();
