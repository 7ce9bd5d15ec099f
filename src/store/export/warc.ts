// One valid .warc.gz: a warcinfo record, then every capture's members copied as they lie in the segments (WARC 1.1,
// annex D: each record a gzip member of its own). Nothing is inflated, so the export moves at the disk's pace.

import { createHash, randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { inOrder } from "../../base/index.ts";
import type { RawLocation } from "../../model/index.ts";
import type { ContentStore } from "../faces.ts";
import type { ExportOutput } from "./faces.ts";

/** Reads under way at once; members are written in order. */
const READS_MAX = 8;

export interface WarcCapture {
  readonly raw: RawLocation;
  readonly markdown: RawLocation;
  readonly screenshot: RawLocation | null;
}

/** Told where each response member came to lie. */
export type OnResponse<C> = (
  capture: C,
  at: { readonly offset: number; readonly length: number },
) => Promise<void>;

/** Resolves to the number of captures. */
export async function writeWarc<C extends WarcCapture>(
  captures: AsyncIterable<C>,
  content: ContentStore,
  output: ExportOutput,
  about: { readonly fileName: string; readonly software: string; readonly nowMs: number },
  onResponse: OnResponse<C> = async () => undefined,
): Promise<number> {
  const info = warcInfo(about);
  await output.write(info);
  let offset = info.byteLength;
  let written = 0;
  const read = async (capture: C): Promise<{ capture: C; ahead: Uint8Array[]; members: Uint8Array[] }> => ({
    capture,
    ahead: capture.screenshot === null ? [] : [await content.readMember(capture.screenshot)],
    members: [await content.readMember(capture.raw), await content.readMember(capture.markdown)],
  });
  for await (const { capture, ahead, members } of inOrder(captures, READS_MAX, read)) {
    const aheadBytes = ahead.reduce((sum, { byteLength }) => sum + byteLength, 0);
    await onResponse(capture, { offset: offset + aheadBytes, length: members[0]?.byteLength ?? 0 });
    for (const member of [...ahead, ...members]) {
      await output.write(member);
      offset += member.byteLength;
    }
    written++;
  }
  return written;
}

function warcInfo({
  fileName,
  software,
  nowMs,
}: {
  fileName: string;
  software: string;
  nowMs: number;
}): Uint8Array {
  const body = Buffer.from(
    `software: ${software}\r\nformat: WARC File Format 1.1\r\n` +
      "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n",
  );
  const digest = createHash("sha256").update(body).digest("hex");
  const head = [
    "WARC/1.1",
    "WARC-Type: warcinfo",
    `WARC-Record-ID: <urn:uuid:${randomUUID()}>`,
    `WARC-Date: ${new Date(nowMs).toISOString()}`,
    `WARC-Filename: ${fileName}`,
    `WARC-Block-Digest: sha256:${digest}`,
    "Content-Type: application/warc-fields",
    `Content-Length: ${body.byteLength}`,
  ].join("\r\n");
  return gzipSync(Buffer.concat([Buffer.from(`${head}\r\n\r\n`), body, Buffer.from("\r\n\r\n")]));
}
