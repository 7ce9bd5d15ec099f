// A process that appends until the store says that the disk is full, and prints what it was told.
import { randomBytes } from "node:crypto";
import { asError, systemClock } from "../../base/index.ts";
import { folderContent } from "../content/folder-content.ts";
import { processedOf } from "./pages.ts";

const never = new AbortController().signal;
const store = folderContent(
  process.argv[2] ?? "",
  { segmentBytesMax: 1 << 27, compressionLevel: 1, software: "millrace/test" },
  systemClock,
);
await store.connect(never);
let acknowledged = 0;
try {
  for (;;) {
    const pages = Array.from({ length: 5 }, (_, at) =>
      processedOf(acknowledged + at, { body: new Uint8Array(randomBytes(2000)) }),
    );
    await store.append(pages, never);
    acknowledged += pages.length;
  }
} catch (thrown) {
  const { name, message } = asError(thrown);
  process.stdout.write(JSON.stringify({ acknowledged, name, message }));
}
await store.close();
