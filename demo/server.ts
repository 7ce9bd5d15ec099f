// Serves a finished demonstration web: picks the answer by Host and path, codes it as the client accepts, and breaks the wire where
// an answer says so. Knows no page.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import * as zlib from "node:zlib";
import type { Answer, Coding } from "./page.ts";

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

export type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A server on `host`:`port` (0: any free one). Closing ends open connections too. */
export async function listen(host: string, port: number, handler: Handler): Promise<Listening> {
  const server: Server = createServer({ keepAliveTimeout: 15_000 }, handler);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, 4096, () => resolve());
  });
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function coded(body: Buffer, coding: Coding): Buffer | null {
  switch (coding) {
    case "gzip":
      return zlib.gzipSync(body);
    case "br":
      return zlib.brotliCompressSync(body, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } });
    case "deflate":
      return zlib.deflateSync(body);
    case "zstd":
      // Absent before Node 22.15.
      return typeof zlib.zstdCompressSync === "function" ? zlib.zstdCompressSync(body) : null;
    default:
      return null;
  }
}

const accepts = (request: IncomingMessage, coding: Coding): boolean => {
  const wanted = String(request.headers["accept-encoding"] ?? "").toLowerCase();
  return wanted.split(",").some((part) => {
    const [name = "", ...parameters] = part.split(";").map((piece) => piece.trim());
    return name === coding && !parameters.some((piece) => /^q=0(\.0*)?$/.test(piece));
  });
};

/** Handles every host of the web; `originOf` says whose page a request asks for. */
export function demoHandler(
  answers: () => ReadonlyMap<string, Answer>,
  originOf: (request: IncomingMessage) => string,
): Handler {
  const bodies = new Map<string, Buffer | null>();
  const busyBefore = new Set<string>();
  return (request, response) => {
    const url = requested(request, originOf(request));
    const answer = url === null ? undefined : answers().get(url);
    if (url === null || answer === undefined) return plain(response, 404, "There is no such page.");
    if (request.method !== "GET" && request.method !== "HEAD")
      return plain(response, 405, "Only GET and HEAD.");
    if (answer.fault === "reset") {
      request.socket.resetAndDestroy();
      return;
    }
    if (answer.fault === "close") {
      request.socket.destroy();
      return;
    }
    if (answer.fault === "nonsense") {
      request.socket.end("This is not how HTTP is spoken.\r\n\r\n");
      return;
    }
    if (answer.fault === "short") return short(request, answer);
    if (answer.fault === "busy-once" && !busyBefore.has(url)) {
      busyBefore.add(url);
      response.setHeader("retry-after", "1");
      return plain(response, 503, "Too many readers; come back in a second.");
    }
    let body = answer.body;
    const headers: Record<string, string> = { ...answer.headers, vary: "accept-encoding" };
    if (answer.coding !== "identity" && accepts(request, answer.coding)) {
      let known = bodies.get(url);
      if (known === undefined) {
        known = coded(answer.body, answer.coding);
        bodies.set(url, known);
      }
      if (known !== null) {
        body = known;
        headers["content-encoding"] = answer.coding;
      }
    }
    response.writeHead(answer.status, { ...headers, "content-length": body.length });
    response.end(request.method === "HEAD" ? undefined : body);
  };
}

/** The page asked for, tracking parameters put aside; null for a target that is no URL. */
function requested(request: IncomingMessage, origin: string): string | null {
  const url = URL.parse(request.url ?? "/", origin);
  if (url === null) return null;
  for (const name of [...url.searchParams.keys()]) if (name.startsWith("utm_")) url.searchParams.delete(name);
  return url.href;
}

function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, {
    "content-type": "text/plain; charset=utf-8",
    "content-length": Buffer.byteLength(text),
  });
  response.end(text);
}

/** Announces twice what it sends, then hangs up. */
function short(request: IncomingMessage, answer: Answer): void {
  const head = `HTTP/1.1 200 OK\r\ncontent-type: text/html; charset=utf-8\r\ncontent-length: ${answer.body.length * 2}\r\n\r\n`;
  request.socket.end(Buffer.concat([Buffer.from(head, "latin1"), answer.body]));
}
