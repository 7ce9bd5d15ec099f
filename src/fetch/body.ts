// A body as it arrives: collected into one buffer of its own, so that it can be transferred to a thread. Knows no coding.
import { concat } from "../base/index.ts";

/** An announced length is believed up to here; beyond, memory follows what really came. */
const TRUSTED_BYTES_MAX = 256 * 1024;

export class Body {
  #whole: Uint8Array<ArrayBuffer> | null = null;
  #chunks: Uint8Array[] = [];
  #bytes = 0;

  /** `announcedBytes` from Content-Length; null when unknown. */
  constructor(announcedBytes: number | null) {
    if (announcedBytes !== null && announcedBytes <= TRUSTED_BYTES_MAX) {
      // Unzeroed and unpooled: every byte is written before it is shown.
      this.#whole = new Uint8Array(Buffer.allocUnsafeSlow(announcedBytes).buffer);
    }
  }

  get bytes(): number {
    return this.#bytes;
  }

  add(chunk: Uint8Array): void {
    const whole = this.#whole;
    if (whole === null) this.#chunks.push(chunk);
    else if (this.#bytes + chunk.byteLength <= whole.byteLength) whole.set(chunk, this.#bytes);
    else {
      this.#chunks = [whole.subarray(0, this.#bytes), chunk];
      this.#whole = null;
    }
    this.#bytes += chunk.byteLength;
  }

  /** The first bytes so far, at most `bytesMax`, for looking only. */
  head(bytesMax: number): Uint8Array {
    if (this.#whole !== null) return this.#whole.subarray(0, Math.min(this.#bytes, bytesMax));
    const [first] = this.#chunks;
    if (this.#chunks.length === 1 && first !== undefined) return first.subarray(0, bytesMax);
    const parts: Uint8Array[] = [];
    let bytes = 0;
    for (const chunk of this.#chunks) {
      if (bytes >= bytesMax) break;
      const part = chunk.subarray(0, bytesMax - bytes);
      parts.push(part);
      bytes += part.byteLength;
    }
    return concat(parts, bytes);
  }

  take(): Uint8Array<ArrayBuffer> {
    const whole = this.#whole;
    if (whole !== null) return this.#bytes === whole.byteLength ? whole : whole.slice(0, this.#bytes);
    return concat(this.#chunks, this.#bytes);
  }
}
