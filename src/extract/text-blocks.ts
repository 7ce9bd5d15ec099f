// The paragraphs of a page's main text as short hashes, by which a host's repeated ones are known again: one run over the text that is
// kept anyway. Knows no hosts and no other page.
import type { TextBlocks } from "../model/index.ts";

/** UTF-16 units of a line; a shorter one says too little to be known again by. */
export const BLOCK_CHARS_MIN = 40;
/** Of a page; those behind them are not listed. */
export const BLOCKS_MAX = 256;

/** Each line of the plain text is a block: a paragraph, an item, a row of a table. Two different ones have equal hashes once in four thousand million. */
export function textBlocks(text: string): TextBlocks {
  const blocks: number[] = [];
  let from = 0;
  while (from < text.length && blocks.length < 2 * BLOCKS_MAX) {
    const found = text.indexOf("\n", from);
    const to = found === -1 ? text.length : found;
    if (to - from >= BLOCK_CHARS_MIN) addBlock(blocks, text, from, to);
    from = to + 1;
  }
  return blocks;
}

function addBlock(blocks: number[], text: string, from: number, to: number): void {
  let characters = to - from;
  let hash = SEED;
  for (let at = from; at < to; at++) {
    const unit = text.charCodeAt(at);
    if ((unit & 0xfc00) === 0xdc00) characters--;
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  blocks.push(finalised(hash), characters);
}

const SEED = 0x811c9dc5 | 0;

/** FNV-1a over the UTF-16 units with Murmur3's finaliser, as a signed number. */
export function hash32(text: string, from = 0, to = text.length): number {
  let hash = SEED;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return finalised(hash);
}

function finalised(mixed: number): number {
  let hash = mixed;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
