// A WACZ 1.1.1 package (specs.webrecorder.net/wacz/1.1.1): WARC, CDXJ index, page list, and a manifest with the digest
// of each. Streamed into the zip entry by entry; the index is sorted on disk.
import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import yazl from "yazl";
import { asError } from "../../base/index.ts";
import type { CaptureRow, ContentStore, PageRow } from "../faces.ts";
import { ExternalSort } from "./external-sort.ts";
import type { ExportOutput } from "./faces.ts";
import { CountingOutput } from "./output.ts";
import { surt } from "./surt.ts";
import { writeWarc } from "./warc.ts";

const WARC_NAME = "data.warc.gz";

/** What the index needs of a capture. */
export type WaczCapture = Pick<
  CaptureRow,
  "url" | "status" | "contentType" | "fetchedAtMs" | "rawSha256" | "raw" | "markdown" | "screenshot"
>;

export interface WaczParts {
  captures(): AsyncIterable<WaczCapture>;
  pages(): AsyncIterable<PageRow>;
  readonly content: ContentStore;
  readonly scratchFolder: string;
  readonly software: string;
  readonly nowMs: number;
}

interface Resource {
  readonly name: string;
  readonly path: string;
  readonly hash: string;
  readonly bytes: number;
}

/** Resolves to the number of captures. */
export async function writeWacz(parts: WaczParts, output: ExportOutput): Promise<number> {
  const sort = new ExternalSort(parts.scratchFolder);
  const zip = new yazl.ZipFile();
  const drained = drain(zip.outputStream, output);
  const resources: Resource[] = [];
  // Entries are added one after the other, each when the one before it is written: a later one needs its figures.
  const add = async (
    path: string,
    compress: boolean,
    write: (entry: ExportOutput) => Promise<void>,
  ): Promise<void> => {
    const stream = new PassThrough();
    zip.addReadStream(stream, path, { compress, mtime: new Date(parts.nowMs) });
    const counted = new CountingOutput(streamOutput(stream), true);
    await Promise.race([
      write(counted).catch((thrown: unknown) => {
        stream.destroy();
        throw thrown;
      }),
      // The reader of the zip failed: nobody will take the entry's bytes any more.
      drained.then(() => undefined),
    ]);
    stream.end();
    const name = path.slice(path.lastIndexOf("/") + 1);
    resources.push({ name, path, hash: `sha256:${counted.digest()}`, bytes: counted.bytes });
  };
  try {
    let captures = 0;
    await add(`archive/${WARC_NAME}`, false, async (entry) => {
      const about = { fileName: WARC_NAME, software: parts.software, nowMs: parts.nowMs };
      captures = await writeWarc(parts.captures(), parts.content, entry, about, (capture, at) =>
        sort.add(cdxjLine(capture, at)),
      );
    });
    await add("indexes/index.cdxj", true, async (entry) => {
      for await (const line of sort.sorted()) await entry.write(`${line}\n`);
    });
    await add("pages/pages.jsonl", true, (entry) => writePages(parts.pages(), entry));
    const manifest = datapackage(resources, parts);
    zip.addBuffer(manifest, "datapackage.json", { mtime: new Date(parts.nowMs) });
    zip.addBuffer(digestOf(manifest), "datapackage-digest.json", { mtime: new Date(parts.nowMs) });
    zip.end();
    await drained;
    return captures;
  } finally {
    await sort.close();
  }
}

/** CDXJ: SURT, 14-digit time, one JSON object (specs.webrecorder.net/cdxj/0.1.0). */
export function cdxjLine(
  capture: WaczCapture,
  at: { readonly offset: number; readonly length: number },
): string {
  const time = new Date(capture.fetchedAtMs).toISOString().replace(/\D/g, "").slice(0, 14);
  const mime = capture.contentType.split(";")[0]?.trim().toLowerCase() ?? "";
  const fields = {
    url: capture.url,
    digest: `sha256:${capture.rawSha256}`,
    mime: /^[\w.+-]+\/[\w.+-]+$/.test(mime) ? mime : "application/octet-stream",
    status: capture.status,
    offset: at.offset,
    length: at.length,
    filename: WARC_NAME,
  };
  return `${surt(capture.url)} ${time} ${JSON.stringify(fields)}`;
}

async function writePages(pages: AsyncIterable<PageRow>, entry: ExportOutput): Promise<void> {
  await entry.write(`${JSON.stringify({ format: "json-pages-1.0", id: "pages", title: "All Pages" })}\n`);
  for await (const page of pages) {
    const line = {
      id: page.urlSha256.slice(0, 32),
      url: page.url,
      ts: new Date(page.lastFetchedMs).toISOString(),
      ...(page.title === null ? {} : { title: page.title }),
    };
    await entry.write(`${JSON.stringify(line)}\n`);
  }
}

function datapackage(resources: readonly Resource[], { software, nowMs }: WaczParts): Buffer {
  const manifest = {
    profile: "data-package",
    wacz_version: "1.1.1",
    title: "millrace export",
    software,
    created: new Date(nowMs).toISOString(),
    resources,
  };
  return Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`);
}

function digestOf(manifest: Buffer): Buffer {
  const hash = `sha256:${createHash("sha256").update(manifest).digest("hex")}`;
  return Buffer.from(`${JSON.stringify({ path: "datapackage.json", hash }, null, 2)}\n`);
}

async function drain(zip: NodeJS.ReadableStream, output: ExportOutput): Promise<void> {
  for await (const chunk of zip) await output.write(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
}

function streamOutput(stream: PassThrough): ExportOutput {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(asError(error)) : resolve()));
      }),
  };
}
