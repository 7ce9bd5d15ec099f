// The one way out of the browser: an HTTP forward proxy (RFC 9110 section 7.6, RFC 9112 section 3.2) on the loopback that
// dials vetted addresses only and serves this process alone. Decides who is served and what is asked for; knows no page.
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import http from "node:http";
import type net from "node:net";
import { describe, InvariantError } from "../base/index.ts";
import { Outbound, type OutboundOptions } from "./outbound.ts";
import { NEEDS_CREDENTIALS, type Refusal, refuse, refuseTunnel } from "./proxy-answer.ts";
import { forward } from "./proxy-forward.ts";
import { join } from "./proxy-tunnel.ts";

export interface GuardedProxy {
  /** "http://127.0.0.1:PORT" */
  readonly url: string;
  /** Of this process alone: other processes of the machine get 407. Behind the name, after a point, may stand for which page. */
  readonly user: string;
  readonly password: string;
  /** Bytes that came from outside since the beginning; connections refused by the guard; connections outside that stand. */
  readonly statistics: { readonly bytesIn: number; readonly refused: number; readonly open: number };
  /** Ends every connection; a second call waits for the first. */
  close(): Promise<void>;
}

export type GuardedProxyOptions = Omit<OutboundOptions, "waitingMax">;

/** Requests in line for a connection; beyond them the answer is 503 at once. */
const WAITING_MAX = 1_024;
/** Of one message: long addresses and many cookies. */
const HEAD_BYTES_MAX = 64 * 1024;
/** A browser opens connections ahead of their use. */
const HEADERS_TIMEOUT_MS = 60_000;
const REQUEST_TIMEOUT_MS = 300_000;

/** Rejects when no port can be had. */
export async function guardedProxy(options: GuardedProxyOptions): Promise<GuardedProxy> {
  const { clock, dialer, idleMs, connectionsMax } = options;
  const outbound = new Outbound({ ...options, waitingMax: WAITING_MAX });
  const user = randomBytes(12).toString("hex");
  const password = randomBytes(24).toString("hex");
  const partyOf = credentialCheck(user, password);
  const clients = new Set<net.Socket>();
  const running = new Set<Promise<void>>();

  const supervise = (work: Promise<void>): void => {
    const done = work.finally(() => running.delete(done));
    running.add(done);
  };

  const request = async (asked: http.IncomingMessage, response: http.ServerResponse): Promise<void> => {
    const left = new AbortController();
    const onClose = (): void => left.abort(new Error("the browser has left"));
    response.on("error", () => {}); // its `close` tells
    response.once("close", onClose);
    let socket: net.Socket | null = null;
    try {
      const party = partyOf(asked);
      const url = party === null ? NEEDS_CREDENTIALS : plainTarget(asked);
      if (!(url instanceof URL)) return refuse(response, url);
      const port = url.port === "" ? 80 : Number(url.port);
      const target = { hostname: url.hostname, port, party: party ?? "", tunnelled: false };
      const link = await outbound.connect(target, left.signal);
      if (!link.ok) return refuse(response, link.error);
      socket = link.value.socket;
      response.off("close", onClose);
      const { forwardProxy } = dialer;
      forward(asked, response, url, link.value, {
        clock,
        idleMs,
        headBytesMax: HEAD_BYTES_MAX,
        forwardProxy,
      });
    } catch (thrown) {
      socket?.destroy();
      if (left.signal.aborted) return;
      refuse(response, { status: 502, line: describe(thrown) });
    }
  };

  const tunnel = async (asked: http.IncomingMessage, client: net.Socket, head: Buffer): Promise<void> => {
    const left = new AbortController();
    const onLeft = (): void => left.abort(new Error("the browser has left"));
    // An end before the tunnel stands: nobody waits for it any more.
    client.once("close", onLeft);
    client.once("end", onLeft);
    client.setTimeout(0);
    client.read(0);
    try {
      const party = partyOf(asked);
      const target = party === null ? NEEDS_CREDENTIALS : tunnelTarget(asked);
      if ("status" in target) return refuseTunnel(client, target);
      const link = await outbound.connect({ ...target, party: party ?? "" }, left.signal);
      if (!link.ok) return refuseTunnel(client, link.error);
      client.write("HTTP/1.1 200 Connection Established\r\n\r\n", "latin1");
      if (head.length > 0) link.value.socket.write(head);
      join(client, link.value, clock, idleMs);
    } catch (thrown) {
      if (left.signal.aborted) client.destroy();
      else refuseTunnel(client, { status: 502, line: describe(thrown) });
    } finally {
      client.off("close", onLeft);
      client.off("end", onLeft);
    }
  };

  const server = http.createServer({
    keepAliveTimeout: idleMs,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    maxHeaderSize: HEAD_BYTES_MAX,
    noDelay: true,
  });
  // Those served, those in line, and as many that are being refused or stand idle.
  server.maxConnections = 2 * (connectionsMax + WAITING_MAX);
  server.on("connection", (client) => {
    clients.add(client);
    client.on("error", () => {}); // its `close` tells
    client.once("close", () => clients.delete(client));
  });
  server.on("request", (asked, response) => supervise(request(asked, response)));
  // In its types CONNECT comes with some duplex stream; a plain server has it on TCP.
  server.on("connect", (asked, _socket, head) => supervise(tunnel(asked, asked.socket, head)));
  server.on("clientError", (_error, socket) => {
    if (socket.writable)
      socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    else socket.destroy();
  });
  const port = await listen(server);
  // A connection that could not be accepted, for want of file descriptors: the browser tries again.
  server.on("error", () => {});

  const shut = async (): Promise<void> => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const client of clients) client.destroy();
    outbound.destroy();
    await closed;
    await Promise.all(running);
  };
  let closing: Promise<void> | null = null;
  return {
    url: `http://127.0.0.1:${port}`,
    user,
    password,
    statistics: {
      get bytesIn() {
        return outbound.bytesIn;
      },
      get refused() {
        return outbound.refused;
      },
      get open() {
        return outbound.open;
      },
    },
    close: () => {
      closing ??= shut();
      return closing;
    },
  };
}

function listen(server: http.Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ port: 0, host: "127.0.0.1" }, () => {
      server.off("error", reject);
      const address = server.address();
      if (typeof address === "object" && address !== null) resolve(address.port);
      else reject(new InvariantError("a TCP server without a port"));
    });
  });
}

/**
 * Who asks, as it says behind its name; null: none of ours. Digests are compared, so that neither length nor content of the
 * secret shows in the time taken.
 */
function credentialCheck(user: string, password: string): (asked: http.IncomingMessage) => string | null {
  const digest = (text: string): Buffer => createHash("sha256").update(text).digest();
  const expected = digest(`${user}:${password}`);
  return (asked) => {
    const token = /^basic +([^\s]+)$/i.exec(asked.headers["proxy-authorization"] ?? "")?.[1] ?? "";
    const [name = "", given = ""] = Buffer.from(token, "base64").toString("utf8").split(":", 2);
    const [own = "", party = ""] = name.split(".", 2);
    return timingSafeEqual(digest(`${own}:${given}`), expected) ? party : null;
  };
}

function plainTarget(asked: http.IncomingMessage): URL | Refusal {
  const text = asked.url ?? "";
  const url = /^http:\/\//i.test(text) ? URL.parse(text) : null;
  if (url === null || url.hostname === "" || url.port === "0") {
    return { status: 400, line: "expected CONNECT host:port or an http:// address" };
  }
  const protocols = (asked.headers.upgrade ?? "").toLowerCase().split(",");
  if (protocols.some((protocol) => protocol.trim() === "websocket")) {
    return { status: 403, line: `${url.host}: websockets go through CONNECT` };
  }
  return url;
}

function tunnelTarget(
  asked: http.IncomingMessage,
): { readonly hostname: string; readonly port: number; readonly tunnelled: true } | Refusal {
  const [, host, digits] = /^(\[[0-9a-f:.]+\]|[^\s:[\]/?#@\\]+):(\d{1,5})$/i.exec(asked.url ?? "") ?? [];
  const url = host === undefined ? null : URL.parse(`http://${host}/`);
  const port = Number(digits);
  if (url === null || port < 1 || port > 65_535) return { status: 400, line: "expected CONNECT host:port" };
  return { hostname: url.hostname, port, tunnelled: true };
}
