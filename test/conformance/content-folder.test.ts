// The folder of segments against the content suite, with segments so small that every test rolls them.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/index.ts";
import { folderContent } from "../../src/store/content/folder-content.ts";
import { contentStoreConformance } from "./content-store.ts";

for (const segmentBytesMax of [4096, 1 << 27]) {
  contentStoreConformance(`folder, segments of ${segmentBytesMax}`, async (run) => {
    const directory = await mkdtemp(join(tmpdir(), "millrace-content-"));
    const open = () =>
      folderContent(
        directory,
        { segmentBytesMax, compressionLevel: 3, software: "millrace/test" },
        systemClock,
      );
    try {
      await run({ store: open(), reopen: () => Promise.resolve(open()) });
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  });
}
