// Everything in a data folder opened for questions, by a command that owns its lock: store, parse pool on demand. What
// runs a crawl is the topology's matter, not this file's.
import { join } from "node:path";
import { type Clock, err, type Result } from "../base/index.ts";
import type { Config } from "../config.ts";
import { createParsePool, type ParsePool, type Schema } from "../extract/index.ts";
import type { Failure } from "../model/index.ts";
import { routeMarkers } from "../route/index.ts";
import { type ExportSource, embeddedStore, type Store } from "../store/index.ts";
import type { Control, ControlAnswer } from "./control.ts";
import { documentAgain } from "./document-again.ts";
import { type FolderParts, folderControl } from "./folder-control.ts";
import type { FrontierView } from "./frontier-view.ts";
import type { Io } from "./io.ts";
import type { RecipeDesk } from "./recipe-desk.ts";
import { version } from "./version.ts";

export interface OpenFolder {
  readonly control: Control;
  /** Null where no pages are kept (an ingestor's folder). */
  readonly store: Store | null;
  close(): Promise<void>;
}

export const notRunning = (folder: string): Failure => ({
  code: "internal",
  message: `no process is running on ${folder}`,
});

export const software = (): string => `millrace/${version()}`;

/** Opens what is needed to answer in a folder that this process owns. */
export function openFolder(
  folder: string,
  config: Config,
  io: Pick<Io, "clock" | "stop">,
  frontier: FrontierView | null,
): Promise<OpenFolder> {
  const store = embeddedStore(folder, config.store, software(), io.clock);
  return openStore({ folder, store, frontier, config }, io, async () => frontier?.close());
}

/** The store, and what `closeToo` closes, are closed again by `close`, also when a part of the store did not open. */
export async function openStore(
  parts: Pick<AnswerParts, "folder" | "frontier" | "replayRecord" | "config"> & { readonly store: Store },
  { clock, stop }: Pick<Io, "clock" | "stop">,
  closeToo: () => Promise<unknown>,
): Promise<OpenFolder> {
  const { folder, store } = parts;
  const answers = answersOf({
    ...parts,
    clock,
    signal: stop,
    status: async () => err(notRunning(folder)),
    metrics: async () => "",
  });
  const close = async (): Promise<void> => {
    await answers.close();
    await Promise.all([closeToo(), store.close()]);
  };
  try {
    await store.content.connect(stop);
    await store.metadata.connect(stop);
  } catch (thrown) {
    await close();
    throw thrown;
  }
  return { control: answers.control, store, close };
}

export interface AnswerParts {
  readonly folder: string;
  readonly store: Store;
  readonly frontier: FrontierView | null;
  readonly replayRecord?: FolderParts["replayRecord"];
  readonly recipes?: RecipeDesk;
  readonly config: Config;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  status(): Promise<Result<ControlAnswer<"status">, Failure>>;
  metrics(): Promise<string>;
}

/**
 * The answers over an open store. What an export extracts again goes through threads of its own, which start with the
 * first page: a crawl's parse pool counts its pages and takes no guests. `close` ends them.
 */
export function answersOf(parts: AnswerParts): { control: Control; close(): Promise<void> } {
  const { folder, store, frontier, replayRecord, recipes, config, clock, signal, status, metrics } = parts;
  const pool = lazyPool(config, { clock });
  const exportSource: ExportSource = {
    content: store.content,
    metadata: store.metadata,
    concurrencyMax: config.extract.threads * config.extract.pagesPerThread,
    documentOf: async (capture) => {
      const document = await documentAgain(capture, store.content, pool.get(), signal);
      return document.ok ? document.value : null;
    },
    isGone: async (url) => {
      const code = (await frontier?.why(url))?.status ?? null;
      return code === 404 || code === 410;
    },
  };
  const exporting = {
    software: software(),
    clock,
    signal,
    scratchFolder: join(folder, "scratch"),
    changesFolder: join(folder, "exports"),
  };
  const control = folderControl({
    store,
    letters: store.metadata.deadLetters,
    ...(replayRecord === undefined ? {} : { replayRecord }),
    ...(recipes === undefined ? {} : { recipes }),
    frontier,
    exportSource,
    exporting,
    status,
    metrics,
  });
  return { control, close: () => pool.close() };
}

/** Threads start with the first page that needs them: most questions need none. */
export function lazyPool(
  config: Config,
  { clock }: { readonly clock: Clock },
  schema: Schema | null = null,
): { get(): ParsePool; close(): Promise<void> } {
  let pool: ParsePool | null = null;
  return {
    get() {
      pool ??= createParsePool({
        options: config.extract,
        markers: routeMarkers(config.route),
        clock,
        schema,
      });
      return pool;
    },
    close: async () => pool?.close(),
  };
}
