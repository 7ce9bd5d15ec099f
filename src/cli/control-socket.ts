// The socket in a data folder through which its owner is reached: HTTP over a Unix domain socket, one POST a request.
// Only the folder's user may open it; requests and answers are of bounded size. Knows no request by name.
import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, request as httpRequest, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { asError, type Clock, deadline, describe, err, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import {
  answerControl,
  type Control,
  type ControlAnswer,
  type ControlName,
  type ControlRequest,
  readAnswer,
} from "./control.ts";

const SOCKET = "millrace.sock";
/** Says where the socket lies when the folder's own path is too long for one. */
const ELSEWHERE = "millrace.sock.path";
/** sun_path holds 108 bytes on Linux and 104 on macOS, with the closing zero. */
const PATH_BYTES_MAX = 103;
const REQUEST_BYTES_MAX = 16 * 1024 * 1024;
const ANSWER_BYTES_MAX = 256 * 1024 * 1024;
const ANSWER_MS_MAX = 60_000;
const EXPORT_MS_MAX = 7 * 86_400_000;

export interface ControlServer {
  close(): Promise<void>;
}

/** Listens in a folder whose lock this process holds: what lies there from before is a dead process's. */
export async function serveControl(folder: string, control: Control): Promise<ControlServer> {
  const { path, remove } = socketFor(folder);
  const server = createServer((incoming, response) => {
    const reply = (answer: Result<unknown, Failure>): void => {
      const body = answer.ok
        ? { ok: true, value: answer.value }
        : { ok: false, error: { code: answer.error.code, message: answer.error.message } };
      response.writeHead(200, { "content-type": "application/json", connection: "close" });
      response.end(JSON.stringify(body));
    };
    answerTo(incoming, control).then(reply, (thrown) =>
      reply(err({ code: "internal", message: describe(thrown) })),
    );
  });
  await listening(server, path);
  chmodSync(path, 0o600);
  server.unref();
  return {
    close: async () => {
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      });
      remove();
    },
  };
}

async function answerTo(incoming: IncomingMessage, control: Control): Promise<Result<unknown, Failure>> {
  const body = await textOf(incoming, REQUEST_BYTES_MAX);
  return answerControl(control, (incoming.url ?? "").replace(/^\//, ""), JSON.parse(body));
}

function socketFor(folder: string): { path: string; remove: () => void } {
  const inside = join(folder, SOCKET);
  const note = join(folder, ELSEWHERE);
  rmSync(inside, { force: true });
  rmSync(note, { force: true });
  if (Buffer.byteLength(inside) <= PATH_BYTES_MAX) {
    return { path: inside, remove: () => rmSync(inside, { force: true }) };
  }
  const outside = mkdtempSync(join(tmpdir(), "millrace-"));
  const path = join(outside, `${randomBytes(4).toString("hex")}.sock`);
  writeFileSync(note, path, { mode: 0o600 });
  return {
    path,
    remove() {
      rmSync(note, { force: true });
      rmSync(outside, { force: true, recursive: true });
    },
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(path, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

/** The folder's owner as a Control. Every request is a connection of its own: there is nothing to close. */
export function controlClient(folder: string, clock: Clock): Control {
  const call = async <K extends ControlName>(
    name: K,
    request: ControlRequest<K>,
    withinMs = ANSWER_MS_MAX,
  ): Promise<Result<ControlAnswer<K>, Failure>> => {
    const limit = deadline(clock, withinMs, () => new Error(`no answer within ${withinMs / 1000} s`));
    try {
      return readAnswer(
        name,
        JSON.parse(await post(socketPath(folder), name, JSON.stringify(request), limit.signal)),
      );
    } catch (thrown) {
      const cause = limit.signal.aborted ? limit.signal.reason : thrown;
      const message = `the process that holds ${folder} does not answer: ${describe(cause)}`;
      return err({ code: "internal", message, cause });
    } finally {
      limit.clear();
    }
  };
  return {
    why: (request) => call("why", request),
    search: (request) => call("search", request),
    status: (request) => call("status", request),
    dlqList: (request) => call("dlqList", request),
    dlqShow: (request) => call("dlqShow", request),
    dlqReplay: (request) => call("dlqReplay", request),
    dlqDrop: (request) => call("dlqDrop", request),
    routeMemory: (request) => call("routeMemory", request),
    metrics: (request) => call("metrics", request),
    subjectsAdd: (request) => call("subjectsAdd", request),
    jobBegin: (request) => call("jobBegin", request),
    jobRun: (request) => call("jobRun", request),
    export: (request) => call("export", request, EXPORT_MS_MAX),
  };
}

function socketPath(folder: string): string {
  try {
    return readFileSync(join(folder, ELSEWHERE), "utf8");
  } catch {
    return join(folder, SOCKET); // no note: the socket lies in the folder itself
  }
}

function post(socket: string, name: string, body: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const outgoing = httpRequest(
      {
        socketPath: socket,
        path: `/${name}`,
        method: "POST",
        headers: { "content-type": "application/json" },
        signal,
      },
      (response) => textOf(response, ANSWER_BYTES_MAX).then(resolve, reject),
    );
    outgoing.on("error", (thrown) => reject(asError(thrown)));
    outgoing.end(body);
  });
}

async function textOf(stream: AsyncIterable<Buffer>, bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stream) {
    bytes += chunk.byteLength;
    if (bytes > bytesMax) throw new Error(`more than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
