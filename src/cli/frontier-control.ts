// The answers of a folder that holds a frontier and no pages: an ingestor's.
import { join } from "node:path";
import { err } from "../base/index.ts";
import type { Config } from "../config.ts";
import { Frontier } from "../frontier/index.ts";
import type { Control } from "./control.ts";
import { frontierFolder } from "./crawl-rooms.ts";
import { type FolderParts, folderControl } from "./folder-control.ts";
import { viewOf } from "./frontier-view.ts";
import type { Io } from "./io.ts";
import { lettersOfFrontier } from "./letter-book.ts";
import { notRunning, type OpenFolder, software } from "./open-folder.ts";

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

/** `folder` is locked by this process. */
export async function openFrontier(
  folder: string,
  config: Config,
  io: Pick<Io, "clock" | "stop">,
): Promise<OpenFolder> {
  const frontier = new Frontier({
    folder: frontierFolder(folder),
    options: config.frontier,
    clock: io.clock,
  });
  const control = frontierControl(folder, frontier, {
    io,
    status: async () => err(notRunning(folder)),
    metrics: async () => "",
  });
  return { control, store: null, close: () => frontier.close() };
}
