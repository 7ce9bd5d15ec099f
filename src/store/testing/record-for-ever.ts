// A process that appends and records batches until it is killed, printing each capture id once its row was acknowledged.
import { writeSync } from "node:fs";
import { systemClock } from "../../base/index.ts";
import { embeddedStore } from "../open.ts";
import { storeOptions } from "../options.ts";
import { processedOf, prose } from "./pages.ts";

const [folder = "", first = "0"] = process.argv.slice(2);
const never = new AbortController().signal;
const store = embeddedStore(folder, storeOptions.parse({}), "millrace/test", systemClock);
await store.metadata.connect(never);
await store.content.connect(never);
for (let number = Number(first); ; number += 20) {
  const pages = Array.from({ length: 20 }, (_, at) =>
    processedOf(number + at, { text: `${prose(number + at, 100)} common`, fetchedAtMs: systemClock.nowMs() }),
  );
  const locations = await store.content.append(pages, never);
  await store.metadata.record(
    pages.flatMap((page, at) => {
      const stored = locations[at];
      return stored === undefined ? [] : [{ ...page, stored }];
    }),
    never,
  );
  writeSync(1, `${pages.map(({ page }) => page.request.captureId).join("\n")}\n`);
}
