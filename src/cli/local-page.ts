// A page that is not fetched: bytes from a file or stdin with the header fields that extraction reads.
import { open } from "node:fs/promises";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, err, ok, type Result } from "../base/index.ts";
import type { Failure, Headers } from "../model/index.ts";
import type { Io } from "./io.ts";

/** More than this is refused before it is read whole. */
const BYTES_MAX = 1024 ** 3;

/** Types that a file's name tells for sure; everything else is left to the content. */
const TYPES: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".json": "application/json",
  ".xml": "application/xml",
  ".xhtml": "application/xhtml+xml",
};

export interface LocalPage {
  readonly url: string;
  readonly body: Uint8Array;
  readonly headers: Headers;
  readonly truncated: boolean;
}

/** `name` is a file's, or "-" for stdin. */
export async function readLocalPage(
  name: string,
  given: { readonly url: string | undefined; readonly contentType: string | undefined },
  io: Pick<Io, "stdin" | "cwd">,
): Promise<Result<LocalPage, Failure>> {
  const body =
    name === "-" ? await collected(io.stdin, "stdin") : await readBounded(resolve(io.cwd, name), name);
  if (!body.ok) return body;
  const type = given.contentType ?? TYPES[extname(name).toLowerCase()];
  return ok({
    url: given.url ?? (name === "-" ? "about:blank" : pathToFileURL(resolve(io.cwd, name)).href),
    body: body.value,
    headers: type === undefined ? [] : [["content-type", type]],
    truncated: false,
  });
}

export async function readBounded(path: string, shown: string): Promise<Result<Uint8Array, Failure>> {
  try {
    const file = await open(path, "r");
    try {
      const about = await file.stat();
      if (about.isDirectory())
        return err({ code: "internal", message: `${shown}: is a folder; a file is wanted` });
      return await collected(file.createReadStream({ autoClose: false }), shown);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    return err({
      code: "internal",
      message: `${shown}: cannot be read (${describe(thrown)})`,
      cause: thrown,
    });
  }
}

async function collected(
  stream: AsyncIterable<Uint8Array>,
  shown: string,
): Promise<Result<Uint8Array, Failure>> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > BYTES_MAX) return err({ code: "too_large", message: `${shown}: more than 1 GiB` });
    chunks.push(chunk);
  }
  return ok(new Uint8Array(Buffer.concat(chunks, bytes)));
}
