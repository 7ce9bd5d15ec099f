// A fresh database folder, whole or not at all: made under another name and renamed when it is complete. A build brings a
// template of it (see make-template.ts), which opens in a fifth of the time that PostgreSQL's own initialisation takes.
import { mkdir, readFile, rename, rm } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { syncPath, syncTree } from "../sync.ts";

export const TEMPLATE = new URL("./template.tar.gz", import.meta.url);

async function template(): Promise<Blob | null> {
  try {
    return new Blob([await readFile(TEMPLATE)], { type: "application/x-gzip" });
  } catch (thrown) {
    // Run from source: there is none.
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return null;
    throw thrown;
  }
}

export async function initialiseDatabase(parent: string, directory: string): Promise<void> {
  const unfinished = `${directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const blob = await template();
  const database = await PGlite.create({
    dataDir: unfinished,
    ...(blob === null ? {} : { loadDataDir: blob }),
  });
  await database.close();
  await syncTree(unfinished);
  await rename(unfinished, directory);
  await syncPath(parent);
}
