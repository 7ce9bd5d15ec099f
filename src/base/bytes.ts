// Small pure helpers on byte arrays. A body that crosses threads owns its ArrayBuffer: pooled Buffers cannot be transferred.

/** The bytes in an ArrayBuffer of their own, transferable; copies only when they are a view of something larger. */
export function ownBuffer(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer, byteLength } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === byteLength) return new Uint8Array(buffer);
  const copy = new Uint8Array(byteLength);
  copy.set(bytes);
  return copy;
}

/** Chunks joined into one owned buffer. */
export function concat(chunks: readonly Uint8Array[], lengthBytes: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(lengthBytes);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
