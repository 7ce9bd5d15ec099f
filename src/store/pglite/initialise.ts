// A fresh database folder, whole or not at all: it is made under another name and renamed when it is complete.
import { mkdir, rename, rm } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { syncPath, syncTree } from "./trust.ts";

export async function initialiseDatabase(parent: string, directory: string): Promise<void> {
  const unfinished = `${directory}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { recursive: true });
  const database = await PGlite.create({ dataDir: unfinished });
  await database.close();
  await syncTree(unfinished);
  await rename(unfinished, directory);
  await syncPath(parent);
}
