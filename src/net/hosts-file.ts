// The system's hosts file: names that an administrator has given addresses, which c-ares does not read.
// Knows no DNS. Looked at again at most every half minute.
import { readFileSync, statSync } from "node:fs";
import { isIP } from "node:net";
import type { Clock } from "../base/index.ts";

const PATH = process.platform === "win32" ? "C:\\Windows\\System32\\drivers\\etc\\hosts" : "/etc/hosts";
const RECHECK_MS = 30_000;
/** Blocklists of some users hold a hundred thousand lines; more is not a hosts file. */
const BYTES_MAX = 16 * 1024 * 1024;

export interface HostsFile {
  find(name: string): readonly string[] | null;
}

export function createHostsFile(clock: Clock, path: string = PATH): HostsFile {
  let names = new Map<string, readonly string[]>();
  let readAtMs = Number.NEGATIVE_INFINITY;
  let modifiedMs = Number.NaN;
  const refresh = (): void => {
    const nowMs = clock.monotonicMs();
    if (nowMs - readAtMs < RECHECK_MS) return;
    readAtMs = nowMs;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined || stat.size > BYTES_MAX) {
      names = new Map();
      modifiedMs = Number.NaN;
    } else if (stat.mtimeMs !== modifiedMs) {
      modifiedMs = stat.mtimeMs;
      names = parseHosts(readFileSync(path, "latin1"));
    }
  };
  return {
    find(name) {
      refresh();
      return names.get(name) ?? null;
    },
  };
}

export function parseHosts(text: string): Map<string, readonly string[]> {
  const names = new Map<string, string[]>();
  for (const line of text.split(/\r\n|\r|\n/)) {
    const [address, ...aliases] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (address === undefined || isIP(address) === 0) continue;
    for (const alias of aliases) {
      const key = alias.toLowerCase();
      const known = names.get(key);
      if (known === undefined) names.set(key, [address]);
      else if (!known.includes(address)) known.push(address);
    }
  }
  return names;
}
