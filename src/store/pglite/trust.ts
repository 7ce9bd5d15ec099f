// Whether the embedded database's files can be believed. PGlite never syncs, so what the operating system still held at a
// power cut is lost; a marker beside the database says whether it was closed in order, and in which boot it was used.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { replaceFile } from "../sync.ts";

const marker = z.object({ boot: z.string(), closed: z.boolean(), rebuild: z.boolean() });
export type Marker = z.infer<typeof marker>;

const FILE = "state.json";

/** Null when there is none, or none that can be read: then nothing vouches for the files. */
export async function readMarker(directory: string): Promise<Marker | null> {
  try {
    return marker.parse(JSON.parse(await readFile(join(directory, FILE), "utf8")));
  } catch {
    return null;
  }
}

export function writeMarker(directory: string, value: Marker): Promise<void> {
  return replaceFile(join(directory, FILE), JSON.stringify(value));
}

/** May rows be missing? `made`: the database's folder is there. No marker beside it: it was killed while being made. */
export function rowsMayBeMissing(before: Marker | null, made: boolean, boot: string): boolean {
  if (before === null) return false;
  return before.rebuild || !made || (!before.closed && before.boot !== boot);
}
