// An Io whose output a test can read, with stdin of its own.
import { Readable, Writable } from "node:stream";
import { systemClock } from "../../base/index.ts";
import { createIo, type Io } from "../io.ts";

export interface CapturedIo {
  readonly io: Io;
  readonly stop: AbortController;
  stdout(): string;
  stderr(): string;
}

function collector(): { stream: Writable; text: () => string } {
  const chunks: Buffer[] = [];
  const stream = new Writable({
    write(chunk, _encoding, done) {
      chunks.push(Buffer.from(chunk));
      done();
    },
  });
  return { stream, text: () => Buffer.concat(chunks).toString("utf8") };
}

export function capturedIo(parts: { stdin?: string; cwd?: string; verbose?: boolean } = {}): CapturedIo {
  const out = collector();
  const err = collector();
  const stop = new AbortController();
  const io = createIo({
    stdin: Readable.from([Buffer.from(parts.stdin ?? "")]),
    stdout: out.stream,
    stderr: err.stream,
    clock: systemClock,
    cwd: parts.cwd ?? process.cwd(),
    stop,
    verbose: parts.verbose ?? false,
  });
  return { io, stop, stdout: out.text, stderr: err.text };
}
