// What a PDF may allocate. Its streams are inflated by the library into buffers that no heap limit sees, so a small file could take all of
// the machine's memory. While a limit stands, every buffer this thread asks for is counted. One limit at a time, in a thread that does
// nothing else meanwhile.

export interface AllocationLimits {
  /** Bytes of one buffer. */
  readonly bufferBytesMax: number;
  /** Bytes of all buffers together, those already given up included. */
  readonly allocatedBytesMax: number;
}

export class AllocationRefused extends Error {}

const ARRAYS = [
  "Uint8Array",
  "Uint8ClampedArray",
  "Uint16Array",
  "Uint32Array",
  "Int32Array",
  "Float32Array",
  "Float64Array",
] as const;

/** Runs `work` within the limits. What it throws tells nothing of them (the library may swallow it): ask `refused`. */
export async function withinAllocation<T>(
  limits: AllocationLimits,
  work: (refused: () => string | null) => Promise<T>,
): Promise<T> {
  let allocated = 0;
  let refused: string | null = null;
  const ask = (bytes: number): void => {
    allocated += bytes;
    if (bytes > limits.bufferBytesMax) refused = `one buffer of more than ${limits.bufferBytesMax} bytes`;
    else if (allocated > limits.allocatedBytesMax)
      refused = `more than ${limits.allocatedBytesMax} bytes of buffers`;
    else return;
    throw new AllocationRefused(refused);
  };
  const restore: (() => void)[] = [];
  const replace = (name: string, value: unknown): void => {
    const before = Object.getOwnPropertyDescriptor(globalThis, name);
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
    restore.push(() => {
      if (before === undefined) Reflect.deleteProperty(globalThis, name);
      else Object.defineProperty(globalThis, name, before);
    });
  };
  for (const name of ARRAYS) {
    const own = globalThis[name];
    const counted = new Proxy(own, {
      construct(target, args: unknown[], made): object {
        const [first] = args;
        if (typeof first === "number") ask(first * target.BYTES_PER_ELEMENT);
        // Copies are counted too; views of a buffer are not, and lists are told by their length.
        else if (Array.isArray(first) || ArrayBuffer.isView(first))
          ask(
            ("length" in first && typeof first.length === "number" ? first.length : 0) *
              target.BYTES_PER_ELEMENT,
          );
        return Reflect.construct(target, args, made);
      },
    });
    replace(name, counted);
  }
  // What the platform inflates comes in pieces that nobody asked for; they are one buffer in the end.
  const Inflating = globalThis.DecompressionStream;
  replace(
    "DecompressionStream",
    class {
      readonly writable: WritableStream;
      readonly readable: ReadableStream;

      constructor(format: ConstructorParameters<typeof Inflating>[0]) {
        const own = new Inflating(format);
        let bytes = 0;
        const counted = new TransformStream<Uint8Array, Uint8Array>({
          transform(piece, out) {
            bytes += piece.byteLength;
            if (bytes > limits.bufferBytesMax) ask(bytes);
            out.enqueue(piece);
          },
        });
        this.writable = own.writable;
        this.readable = own.readable.pipeThrough(counted);
      }
    },
  );
  try {
    return await work(() => refused);
  } finally {
    for (const back of restore) back();
  }
}
