// A process that appends batches to a content folder until it is killed, printing each capture id once it was acknowledged.
import { writeSync } from "node:fs";
import { systemClock } from "../../base/index.ts";
import { folderContent } from "../content/folder-content.ts";
import { pageOf, processedOf } from "./pages.ts";

const [directory = "", first = "0"] = process.argv.slice(2);
const never = new AbortController().signal;
const store = folderContent(
  directory,
  { segmentBytesMax: 200_000, compressionLevel: 1, software: "millrace/test" },
  systemClock,
);
await store.connect(never);
for (let number = Number(first); ; number += 20) {
  const pages = Array.from({ length: 20 }, (_, at) =>
    processedOf(number + at, {
      fetchedAtMs: systemClock.nowMs(),
      body: pageOf(0, { body: new Uint8Array(3000).fill(at) }).body,
    }),
  );
  await store.append(pages, never);
  writeSync(1, `${pages.map(({ page }) => page.request.captureId).join("\n")}\n`);
}
