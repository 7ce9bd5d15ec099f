// Which names an object may have: those that lead into a folder and a bucket alike, and nowhere else. Pure.
import { err, ok, type Result } from "../../base/index.ts";

/** S3's own limit, bytes of UTF-8. */
const KEY_BYTES_MAX = 1_024;
/** A file's name, bytes, on the usual file systems. */
const PART_BYTES_MAX = 255;
/** What the store itself keeps in the bucket. */
const TAKEN = ["segments", "claims"];

/** The key as it is, or why it is none, in a few words. */
export function checkObjectKey(key: string): Result<string, string> {
  if (key === "") return err("is empty");
  if (Buffer.byteLength(key) > KEY_BYTES_MAX) return err(`is longer than ${KEY_BYTES_MAX} bytes`);
  if (/[\u0000-\u001f\u007f\\]/.test(key)) return err("holds a control character or a backslash");
  const parts = key.split("/");
  if (parts.some((part) => part === "" || part === "." || part === ".."))
    return err('has an empty part, or "." or ".."');
  if (parts.some((part) => Buffer.byteLength(part) > PART_BYTES_MAX))
    return err(`has a part longer than ${PART_BYTES_MAX} bytes`);
  const [first = ""] = parts;
  if (TAKEN.includes(first) || first.startsWith(".")) return err(`begins with ${first}, which is taken`);
  return ok(key);
}

/** For stores: what got here was checked before. Throws RangeError. */
export function checkedKey(key: string): string {
  const checked = checkObjectKey(key);
  if (!checked.ok) throw new RangeError(`object key ${JSON.stringify(key.slice(0, 200))} ${checked.error}`);
  return checked.value;
}
