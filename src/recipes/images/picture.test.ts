// Pictures made here by the library itself, then cut, swapped and blown up.
import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import sharp from "sharp";
import { type ImageType, imagesOptions } from "./options.ts";
import { readPicture, typeOf } from "./picture.ts";

const options = imagesOptions.parse({});

/** Noise, so that it does not compress to nothing. */
function noise(width: number, height: number, seed = 7) {
  const raw = Buffer.alloc(width * height * 3);
  let state = seed;
  for (let at = 0; at < raw.length; at++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    raw[at] = state >>> 24;
  }
  return sharp(raw, { raw: { width, height, channels: 3 } });
}

const made = (type: ImageType, width = 320, height = 200): Promise<Buffer> =>
  noise(width, height).toFormat(type).toBuffer();

async function codeOf(bytes: Uint8Array, over = {}): Promise<string> {
  const read = await readPicture(bytes, { ...options, ...over });
  return read.ok ? "ok" : read.error.code;
}

/** A PNG that says it is huge and holds a row of zeros for it. */
function bomb(width: number, height: number): Buffer {
  const chunk = (name: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    const body = Buffer.concat([Buffer.from(name, "latin1"), data]);
    const crc = Buffer.alloc(4);
    crc.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, crc]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from("\x89PNG\r\n\x1a\n", "latin1"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(Buffer.alloc(4_000_000))),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

function crc32(bytes: Buffer): number {
  let crc = 0xffff_ffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb8_8320 : 0);
  }
  return (crc ^ 0xffff_ffff) >>> 0;
}

for (const type of ["jpeg", "png", "webp", "gif", "avif"] as const) {
  test(`a ${type} is known by its bytes, measured, and told from one that breaks off`, async () => {
    const bytes = await made(type);
    assert.equal(typeOf(bytes), type);
    const read = await readPicture(bytes, options);
    assert.ok(read.ok, read.ok ? "" : read.error.message);
    assert.deepEqual([read.value.type, read.value.width, read.value.height], [type, 320, 200]);
    assert.equal(read.value.contentType, `image/${type}`);
    assert.deepEqual(read.value.bytes, bytes, "kept as it came");
    for (const share of [0.5, 0.9]) {
      const cut = await readPicture(bytes.subarray(0, Math.floor(bytes.length * share)), options);
      assert.equal(
        cut.ok ? "ok" : cut.error.code,
        "truncated",
        `${share}: ${cut.ok ? "" : cut.error.message}`,
      );
    }
  });
}

test("what is no picture is refused before anything decodes it", async () => {
  for (const text of [
    '<svg xmlns="http://www.w3.org/2000/svg" width="500" height="500"/>',
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>',
    "<!doctype html><title>not found</title>",
    "",
    "BM\x00\x00",
    "%PDF-1.4",
  ])
    assert.equal(await codeOf(Buffer.from(text)), "unsupported_type", text);
  assert.equal(await codeOf(await made("gif"), { types: ["jpeg"] }), "unsupported_type");
});

test("too small, too many pixels and garbage behind a signature have their codes", async () => {
  assert.equal(await codeOf(await made("png", 60, 200)), "policy");
  assert.equal(await codeOf(await made("png", 320, 60)), "policy");
  assert.equal(
    await codeOf((await made("png")).subarray(0, 500)),
    "policy",
    "fewer bytes than a picture has",
  );
  assert.equal(await codeOf(bomb(30_000, 30_000)), "too_large");
  assert.equal(await codeOf(bomb(60_000, 60_000)), "too_large");
  const garbage = Buffer.concat([Buffer.from("\xff\xd8\xff\xe0", "latin1"), Buffer.alloc(5_000, 7)]);
  assert.match(await codeOf(garbage), /^(decode|truncated)$/);
});

test("frames count: a small GIF of many frames is not decoded beyond the limit", async () => {
  const frames = await Promise.all(
    Array.from({ length: 12 }, (_, at) =>
      noise(120, 120, at + 1)
        .png()
        .toBuffer(),
    ),
  );
  const gif = await sharp(frames, { join: { animated: true } })
    .gif()
    .toBuffer();
  assert.equal(await codeOf(gif), "ok");
  assert.equal(await codeOf(gif, { limits: { ...options.limits, pixelsMax: 120 * 120 * 11 } }), "too_large");
});

test("a picture made anew is upright, without EXIF, no larger than asked, and of the format asked", async () => {
  const source = await noise(800, 400)
    .withExif({ IFD0: { Copyright: "a secret of the camera" } })
    .withMetadata({ orientation: 6 })
    .jpeg()
    .toBuffer();
  const kept = await readPicture(source, options);
  assert.ok(kept.ok);
  assert.deepEqual([kept.value.width, kept.value.height], [400, 800], "as it is shown");
  const read = await readPicture(source, {
    ...options,
    reencode: { format: "webp", quality: 80, sideMax: 300 },
  });
  assert.ok(read.ok, read.ok ? "" : read.error.message);
  assert.deepEqual([read.value.width, read.value.height, read.value.extension], [150, 300, "webp"]);
  assert.notEqual(read.value.sha256, read.value.sourceSha256);
  assert.equal(read.value.sourceSha256, kept.value.sha256);
  const { exif, orientation, format } = await sharp(read.value.bytes).metadata();
  assert.deepEqual([exif, orientation, format], [undefined, undefined, "webp"]);
});
