// Text by the block for the large site: made and compressed once, then only put together, so that serving costs next to nothing.
// A gzip member may be joined from deflate blocks that end on a byte; what is new on a page goes in as a stored block.
import { constants, crc32, deflateRawSync } from "node:zlib";
import { chanceOf } from "./chance.ts";

export interface Block {
  readonly text: Buffer;
  readonly deflated: Buffer;
}

export const BLOCK_BYTES = 1000;
const BLOCKS = 256;
const NOUNS = [
  "water",
  "wheel",
  "stone",
  "flour",
  "miller",
  "river",
  "bridge",
  "barge",
  "lantern",
  "ledger",
  "orchard",
  "harbour",
  "weaver",
  "kiln",
  "meadow",
  "causeway",
] as const;
const VERBS = [
  "turns",
  "carries",
  "follows",
  "crosses",
  "lights",
  "counts",
  "mends",
  "keeps",
  "passes",
  "finds",
] as const;
const TIMES = [
  "before dawn",
  "every autumn",
  "without hurry",
  "in the rain",
  "as it always has",
  "once a week",
  "by the old rule",
] as const;

function paragraph(index: number): string {
  const chance = chanceOf(`block ${index}`);
  const noun = (): string => chance.pick(NOUNS);
  const sentences: string[] = [];
  for (let size = 0; size < BLOCK_BYTES - 60; ) {
    const sentence = `The ${noun()} ${chance.pick(VERBS)} the ${noun()} of ${chance.below(900) + 100} ${noun()}s ${chance.pick(TIMES)}.`;
    sentences.push(sentence);
    size += sentence.length + 1;
  }
  return `<p>${sentences.join(" ")}</p>\n`;
}

let made: readonly Block[] | null = null;

/** 256 paragraphs of about 1,000 bytes; a quarter megabyte, made on first use. */
function blocks(): readonly Block[] {
  made ??= Array.from({ length: BLOCKS }, (_, index) => {
    const text = Buffer.from(paragraph(index));
    // A full flush ends on a byte and forgets what came before, so that blocks may stand in any order.
    return { text, deflated: deflateRawSync(text, { level: 9, finishFlush: constants.Z_FULL_FLUSH }) };
  });
  return made;
}

/** Blocks for a page: as many as asked, another choice in another order for each number. */
export function blocksFor(page: number, count: number): Block[] {
  const all = blocks();
  const step = 1 + 2 * (page % 127);
  const chosen: Block[] = [];
  for (let at = 0; at < count; at++) {
    const block = all[(page * 31 + at * step) % BLOCKS];
    if (block !== undefined) chosen.push(block);
  }
  return chosen;
}

const GZIP_HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
const STORED_MAX = 65_535;

/** RFC 1951, section 3.2.4; `text` is at most 65,535 bytes. */
function storedBlock(text: Buffer, last: boolean): Buffer[] {
  const head = Buffer.alloc(5);
  head[0] = last ? 1 : 0;
  head.writeUInt16LE(text.length, 1);
  head.writeUInt16LE(~text.length & 0xffff, 3);
  return [head, text];
}

function stored(text: Buffer, last: boolean): Buffer[] {
  const parts: Buffer[] = [];
  for (let at = 0; at === 0 || at < text.length; at += STORED_MAX) {
    parts.push(...storedBlock(text.subarray(at, at + STORED_MAX), last && at + STORED_MAX >= text.length));
  }
  return parts;
}

/** One gzip member (RFC 1952) of head, blocks and tail, without compressing anything. */
export function gzipOf(head: Buffer, body: readonly Block[], tail: Buffer): Buffer {
  let sum = crc32(head);
  let size = head.length + tail.length;
  for (const { text } of body) {
    sum = crc32(text, sum);
    size += text.length;
  }
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(tail, sum), 0);
  trailer.writeUInt32LE(size >>> 0, 4);
  return Buffer.concat([
    GZIP_HEADER,
    ...stored(head, false),
    ...body.map(({ deflated }) => deflated),
    ...stored(tail, true),
    trailer,
  ]);
}
