// What went wrong, seen from an S3 client: the object is missing, a condition failed, the service refuses us, or it is
// away. Pure; knows no request.
import { NotConnected } from "../../engine/index.ts";
import { StoreRefused } from "../errors.ts";

/** S3's own words, from an error body or a status alone. */
export function s3CodeOf(thrown: unknown): string | null {
  if (typeof thrown !== "object" || thrown === null || !("code" in thrown)) return null;
  return typeof thrown.code === "string" ? thrown.code : null;
}

const MISSING = new Set(["NoSuchKey", "NotFound"]);
export const isMissing = (thrown: unknown): boolean => MISSING.has(s3CodeOf(thrown) ?? "");

/** 409 is Amazon's answer to two conditional writes at once: one of them won. */
const OCCUPIED = new Set(["PreconditionFailed", "ConditionalRequestConflict"]);
export const isOccupied = (thrown: unknown): boolean => OCCUPIED.has(s3CodeOf(thrown) ?? "");

export const isOutOfRange = (thrown: unknown): boolean => s3CodeOf(thrown) === "InvalidRange";

const REFUSALS = new Set([
  "AccessDenied",
  "AccountProblem",
  "AllAccessDisabled",
  "AuthorizationHeaderMalformed",
  "InvalidAccessKeyId",
  "InvalidBucketName",
  "NoSuchBucket",
  "PermanentRedirect",
  "RequestTimeTooSkewed",
  "SignatureDoesNotMatch",
]);

/** `everConnected`: the same refusal is a misconfiguration at start, and a service away later. */
export function failureOf(thrown: unknown, where: string, everConnected: boolean): Error {
  const code = s3CodeOf(thrown);
  const message = thrown instanceof Error && thrown.message !== "" ? thrown.message : String(thrown);
  const line = `S3 at ${where}: ${message}${code === null || message.includes(code) ? "" : ` (${code})`}`;
  return code !== null && REFUSALS.has(code) && !everConnected
    ? new StoreRefused(line, { cause: thrown })
    : new NotConnected(line, { cause: thrown });
}
