// Whether the embedded database's files can be believed. PGlite never syncs, so what the operating system still held at a
// power cut is lost; a marker beside the database says whether it was closed in order, and in which boot it was used.
import { execFile } from "node:child_process";
import { open, readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { asError } from "../../base/index.ts";

const marker = z.object({ boot: z.string(), closed: z.boolean(), rebuild: z.boolean() });
export type Marker = z.infer<typeof marker>;

const FILE = "state.json";

/** Differs after each boot of the machine. */
export async function bootId(): Promise<string> {
  try {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch (thrown) {
    if (process.platform !== "darwin") throw asError(thrown);
    const { stdout } = await promisify(execFile)("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]);
    return stdout.trim();
  }
}

/** Null when there is none, or none that can be read: then nothing vouches for the files. */
export async function readMarker(directory: string): Promise<Marker | null> {
  try {
    return marker.parse(JSON.parse(await readFile(join(directory, FILE), "utf8")));
  } catch {
    return null;
  }
}

export async function writeMarker(directory: string, value: Marker): Promise<void> {
  const path = join(directory, FILE);
  const file = await open(`${path}.new`, "w");
  try {
    await file.writeFile(JSON.stringify(value));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  await syncPath(directory);
}

export async function syncPath(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Syncs every file below: after it, a marker that says "closed" is true whatever happens to the power. */
export async function syncTree(directory: string): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) await syncTree(path);
    else if (entry.isFile()) await syncPath(path);
  }
  await syncPath(directory);
}
