// The way every command goes to a data folder: through the running process when there is one, else by owning the folder
// for as long as the command takes.
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe } from "../base/index.ts";
import { type Config, loadConfig } from "../config.ts";
import { Frontier } from "../frontier/index.ts";
import { type Store, StoreRefused } from "../store/index.ts";
import type { Args, ExitCode, STORES } from "./command.ts";
import type { Control } from "./control.ts";
import { frontierFolder } from "./crawl-rooms.ts";
import { ownFolder, reachFolder } from "./data-folder.ts";
import { openFrontier } from "./frontier-control.ts";
import { type FrontierView, viewOf } from "./frontier-view.ts";
import type { Io } from "./io.ts";
import { type OpenFolder, openFolder } from "./open-folder.ts";
import { openServers } from "./open-servers.ts";

/** A folder, or servers, with pages. */
interface StoredFolder extends OpenFolder {
  readonly store: Store;
}

interface FolderArgs extends Pick<Args, "shared"> {
  readonly flags: { readonly data: string; readonly role: (typeof STORES)[number] };
}

/** Asks the folder's owner, or becomes it. */
export async function withControl(
  args: FolderArgs,
  io: Io,
  ask: (control: Control, folder: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withConfig(args, io, async (config, folder) => {
    if (args.flags.role === "processor")
      return opened(folder, openServers(folder, config, io), io, ({ control }) => ask(control, folder));
    const reached = await reachFolder({ folder, create: false, clock: io.clock, signal: io.stop });
    if (!reached.ok) return io.failure(reached.error);
    if (reached.value.kind === "running") return ask(reached.value.control, folder);
    try {
      const open = openHeld(folder, config, io);
      return await opened(folder, open, io, ({ control }) => ask(control, folder));
    } finally {
      reached.value.lock.release();
    }
  });
}

/** Owns the folder or fails: for work that must not run beside a crawl. What lies on servers is shared anyway. */
export async function withOwnedFolder(
  args: FolderArgs,
  io: Io,
  work: (open: StoredFolder, config: Config, folder: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  return withConfig(args, io, async (config, folder) => {
    const each = async ({ store, ...open }: OpenFolder): Promise<ExitCode> =>
      store === null
        ? io.usage(`${folder} holds no pages: they are with the processor (--role processor)`)
        : work({ ...open, store }, config, folder);
    if (args.flags.role === "processor") return opened(folder, openServers(folder, config, io), io, each);
    const lock = await ownFolder({ folder, create: false, clock: io.clock, signal: io.stop });
    if (!lock.ok) return io.failure(lock.error);
    try {
      return await opened(folder, openHeld(folder, config, io), io, each);
    } finally {
      lock.value.release();
    }
  });
}

async function withConfig(
  { flags, shared }: FolderArgs,
  io: Io,
  work: (config: Config, folder: string) => Promise<ExitCode>,
): Promise<ExitCode> {
  const loaded = loadConfig({ role: flags.role, files: shared.config, flags: [], cwd: io.cwd });
  if (!loaded.ok) return io.usage(loaded.error);
  return work(loaded.value.config, resolve(io.cwd, flags.data));
}

async function opened(
  folder: string,
  opening: Promise<OpenFolder>,
  io: Io,
  work: (open: OpenFolder) => Promise<ExitCode>,
): Promise<ExitCode> {
  let open: OpenFolder;
  try {
    open = await opening;
  } catch (thrown) {
    if (thrown instanceof StoreRefused) return io.usage(describe(thrown));
    return io.failure({ code: "store", message: `${folder}: ${describe(thrown)}`, cause: thrown });
  }
  try {
    return await work(open);
  } finally {
    await open.close();
  }
}

/** A folder this process holds the lock of: a store with what crawled into it, or an ingestor's frontier alone. */
function openHeld(folder: string, config: Config, io: Io): Promise<OpenFolder> {
  const isFrontierAlone =
    existsSync(frontierFolder(folder)) &&
    !["segments", "database"].some((name) => existsSync(join(folder, name)));
  if (isFrontierAlone) return openFrontier(folder, config, io);
  return openFolder(folder, config, io, frontierIn(folder, config, io));
}

/** The frontier of the folder, where a crawl has made one. */
function frontierIn(folder: string, config: Config, io: Io): FrontierView | null {
  const path = frontierFolder(folder);
  if (!existsSync(path)) return null;
  return viewOf(new Frontier({ folder: path, options: config.frontier, clock: io.clock }), true);
}
