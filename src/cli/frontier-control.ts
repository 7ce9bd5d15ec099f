// The answers of a folder that holds a frontier and no pages: an ingestor's.
import { join } from "node:path";
import type { Frontier } from "../frontier/index.ts";
import type { Control } from "./control.ts";
import { type FolderParts, folderControl } from "./folder-control.ts";
import { viewOf } from "./frontier-view.ts";
import type { Io } from "./io.ts";
import { lettersOfFrontier } from "./letter-book.ts";
import { software } from "./open-folder.ts";

export function frontierControl(
  folder: string,
  frontier: Frontier,
  parts: { readonly io: Pick<Io, "clock" | "stop"> } & Pick<FolderParts, "status" | "metrics">,
): Control {
  const { io, status, metrics } = parts;
  return folderControl({
    store: null,
    letters: lettersOfFrontier(frontier.letters),
    frontier: viewOf(frontier, false),
    exportSource: null,
    exporting: {
      software: software(),
      clock: io.clock,
      signal: io.stop,
      scratchFolder: join(folder, "scratch"),
      changesFolder: join(folder, "exports"),
    },
    status,
    metrics,
  });
}
