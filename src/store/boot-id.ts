// Which boot of the machine this is: files used in this boot can have lost nothing that was written, synced or not;
// after another boot only what was synced is sure. Knows no file of the store.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { asError } from "../base/index.ts";

/** Differs after each boot of the machine. */
export async function bootId(): Promise<string> {
  try {
    return (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  } catch (thrown) {
    if (process.platform !== "darwin") throw asError(thrown);
    const { stdout } = await promisify(execFile)("/usr/sbin/sysctl", ["-n", "kern.bootsessionuuid"]);
    return stdout.trim();
  }
}
