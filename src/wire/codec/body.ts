// A body on the wire: as it was received where it has a content encoding, as a zstd frame where it has none. Packing runs
// off the main thread; unpacking has a cap.
import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";
import { compress } from "@mongodb-js/zstd";
import { describe, err, ok, ownBuffer, type Result } from "../../base/index.ts";
import { type Headers, header } from "../../model/index.ts";
import { undecodable, type WireFailure } from "../failure.ts";

/** `zstd`: a frame put on for the journey. `identity`: as received, whatever Content-Encoding says of it. */
export type BodyEncoding = "zstd" | "identity";

export interface PackedBody {
  readonly encoding: BodyEncoding;
  readonly bytes: Uint8Array;
  /** Length of the body as received. */
  readonly bodyBytes: number;
}

/** Below this a frame gains nothing. */
const PACKED_BYTES_MIN = 256;
const inflate = promisify(zstdDecompress);

export async function packBody(body: Uint8Array<ArrayBuffer>, headers: Headers): Promise<PackedBody> {
  const asReceived: PackedBody = { encoding: "identity", bytes: body, bodyBytes: body.byteLength };
  if (body.byteLength < PACKED_BYTES_MIN || hasCoding(headers)) return asReceived;
  const frame = await compress(Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  return frame.byteLength < body.byteLength
    ? { encoding: "zstd", bytes: frame, bodyBytes: body.byteLength }
    : asReceived;
}

/** The body in a buffer of its own. `bodyBytes` is what the record says; more than `bytesMax` is refused before a byte is unpacked. */
export async function unpackBody(
  packed: PackedBody,
  bytesMax: number,
  captureId: string,
): Promise<Result<Uint8Array<ArrayBuffer>, WireFailure>> {
  const { encoding, bytes, bodyBytes } = packed;
  if (Math.max(bodyBytes, bytes.byteLength) > bytesMax) {
    return err(
      undecodable("too_large", `a body of ${bodyBytes} bytes; at most ${bytesMax} are read`, captureId),
    );
  }
  if (encoding === "identity") return sized(ownBuffer(bytes), bodyBytes, captureId);
  try {
    const body = await inflate(bytes, {
      maxOutputLength: Math.max(1, bodyBytes),
      chunkSize: Math.max(64, bodyBytes + 1),
    });
    return sized(ownBuffer(body), bodyBytes, captureId);
  } catch (thrown) {
    return err(
      undecodable("wrong_codec", `body is not the zstd frame it should be: ${describe(thrown)}`, captureId),
    );
  }
}

function sized(
  body: Uint8Array<ArrayBuffer>,
  bodyBytes: number,
  captureId: string,
): Result<Uint8Array<ArrayBuffer>, WireFailure> {
  if (body.byteLength === bodyBytes) return ok(body);
  const said = `body of ${body.byteLength} bytes where the record says ${bodyBytes}`;
  return err(undecodable("wrong_codec", said, captureId));
}

function hasCoding(headers: Headers): boolean {
  const coding = header(headers, "content-encoding");
  return coding !== null && !/^\s*(identity)?\s*$/i.test(coding);
}
