// A file that is there whole or not at all: written beside its name, synced, then renamed. Small writes are gathered.
import { createHash, type Hash } from "node:crypto";
import { type FileHandle, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { ExportOutput } from "./faces.ts";

const GATHERED_BYTES_MAX = 256 * 1024;

export interface FileOutput extends ExportOutput {
  /** Makes the file durable under its name. */
  commit(): Promise<void>;
  /** Removes what was written so far. */
  abandon(): Promise<void>;
}

export async function openFileOutput(path: string): Promise<FileOutput> {
  const part = `${path}.part`;
  const file = await open(part, "w");
  let gathered: Uint8Array[] = [];
  let gatheredBytes = 0;
  const flush = async (): Promise<void> => {
    const bytes = Buffer.concat(gathered, gatheredBytes);
    gathered = [];
    gatheredBytes = 0;
    await writeAll(file, bytes);
  };
  return {
    async write(bytes) {
      const chunk = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
      gathered.push(chunk);
      gatheredBytes += chunk.byteLength;
      if (gatheredBytes >= GATHERED_BYTES_MAX) await flush();
    },
    async commit() {
      await flush();
      await file.sync();
      await file.close();
      await rename(part, path);
      await syncFolder(dirname(path));
    },
    async abandon() {
      await file.close();
      await rm(part, { force: true });
    },
  };
}

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.byteLength; ) {
    at += (await file.write(bytes, at, bytes.byteLength - at)).bytesWritten;
  }
}

/** Makes a rename durable. Systems that cannot sync a folder (Windows) refuse to open it; their renames need none. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r").catch(() => null);
  if (folder === null) return;
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Counts and, when asked, digests what passes. */
export class CountingOutput implements ExportOutput {
  readonly #below: ExportOutput;
  readonly #hash: Hash | null;
  bytes = 0;

  constructor(below: ExportOutput, digest = false) {
    this.#below = below;
    this.#hash = digest ? createHash("sha256") : null;
  }

  async write(bytes: Uint8Array | string): Promise<void> {
    const chunk = typeof bytes === "string" ? Buffer.from(bytes) : bytes;
    this.bytes += chunk.byteLength;
    this.#hash?.update(chunk);
    await this.#below.write(chunk);
  }

  /** SHA-256 in hex; only once, and only where digesting was asked for. */
  digest(): string {
    return this.#hash?.digest("hex") ?? "";
  }
}
