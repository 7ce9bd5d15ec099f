// Who owns a data folder: a lock file that names its process, created in one step, and recognised as stale when that
// process is gone (also after a reuse of its number, also from a container that is gone). Knows nothing of the content.
import { execFileSync } from "node:child_process";
import {
  constants,
  copyFileSync,
  linkSync,
  readFileSync,
  statSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import type { Clock } from "../base/index.ts";

const LOCK = "millrace.lock";
/** The owner touches its lock this often; the lock of another machine that was not touched for longer is stale. */
const TOUCH_MS = 15_000;
const FOREIGN_STALE_MS = 60_000;
/** Taking over a stale lock is a matter of milliseconds: who holds the claim for longer has died with it. */
const CLAIM_STALE_MS = 10_000;

const ownerSchema = z.object({
  pid: z.int().positive(),
  /** When the process started, in the system's own words; tells a reused number apart. */
  started: z.string(),
  host: z.string(),
});
export type LockOwner = z.output<typeof ownerSchema>;

export interface FolderLock {
  release(): void;
}

/** The lock, or the living process that has it. Throws what the file system throws. */
export function tryLock(folder: string, clock: Clock): FolderLock | LockOwner {
  const path = join(folder, LOCK);
  const draft = join(folder, `${LOCK}.${process.pid}`);
  writeFileSync(draft, JSON.stringify(self()));
  try {
    if (linked(draft, path)) return held(path, clock);
    const owner = lockOwner(folder, clock);
    if (owner !== null) return owner;
    return takeOver(folder, draft, clock);
  } finally {
    removed(draft);
  }
}

/** The living owner of the folder; null when nobody has it. */
export function lockOwner(folder: string, clock: Clock): LockOwner | null {
  const path = join(folder, LOCK);
  const owner = readOwner(path);
  if (owner === null) return null;
  if (owner.host !== hostname()) return age(path, clock) < FOREIGN_STALE_MS ? owner : null;
  return startedAt(owner.pid) === owner.started ? owner : null;
}

/** Of several processes that saw the same stale lock only the one with the claim removes it, after a second look. */
function takeOver(folder: string, draft: string, clock: Clock): FolderLock | LockOwner {
  const path = join(folder, LOCK);
  const claim = join(folder, `${LOCK}.claim`);
  if (!linked(draft, claim)) {
    if (age(claim, clock) > CLAIM_STALE_MS) removed(claim);
    return readOwner(path) ?? self();
  }
  try {
    const owner = lockOwner(folder, clock);
    if (owner !== null) return owner;
    removed(path);
    return linked(draft, path) ? held(path, clock) : (readOwner(path) ?? self());
  } finally {
    removed(claim);
  }
}

function held(path: string, clock: Clock): FolderLock {
  const touch = (): void => {
    const seconds = clock.nowMs() / 1000;
    try {
      utimesSync(path, seconds, seconds);
    } catch {
      return; // the folder was removed under us: there is nothing to keep alive
    }
    cancel = clock.schedule(TOUCH_MS, touch);
  };
  let cancel = clock.schedule(TOUCH_MS, touch);
  let released = false;
  return {
    release() {
      if (released) return;
      released = true;
      cancel();
      removed(path);
    },
  };
}

function self(): LockOwner {
  return { pid: process.pid, started: startedAt(process.pid) ?? "", host: hostname() };
}

/** Start of a living process; null when there is none of this number (a zombie is none). */
function startedAt(pid: number): string | null {
  if (process.platform === "linux") {
    try {
      // After the name, which may hold spaces and brackets: state is the 1st word, start time the 20th (proc(5)).
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const words = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return words[0] === "Z" || words[0] === "X" ? null : `${bootId()} ${words[19] ?? ""}`;
    } catch {
      return null; // no such process
    }
  }
  try {
    const started = execFileSync("ps", ["-o", "lstart=", "-p", String(pid)], { encoding: "utf8" }).trim();
    return started === "" ? null : started;
  } catch {
    return null; // ps exits 1 when there is no such process
  }
}

function bootId(): string {
  try {
    return readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  } catch {
    return ""; // hidden by the container: the start time alone has to do
  }
}

function readOwner(path: string): LockOwner | null {
  try {
    const parsed = ownerSchema.safeParse(JSON.parse(readFileSync(path, "utf8")));
    return parsed.success ? parsed.data : null;
  } catch {
    return null; // gone, or not a lock that this program wrote whole: nobody's
  }
}

function age(path: string, clock: Clock): number {
  return clock.nowMs() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    if (!["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"].includes(codeOf(thrown))) throw thrown;
  }
  // A file system without hard links: an exclusive copy, whose content others may see half written for a moment.
  try {
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === "EEXIST") return false;
    throw thrown;
  }
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && "code" in thrown ? String(thrown.code) : "";
}

function removed(path: string): void {
  try {
    unlinkSync(path);
  } catch (thrown) {
    if (codeOf(thrown) !== "ENOENT") throw thrown;
  }
}
