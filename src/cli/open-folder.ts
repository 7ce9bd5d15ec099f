// Everything in a data folder opened for questions, by a command that owns its lock: store, parse pool on demand. What
// runs a crawl is the topology's matter, not this file's.
import { join } from "node:path";
import { err, type Result } from "../base/index.ts";
import type { Config } from "../config.ts";
import { createParsePool, type ParsePool } from "../extract/index.ts";
import type { Failure } from "../model/index.ts";
import { routeMarkers } from "../route/index.ts";
import { type ExportSource, embeddedStore, type Store } from "../store/index.ts";
import type { Control } from "./control.ts";
import { folderControl } from "./folder-control.ts";
import type { FrontierView } from "./frontier-view.ts";
import type { Io } from "./io.ts";
import { version } from "./version.ts";

export interface OpenFolder {
  readonly control: Control;
  readonly store: Store;
  close(): Promise<void>;
}

export const software = (): string => `millrace/${version()}`;

/** Opens what is needed to answer; the store is closed again by `close`, also when a part of it did not open. */
export async function openFolder(
  folder: string,
  config: Config,
  io: Pick<Io, "clock" | "stop">,
  frontier: FrontierView | null,
): Promise<OpenFolder> {
  const { clock, stop } = io;
  const store = embeddedStore(folder, config.store, software(), clock);
  const pool = lazyPool(config, io);
  const close = async (): Promise<void> => {
    await Promise.all([pool.close(), frontier?.close(), store.close()]);
  };
  try {
    await store.content.connect(stop);
    await store.metadata.connect(stop);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  const exportSource: ExportSource = {
    ...store,
    concurrencyMax: config.extract.threads * config.extract.pagesPerThread,
    documentOf: async (capture) => {
      const document = await pool.get().extract(capture, stop);
      return document.ok ? document.value : null;
    },
    isGone: async (url) => {
      const status = (await frontier?.why(url))?.status ?? null;
      return status === 404 || status === 410;
    },
  };
  const control = folderControl({
    store,
    frontier,
    exportSource,
    exporting: {
      software: software(),
      clock,
      signal: stop,
      scratchFolder: join(folder, "scratch"),
      changesFolder: join(folder, "exports"),
    },
    status: async () => notRunning(folder),
    metrics: async () => "",
  });
  return { control, store, close };
}

function notRunning(folder: string): Result<never, Failure> {
  return err({ code: "internal", message: `no process is running on ${folder}` });
}

/** Threads start with the first page that needs them: most questions need none. */
export function lazyPool(
  config: Config,
  io: Pick<Io, "clock">,
): { get(): ParsePool; close(): Promise<void> } {
  let pool: ParsePool | null = null;
  return {
    get() {
      pool ??= createParsePool({
        options: config.extract,
        markers: routeMarkers(config.route),
        clock: io.clock,
      });
      return pool;
    },
    close: async () => pool?.close(),
  };
}
