// Bytes as a Buffer, by which Node finds and decodes among them some ten times faster than by an array's own methods. Copies nothing.

/** The same bytes; they are viewed anew only where they are no Buffer yet. */
export function bufferOf(bytes: Uint8Array): Buffer {
  return bytes instanceof Buffer ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
