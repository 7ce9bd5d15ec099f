// Objects as files of a folder: each written beside, fsynced and renamed into its place, so that there is the old one or the
// new one and never half of one. Knows no rows and not what is in an object.
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Clock, uuidv7 } from "../../base/index.ts";
import { DiskFull } from "../errors.ts";
import type { Objects } from "../faces.ts";
import { syncPath } from "../sync.ts";
import { checkedKey } from "./object-key.ts";

/** Where objects are written before they are renamed; no key begins with a dot. */
const UNFINISHED = ".unfinished";

export function folderObjects(folder: string, clock: Clock): Objects {
  const pathOf = (key: string): string => join(folder, ...checkedKey(key).split("/"));
  let isOpen = false;
  return {
    where: folder,
    async connect() {
      if (isOpen) return;
      isOpen = true;
      // What a killed process left there belongs to nobody.
      await rm(join(folder, UNFINISHED), { recursive: true, force: true });
      await makeFolder(join(folder, UNFINISHED));
    },
    async put(key, bytes) {
      const path = pathOf(key);
      const draft = join(folder, UNFINISHED, uuidv7(clock.nowMs()));
      try {
        const file = await open(draft, "wx");
        try {
          await file.writeFile(bytes);
          await file.sync();
        } finally {
          await file.close();
        }
        await makeFolder(dirname(path));
        await rename(draft, path);
        await syncPath(dirname(path));
      } catch (thrown) {
        await rm(draft, { force: true });
        const code = codeOf(thrown);
        throw code === "ENOSPC" || code === "EDQUOT" ? new DiskFull(folder, thrown) : thrown;
      }
    },
    async get(key) {
      try {
        return await readFile(pathOf(key));
      } catch (thrown) {
        if (isAbsent(thrown)) return null;
        throw thrown;
      }
    },
    async size(key) {
      try {
        const found = await stat(pathOf(key));
        return found.isFile() ? found.size : null;
      } catch (thrown) {
        if (isAbsent(thrown)) return null;
        throw thrown;
      }
    },
    async remove(key) {
      const path = pathOf(key);
      await rm(path, { force: true });
      await syncPath(dirname(path)).catch((thrown: unknown) => {
        if (!isAbsent(thrown)) throw thrown;
      });
    },
    close: async () => undefined,
  };
}

/** With the names of those above it durable too. */
async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true });
  if (first === undefined) return;
  for (let at = path; at.length >= first.length; at = dirname(at)) await syncPath(dirname(at));
}

const isAbsent = (thrown: unknown): boolean => ["ENOENT", "ENOTDIR"].includes(codeOf(thrown));

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}
