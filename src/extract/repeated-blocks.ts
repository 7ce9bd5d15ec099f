// What the pages of a host say over and over: of each host, which blocks its last pages had, and so what share of a page's text the
// others have too. Bounded, the hosts longest untouched going first. Owns no clock and no file; takes nothing out of any text.
import type { Document } from "../model/index.ts";
import type { ExtractOptions } from "./options.ts";

/** What of a page is looked at. */
export type BlockedText = Pick<Document, "blocks" | "statistics">;

interface PageBlocks {
  /** A hash of its URL: a URL may be long. */
  readonly address: number;
  /** Each hash once. */
  readonly hashes: Int32Array;
}

class Host {
  /** Oldest first. */
  readonly pages: PageBlocks[] = [];
  /** On how many of those pages each block stands. */
  readonly counts = new Map<number, number>();
  /** Of all its pages together. */
  blocks = 0;

  add(page: PageBlocks): void {
    this.pages.push(page);
    this.blocks += page.hashes.length;
    for (const hash of page.hashes) this.counts.set(hash, (this.counts.get(hash) ?? 0) + 1);
  }

  remove(at: number): void {
    const [page] = this.pages.splice(at, 1);
    if (page === undefined) return;
    this.blocks -= page.hashes.length;
    for (const hash of page.hashes) {
      const left = (this.counts.get(hash) ?? 0) - 1;
      if (left > 0) this.counts.set(hash, left);
      else this.counts.delete(hash);
    }
  }
}

export class RepeatedBlocks {
  readonly #options: ExtractOptions["repeats"];
  /** In the order of their last use. */
  readonly #hosts = new Map<string, Host>();
  #blocks = 0;

  constructor(options: ExtractOptions["repeats"]) {
    this.#options = options;
  }

  get hosts(): number {
    return this.#hosts.size;
  }

  /** Of all pages of all hosts. */
  get blocks(): number {
    return this.#blocks;
  }

  /**
   * Takes a page in and tells the share of its text, 0..1, in blocks that stand on at least `pagesMin` of the host's last pages and
   * on at least `pagesShare` of them, itself counted. Null: too few pages are known, or it has no text. A URL seen again takes its own place.
   */
  shareOf(url: string, { blocks, statistics: { textLength } }: BlockedText): number | null {
    const host = this.#taken(url, hashesOf(blocks));
    const { pagesMin, pagesShare } = this.#options;
    if (host.pages.length < pagesMin || textLength === 0) return null;
    const needed = Math.max(pagesMin, pagesShare * host.pages.length);
    let repeated = 0;
    for (let at = 0; at < blocks.length; at += 2)
      if ((host.counts.get(blocks[at] ?? 0) ?? 0) >= needed) repeated += blocks[at + 1] ?? 0;
    return Math.min(1, repeated / textLength);
  }

  #taken(url: string, hashes: Int32Array): Host {
    const { pagesMax, blocksPerHostMax } = this.#options;
    const name = URL.parse(url)?.host ?? "";
    const host = this.#hosts.get(name) ?? new Host();
    const before = host.blocks;
    this.#hosts.delete(name);
    this.#hosts.set(name, host);
    const address = addressOf(url);
    const known = host.pages.findIndex((page) => page.address === address);
    if (known !== -1) host.remove(known);
    host.add({ address, hashes });
    while (host.pages.length > pagesMax || (host.blocks > blocksPerHostMax && host.pages.length > 1))
      host.remove(0);
    this.#blocks += host.blocks - before;
    this.#forget();
    return host;
  }

  /** The host at hand stays. */
  #forget(): void {
    const { hostsMax, blocksMax } = this.#options;
    for (const [name, { blocks }] of this.#hosts) {
      if (this.#hosts.size === 1 || (this.#hosts.size <= hostsMax && this.#blocks <= blocksMax)) return;
      this.#hosts.delete(name);
      this.#blocks -= blocks;
    }
  }
}

function hashesOf(blocks: Document["blocks"]): Int32Array {
  const hashes = new Set<number>();
  for (let at = 0; at < blocks.length; at += 2) hashes.add(blocks[at] ?? 0);
  return Int32Array.from(hashes);
}

/** FNV-1a over the UTF-16 units, as a signed number. */
function addressOf(url: string): number {
  let hash = 0x811c9dc5 | 0;
  for (let at = 0; at < url.length; at++) hash = Math.imul(hash ^ url.charCodeAt(at), 0x01000193);
  return hash;
}
