// The embedded store of a data folder against the suite of segments that are let go.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/index.ts";
import { embeddedStore, storeOptions } from "../../src/store/index.ts";
import { spentSegmentsConformance } from "./spent-segments.ts";

spentSegmentsConformance("data folder", async (run) => {
  const folder = await mkdtemp(join(tmpdir(), "millrace-spent-"));
  let nowMs = 0;
  const clock = { ...systemClock, nowMs: () => nowMs };
  const store = embeddedStore(
    folder,
    { ...storeOptions.parse({}), segmentBytesMax: 1 },
    "millrace/test",
    clock,
  );
  try {
    await run({
      store,
      setNow(to) {
        nowMs = to;
      },
    });
  } finally {
    await store.close();
    await rm(folder, { recursive: true, force: true });
  }
});
