// How long a picture says it is, by its own container, for kinds whose decoder does not tell a cut one from a broken one. Pure.
import type { ImageType } from "./options.ts";

/** It says that it goes on beyond the bytes that are there. */
export function breaksOff(bytes: Uint8Array, type: ImageType): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (type === "webp") return bytes.byteLength >= 8 && view.getUint32(4, true) + 8 > bytes.byteLength;
  if (type === "png") return chunksBreakOff(view);
  return type === "avif" && boxesBreakOff(view);
}

/** Chunks of length, type, data and sum, up to IEND (PNG specification, section 5.3). */
function chunksBreakOff(view: DataView): boolean {
  const END = 0x4945_4e44;
  for (let at = 8; at + 8 <= view.byteLength; ) {
    const after = at + 12 + view.getUint32(at);
    if (after > view.byteLength) return true;
    if (view.getUint32(at + 4) === END) return false;
    at = after;
  }
  return true;
}

/** Boxes of the top level (ISO/IEC 14496-12, section 4.2), one behind the other to the end. */
function boxesBreakOff(view: DataView): boolean {
  let at = 0;
  while (at + 8 <= view.byteLength) {
    const short = view.getUint32(at);
    if (short === 0) return false; // to the end of the file, wherever that is
    if (short === 1 && at + 16 > view.byteLength) return true;
    const size = short === 1 ? Number(view.getBigUint64(at + 8)) : short;
    if (size < 8) return false; // broken, not cut
    at += size;
  }
  return at > view.byteLength;
}
