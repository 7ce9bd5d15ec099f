// Bodies that are no text: a gzip bomb, a broken gzip stream, a picture. Made from nothing, byte by byte.
import { crc32, deflateRawSync, deflateSync, constants as zlib } from "node:zlib";

const ZEROS = Buffer.alloc(1 << 20);
const BOMB_MIB = 120;

/** One gzip member of 120 MiB of zeros in some 120 KiB: flushed segments repeat, so that it is made in a moment. */
export function bomb(): Buffer {
  const segment = deflateRawSync(ZEROS, { level: 9, finishFlush: zlib.Z_FULL_FLUSH });
  const trailer = Buffer.alloc(8);
  let sum = 0;
  for (let count = 0; count < BOMB_MIB; count++) sum = crc32(ZEROS, sum);
  trailer.writeUInt32LE(sum, 0);
  trailer.writeUInt32LE(BOMB_MIB << 20, 4);
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255]);
  return Buffer.concat([
    header,
    ...Array.from({ length: BOMB_MIB }, () => segment),
    deflateRawSync(Buffer.alloc(0)),
    trailer,
  ]);
}

/** A gzip header, then a block type that does not exist. */
export const brokenGzip = (): Buffer =>
  Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 255, 0x07, 0xff, 0xff, 0xff, 0, 1, 2, 3]);

/** A grey pixel, 1 × 1. */
export function pixel(): Buffer {
  const chunk = (type: string, data: Buffer): Buffer => {
    const typed = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const size = Buffer.alloc(4);
    size.writeUInt32BE(data.length);
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(typed));
    return Buffer.concat([size, typed, sum]);
  };
  const header = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
  const magic = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    magic,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.from([0, 128]))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}
