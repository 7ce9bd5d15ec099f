// Adobe's predefined character maps, by which Chinese, Japanese and Korean PDFs may code their text without a word about its characters:
// files beside this one (of pdf.js; see their LICENSE), each read when a PDF names it. Knows nothing of PDF.
import { readFile } from "node:fs/promises";

const FOLDER = new URL("./cmaps/", import.meta.url);

/** What pdf.js asks for data that is not in its code. It is asked by what a file says: only names of maps are taken. */
export class CharacterMaps {
  /** Rejects for all that is no map of ours; the library then goes on without. */
  async fetch({ kind, filename }: { kind: string; filename: string }): Promise<Uint8Array> {
    if (kind !== "cMapUrl" || !/^[\w-]{1,64}\.bcmap$/.test(filename))
      throw new Error(`${kind}: no such data here`);
    return new Uint8Array(await readFile(new URL(filename, FOLDER)));
  }
}
