// What pages write in class and id, each spelling once: a site writes the same ones in page after page, and what a leaf makes of one it
// keeps on the record. Found by its bytes in place, without cutting it out of the page. Knows no meaning of any word.

export class Spelling {
  /** A string of its own: it holds no page in memory. */
  readonly text: string;
  /** Bits of boilerplate.ts, before what its words say together; -1 until someone asks. */
  naming = -1;
  /** Bits of links.ts; -1 until someone asks. */
  places = -1;
  /** Whether survey.ts takes it for a byline's; null until it is asked. */
  isByline: boolean | null = null;
  /** What evidence.ts found in it, by what it looked for, and for whom it did. */
  markers: (readonly number[] | undefined)[] = [];
  markersFor: object | null = null;
  /** For what evidence.ts found nothing in it, of what it asked last. */
  nothingFor: object | null = null;

  constructor(text: string) {
    this.text = text;
  }
}

/** Longer ones are judged each time, as scanner.as has it. */
const BYTES_MAX = 128;
/** Records stand in sets by their hash: no page makes a search longer than a set, nor the memory larger (some 10 MB a thread). */
const SETS = 8_192;
const WAYS = 4;

const records = new Array<Spelling | null>(SETS * WAYS).fill(null);
const hashes = new Int32Array(SETS * WAYS);
const lengths = new Uint8Array(SETS * WAYS);
const written = new Uint8Array(SETS * WAYS * BYTES_MAX);
/** Which of its set the next new one replaces. */
let turn = 0;

/** The record of what stands there: 1 to 128 bytes of ASCII without references, as the scanner found them. */
export function spellingAt(bytes: Uint8Array, from: number, to: number): Spelling {
  let hash = 0;
  for (let at = from; at < to; at++) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  return recordAt(bytes, from, to, hash);
}

function recordAt(bytes: Uint8Array, from: number, to: number, hash: number): Spelling {
  const length = to - from;
  const first = ((hash ^ (hash >>> 15)) & (SETS - 1)) * WAYS;
  for (let slot = first; slot < first + WAYS; slot++) {
    if (hashes[slot] !== hash || lengths[slot] !== length || !stands(slot, bytes, from, length)) continue;
    const known = records[slot];
    if (known !== null && known !== undefined) return known;
  }
  return newRecord(first + (turn++ & (WAYS - 1)), hash, bytes, from, to);
}

function stands(slot: number, bytes: Uint8Array, from: number, length: number): boolean {
  const start = slot * BYTES_MAX;
  for (let at = 0; at < length; at++) if (written[start + at] !== bytes[from + at]) return false;
  return true;
}

function newRecord(slot: number, hash: number, bytes: Uint8Array, from: number, to: number): Spelling {
  const start = slot * BYTES_MAX;
  const own = bytes.subarray(from, to);
  written.set(own, start);
  hashes[slot] = hash;
  lengths[slot] = own.length;
  const made = new Spelling(Buffer.from(own.buffer, own.byteOffset, own.length).toString("latin1"));
  records[slot] = made;
  return made;
}
