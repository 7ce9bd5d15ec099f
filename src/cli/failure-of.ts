// What a command threw, as a failure with its code. Knows the errors that say the disk or the store is at fault; all
// others are the program's own.
import { asError, describe } from "../base/index.ts";
import type { Failure } from "../model/index.ts";

/** Thrown where going on would lose something; the line of each names the place and the remedy. */
const OF_THE_STORE: readonly string[] = ["DiskFull", "SchemaTooNew", "FrontierBroken"];

export function failureOf(thrown: unknown): Failure {
  const error = asError(thrown);
  const isStore = OF_THE_STORE.includes(error.name) || isDiskFull(error);
  return { code: isStore ? "store" : "internal", message: describe(error), cause: error };
}

/** Here or in what caused it. */
function isDiskFull(thrown: unknown): boolean {
  for (let error = thrown; error instanceof Error; error = error.cause) {
    if ("code" in error && (error.code === "ENOSPC" || error.code === "EDQUOT")) return true;
  }
  return false;
}
