// The one way to a data folder: own it (lock, then open what lies in it), or reach the running process that does.
// Nothing in the folder is opened by anyone without the lock.
import { mkdirSync, statSync } from "node:fs";
import { type Clock, describe, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { Control } from "./control.ts";
import { controlClient } from "./control-socket.ts";
import { type FolderLock, type LockOwner, lockOwner, tryLock } from "./folder-lock.ts";

/** How long a folder's owner that is about to end (it was told to stop, or just killed) is waited for. */
const WAIT_MS = 5_000;
const LOOK_MS = 50;

export interface FolderRequest {
  /** Absolute. */
  readonly folder: string;
  /** Make the folder when it is not there; else its absence is a failure. */
  readonly create: boolean;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly waitMs?: number;
}

/** Owns the folder; fails with a line that names the process when another one keeps it. */
export async function ownFolder(request: FolderRequest): Promise<Result<FolderLock, Failure>> {
  const { folder, create, clock, signal, waitMs = WAIT_MS } = request;
  const absent = present(folder, create);
  if (absent !== null) return err(absent);
  const untilMs = clock.monotonicMs() + waitMs;
  for (;;) {
    let attempt: FolderLock | LockOwner;
    try {
      attempt = tryLock(folder, clock);
    } catch (thrown) {
      return err({
        code: "store",
        message: `${folder} cannot be locked: ${describe(thrown)}`,
        cause: thrown,
      });
    }
    if ("release" in attempt) return ok(attempt);
    if (clock.monotonicMs() >= untilMs || signal.aborted) {
      return err({ code: "store", message: `${folder} is in use by process ${attempt.pid}` });
    }
    await clock.sleep(LOOK_MS);
  }
}

export type Reached =
  | { readonly kind: "owned"; readonly lock: FolderLock }
  | { readonly kind: "running"; readonly pid: number; readonly control: Control };

/** Owns the folder when it is free, else reaches its owner through the socket. */
export async function reachFolder(request: FolderRequest): Promise<Result<Reached, Failure>> {
  const absent = present(request.folder, request.create);
  if (absent !== null) return err(absent);
  const running = await runningOwner(request.folder, request.clock);
  if (running !== null) return ok(running);
  const owned = await ownFolder(request);
  return owned.ok ? ok({ kind: "owned", lock: owned.value }) : owned;
}

/** The running owner that answers; null when there is none, or it no longer listens. */
export async function runningOwner(
  folder: string,
  clock: Clock,
): Promise<Extract<Reached, { kind: "running" }> | null> {
  const owner = lockOwner(folder, clock);
  if (owner === null) return null;
  const control = controlClient(folder, clock);
  return (await control.metrics({})).ok ? { kind: "running", pid: owner.pid, control } : null;
}

function present(folder: string, create: boolean): Failure | null {
  const found = statSync(folder, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return null;
  if (found !== undefined) return { code: "store", message: `${folder} is not a folder` };
  if (!create) return { code: "store", message: `${folder} does not exist: nothing was crawled there` };
  try {
    mkdirSync(folder, { recursive: true });
    return null;
  } catch (thrown) {
    return { code: "store", message: `${folder} cannot be made: ${describe(thrown)}`, cause: thrown };
  }
}
