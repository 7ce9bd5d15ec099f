// Where the API of a data folder's owner listens: a note in the folder beside its socket, written when the port is open and gone
// with it. A note that outlived its process is no address: the folder's lock says whether its owner lives.
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../base/index.ts";
import { lockOwner } from "./folder-lock.ts";

const NOTE = "millrace.api.url";

export function noteApiAddress(folder: string, url: string): { remove(): void } {
  const note = join(folder, NOTE);
  writeFileSync(note, `${url}\n`, { mode: 0o600 });
  return { remove: () => rmSync(note, { force: true }) };
}

/** Null: nobody serves an API on this folder. */
export function apiAddressOf(folder: string, clock: Clock): string | null {
  if (lockOwner(folder, clock) === null) return null;
  try {
    return readFileSync(join(folder, NOTE), "utf8").trim();
  } catch {
    return null; // its owner crawls and serves no API
  }
}
