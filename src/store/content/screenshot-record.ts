// A page's picture as one `resource` record, right ahead of the page's response in its segment, and back. A picture is
// compressed already: its member only frames it.
import { hash } from "node:crypto";
import { z } from "zod";
import type { Page, RawLocation, Screenshot } from "../../model/index.ts";
import { RecordDamaged } from "../errors.ts";
import { type Member, storedMember } from "./gzip-member.ts";
import { decodeWarcHead, encodeWarcHead, RECORD_END, recordId, warcDate } from "./warc-record.ts";

const SIZE_FIELD = "WARC-Millrace-Pixels";
/** What browser archives name it (pywb, Browsertrix), so that their viewers find it. */
const URI_PREFIX = "urn:view:";

/** `id`: a UUID. */
export function encodeScreenshot(
  page: Page,
  { mediaType, bytes, width, height }: Screenshot,
  id: string,
): Member {
  const digest = `sha256:${hash("sha256", bytes, "hex")}`;
  const head = encodeWarcHead(
    [
      ["WARC-Type", "resource"],
      ["WARC-Record-ID", recordId(id)],
      ["WARC-Target-URI", `${URI_PREFIX}${page.url}`],
      ["WARC-Date", warcDate(page.fetchedAtMs)],
      ["WARC-Concurrent-To", recordId(page.request.captureId)],
      ["WARC-Block-Digest", digest],
      ["WARC-Payload-Digest", digest],
      [SIZE_FIELD, `${width}x${height}`],
      ["Content-Type", mediaType],
    ],
    bytes.byteLength,
  );
  return storedMember([head, bytes, RECORD_END], true);
}

const mediaTypes = z.enum(["image/png", "image/jpeg", "image/webp"]);

/** Throws RecordDamaged. */
export function decodeScreenshot(plain: Buffer, location: RawLocation): Screenshot {
  const where = `${location.key}:${location.offset}`;
  const head = decodeWarcHead(plain);
  const mediaType = mediaTypes.safeParse(head?.fields.get("content-type"));
  const size = /^(\d{1,9})x(\d{1,9})$/.exec(head?.fields.get(SIZE_FIELD.toLowerCase()) ?? "");
  if (head?.fields.get("warc-type") !== "resource" || !mediaType.success || size === null)
    throw new RecordDamaged(where, "not a picture of this store");
  const bytes = new Uint8Array(plain.subarray(head.headBytes, head.headBytes + head.blockBytes));
  if (head.fields.get("warc-block-digest") !== `sha256:${hash("sha256", bytes, "hex")}`)
    throw new RecordDamaged(where, "its picture does not have the digest it was written with");
  return { mediaType: mediaType.data, bytes, width: Number(size[1]), height: Number(size[2]) };
}
