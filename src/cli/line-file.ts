// A file of lines that survives crashes: opened it is cut back to its last whole line, and a write has happened only
// when it is on the disk. What the lines say is not its matter.
import { type FileHandle, open } from "node:fs/promises";

const TAIL_BYTES = 64 * 1024;
const NEWLINE = 0x0a;

export interface LineFile {
  /** Appends whole lines (each with its newline); resolves when they are durable. A failed write leaves no part behind. */
  append(lines: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens or creates the file. What is no regular file (a pipe, /dev/null) is written to as it is. */
export async function openLineFile(path: string): Promise<LineFile> {
  const file = await open(path, "a+");
  try {
    const { size } = await file.stat();
    const regular = (await file.stat()).isFile();
    let end = regular ? await endOfLastLine(file, size) : 0;
    if (regular && end < size) await file.truncate(end);
    return {
      async append(lines) {
        const bytes = Buffer.from(lines);
        try {
          for (let at = 0; at < bytes.length; ) {
            at += (await file.write(bytes, at, bytes.length - at)).bytesWritten;
          }
          if (regular) await file.datasync();
        } catch (thrown) {
          if (regular) await file.truncate(end);
          throw thrown;
        }
        end += bytes.length;
      },
      close: () => file.close(),
    };
  } catch (thrown) {
    await file.close();
    throw thrown;
  }
}

/** Offset behind the last newline: everything after it is a line that a crash tore. */
async function endOfLastLine(file: FileHandle, size: number): Promise<number> {
  const tail = Buffer.allocUnsafe(TAIL_BYTES);
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - TAIL_BYTES);
    const { bytesRead } = await file.read(tail, 0, end - start, start);
    const newline = tail.subarray(0, bytesRead).lastIndexOf(NEWLINE);
    if (newline !== -1) return start + newline + 1;
    end = start;
  }
  return 0;
}
