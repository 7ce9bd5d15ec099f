// The chunked coding undone as it arrives (RFC 9112 section 7.1). Extensions and trailers are passed over.

const LINE_BYTES_MAX = 4096;
/** 256 TiB: beyond, the size line is no size. */
const SIZE_DIGITS_MAX = 12;

export class Chunks {
  readonly kind = "chunks";
  state: "size" | "data" | "data-end" | "trailers" | "complete" | "broken" = "size";
  #left = 0;
  #line = "";

  /** The data in `bytes`, as views of it. Look at `state` afterwards. */
  add(bytes: Buffer): Buffer[] {
    const data: Buffer[] = [];
    let at = 0;
    while (at < bytes.length && this.state !== "complete" && this.state !== "broken") {
      if (this.state === "data") {
        const part = bytes.subarray(at, at + this.#left);
        data.push(part);
        at += part.length;
        this.#left -= part.length;
        if (this.#left === 0) this.state = "data-end";
        continue;
      }
      const end = bytes.indexOf(0x0a, at);
      this.#line += bytes.toString("latin1", at, end === -1 ? bytes.length : end);
      if (this.#line.length > LINE_BYTES_MAX) this.state = "broken";
      if (end === -1) break;
      at = end + 1;
      const line = this.#line.replace(/\r$/, "");
      this.#line = "";
      this.#onLine(line);
    }
    return data;
  }

  #onLine(line: string): void {
    if (this.state === "data-end") this.state = line === "" ? "size" : "broken";
    else if (this.state === "trailers") this.state = line === "" ? "complete" : "trailers";
    else if (this.state === "size") {
      const digits = /^[ \t]*([0-9a-f]+)[ \t]*(?:;.*)?$/i.exec(line)?.[1];
      if (digits === undefined || digits.replace(/^0+/, "").length > SIZE_DIGITS_MAX) this.state = "broken";
      else {
        this.#left = Number.parseInt(digits, 16);
        this.state = this.#left === 0 ? "trailers" : "data";
      }
    }
  }
}
