// PostgreSQL and OpenSearch refuse to run as root: who they run as then, and which folders that user can reach.
import { chmodSync, chownSync, lstatSync, readdirSync, readFileSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

export interface User {
  readonly uid: number;
  readonly gid: number;
}

/** `nobody` when this process is root, else null: the servers run as we do. */
export function unprivilegedUser(): User | null {
  if (process.getuid?.() !== 0) return null;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((entry) => entry.startsWith("nobody:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined) throw new Error("/etc/passwd names no user `nobody`");
  return { uid: Number(uid), gid: Number(gid) };
}

/** Whether every user may enter `folder`: it and all above it are open to all. */
export function isOpenToAll(folder: string): boolean {
  const open = (statSync(folder).mode & 0o005) === 0o005;
  const above = dirname(folder);
  return open && (above === folder || isOpenToAll(above));
}

/** The folder for temporary files, or the usual one where that is closed to the unprivileged user. */
export function openBase(): string {
  const own = tmpdir();
  if (process.getuid?.() !== 0 || isOpenToAll(own)) return own;
  const other = ["/tmp", "/var/tmp"].find(isOpenToAll);
  if (other === undefined)
    throw new Error(`root's servers run as nobody, who can reach neither ${own} nor /tmp`);
  return other;
}

/** Gives `path` and all in it to `user`. */
export function giveTo(user: User, path: string): void {
  chownSync(path, user.uid, user.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const entry of readdirSync(path)) giveTo(user, join(path, entry));
}

export const openToAll = (folder: string): void => chmodSync(folder, 0o755);
