// What is known of a URL beyond its row once something came of it: where it led, what was said, what a conditional
// request needs. Only fields that have a value take room.

export interface EndRecord {
  /** Where it led, while it waits for a redirect's target or after its end; null = the URL itself. */
  readonly finalUrl: string | null;
  /** Id of the redirect's target; 0 = none. */
  readonly targetId: number;
  readonly message: string | null;
  readonly etag: string | null;
  readonly lastModified: string | null;
  /** SHA-256 of the decoded body last stored, hex. */
  readonly signature: string | null;
  readonly fetchedAtMs: number | null;
}

export const NO_END: EndRecord = {
  finalUrl: null,
  targetId: 0,
  message: null,
  etag: null,
  lastModified: null,
  signature: null,
  fetchedAtMs: null,
};

const TEXT_BYTES_MAX = 8192;

export function encodeEndRecord(end: EndRecord): Buffer {
  const modifiedAtS = secondsOf(end.lastModified);
  const lastModified = modifiedAtS === null ? end.lastModified : null;
  const texts = [end.finalUrl, end.message, end.etag, lastModified].map((text) =>
    text === null ? null : Buffer.from(text).subarray(0, TEXT_BYTES_MAX),
  );
  const signature = end.signature === null ? null : Buffer.from(end.signature, "hex");
  const hasSignature = signature !== null && signature.length === 32;
  let flags = (hasSignature ? 16 : 0) | (end.fetchedAtMs === null ? 0 : 32) | (end.targetId === 0 ? 0 : 64);
  if (modifiedAtS !== null) flags |= 128;
  let lengthBytes =
    1 +
    (hasSignature ? 32 : 0) +
    (end.fetchedAtMs === null ? 0 : 6) +
    (end.targetId === 0 ? 0 : 4) +
    (modifiedAtS === null ? 0 : 4);
  texts.forEach((text, index) => {
    if (text === null) return;
    flags |= 1 << index;
    lengthBytes += 2 + text.length;
  });
  const bytes = Buffer.allocUnsafe(lengthBytes);
  bytes[0] = flags;
  let at = 1;
  if (hasSignature) at += signature.copy(bytes, at);
  if (end.fetchedAtMs !== null) at = bytes.writeUIntBE(msOf(end.fetchedAtMs), at, 6);
  if (end.targetId !== 0) at = bytes.writeUInt32BE(end.targetId, at);
  if (modifiedAtS !== null) at = bytes.writeUInt32BE(modifiedAtS, at);
  for (const text of texts) {
    if (text === null) continue;
    at = bytes.writeUInt16BE(text.length, at);
    at += text.copy(bytes, at);
  }
  return bytes;
}

export function decodeEndRecord(bytes: Buffer): EndRecord {
  const flags = bytes[0] ?? 0;
  let at = 1;
  let signature: string | null = null;
  let fetchedAtMs: number | null = null;
  let targetId = 0;
  if ((flags & 16) !== 0) {
    signature = bytes.toString("hex", at, at + 32);
    at += 32;
  }
  if ((flags & 32) !== 0) {
    fetchedAtMs = bytes.readUIntBE(at, 6);
    at += 6;
  }
  if ((flags & 64) !== 0) {
    targetId = bytes.readUInt32BE(at);
    at += 4;
  }
  let modified: string | null = null;
  if ((flags & 128) !== 0) {
    modified = new Date(bytes.readUInt32BE(at) * 1000).toUTCString();
    at += 4;
  }
  const text = (index: number): string | null => {
    if ((flags & (1 << index)) === 0) return null;
    const lengthBytes = bytes.readUInt16BE(at);
    at += 2 + lengthBytes;
    return bytes.toString("utf8", at - lengthBytes, at);
  };
  const finalUrl = text(0);
  const message = text(1);
  const etag = text(2);
  const lastModified = modified ?? text(3);
  return { finalUrl, targetId, message, etag, lastModified, signature, fetchedAtMs };
}

/** A time that six bytes hold. */
const msOf = (atMs: number): number => Math.min(2 ** 48 - 1, Math.max(0, Math.floor(atMs) || 0));

/** Seconds since 1970 of an HTTP date that they give back letter by letter (RFC 9110 section 5.6.7); null of any other text. */
function secondsOf(date: string | null): number | null {
  if (date === null || date.length !== 29) return null;
  const atS = Date.parse(date) / 1000;
  if (!Number.isInteger(atS) || atS < 0 || atS > 0xffff_ffff) return null;
  return new Date(atS * 1000).toUTCString() === date ? atS : null;
}
