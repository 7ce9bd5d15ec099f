// A list of URLs inside a message: an array, or where it is long one zstd frame of lines.
import { zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { z } from "zod";
import { describe, err, ok, type Result } from "../../base/index.ts";
import { undecodable, type WireFailure } from "../failure.ts";
import { bin, url } from "./request.ts";

/** Characters from which the frame pays. */
const FRAMED_FROM = 4 * 1024;
/** 20,000 links of 800 bytes; the extractor's own limit lies below. */
const BYTES_MAX = 64 * 1024 * 1024;
const LINES_MAX = 1_000_000;

export const lineFields = z.union([z.array(url).max(LINES_MAX), bin]);
type LineFields = z.output<typeof lineFields>;

export function packLines(urls: readonly string[]): LineFields {
  let characters = 0;
  for (const one of urls) {
    characters += one.length + 1;
    if (one.length === 0 || one.includes("\n")) return [...urls];
  }
  if (characters < FRAMED_FROM) return [...urls];
  return zstdCompressSync(urls.join("\n"));
}

export function unpackLines(
  fields: LineFields,
  captureId: string | null,
): Result<readonly string[], WireFailure> {
  if (!(fields instanceof Uint8Array)) return ok(fields);
  try {
    const lines = zstdDecompressSync(fields, { maxOutputLength: BYTES_MAX }).toString("utf8").split("\n");
    if (lines.length <= LINES_MAX && lines.every((line) => line !== "")) return ok(lines);
    return err(undecodable("invalid_field", "a list of URLs with an empty line, or too long", captureId));
  } catch (thrown) {
    return err(undecodable("wrong_codec", `a list of URLs is no zstd frame: ${describe(thrown)}`, captureId));
  }
}
