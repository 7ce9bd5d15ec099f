// A way through the user's proxy: HTTP CONNECT (RFC 9110 section 9.3.6) or SOCKS 5 (RFC 1928, 1929) over a connected
// socket. Names go to the proxy unresolved. Knows no TLS: the caller speaks it through the tunnel.
import net from "node:net";
import { asError, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import { connectFailure, proxyFailure } from "./dial-failure.ts";

export interface ProxyServer {
  readonly kind: "http" | "https" | "socks5";
  readonly host: string;
  readonly port: number;
  readonly user: string | null;
  readonly password: string;
}

const HEAD_BYTES_MAX = 16 * 1024;

/** Parses the user's proxy URL; the error says what is allowed and never shows the password. */
export function parseProxy(text: string): Result<ProxyServer, string> {
  const url = URL.parse(text.includes("://") ? text : `http://${text}`);
  const kinds: Readonly<Record<string, { kind: ProxyServer["kind"]; port: number }>> = {
    "http:": { kind: "http", port: 80 },
    "https:": { kind: "https", port: 443 },
    "socks5:": { kind: "socks5", port: 1080 },
    "socks5h:": { kind: "socks5", port: 1080 },
  };
  const found = url === null ? undefined : kinds[url.protocol];
  if (url === null || found === undefined || url.hostname === "") {
    return err("--proxy: expected http://, https:// or socks5:// with a host and a port");
  }
  const decoded = [url.username, url.password].map(percentDecoded);
  const [user, password] = decoded;
  if (user == null || password == null) return err("--proxy: user or password is not valid percent-encoding");
  return ok({
    kind: found.kind,
    host: url.hostname,
    port: url.port === "" ? found.port : Number(url.port),
    user: user === "" ? null : user,
    password,
  });
}

function percentDecoded(text: string): string | null {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
}

/** Value of Proxy-Authorization, or null without credentials. */
export function proxyAuthorization(proxy: ProxyServer): string | null {
  if (proxy.user === null) return null;
  return `Basic ${Buffer.from(`${proxy.user}:${proxy.password}`).toString("base64")}`;
}

/** Opens the tunnel to `host` (bracketed when IPv6) and `port`. Rejects with the signal's reason. Null is success. */
export async function openTunnel(
  socket: net.Socket,
  proxy: ProxyServer,
  host: string,
  port: number,
  signal: AbortSignal,
): Promise<Failure | null> {
  const reader = new Reader(socket, signal);
  try {
    if (proxy.kind === "socks5") return await socks5(socket, reader, proxy, host, port);
    return await connect(socket, reader, proxy, host, port);
  } catch (thrown) {
    if (signal.aborted) throw asError(signal.reason);
    return proxyFailure(asError(thrown).message, true, thrown);
  } finally {
    reader.release();
  }
}

async function connect(
  socket: net.Socket,
  reader: Reader,
  proxy: ProxyServer,
  host: string,
  port: number,
): Promise<Failure | null> {
  const authorization = proxyAuthorization(proxy);
  const lines = [`CONNECT ${host}:${port} HTTP/1.1`, `Host: ${host}:${port}`];
  if (authorization !== null) lines.push(`Proxy-Authorization: ${authorization}`);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
  const head = (await reader.until("\r\n\r\n")).toString("latin1");
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1] ?? Number.NaN);
  if (status >= 200 && status < 300) return null;
  if (Number.isNaN(status)) return proxyFailure("answered CONNECT with something that is not HTTP", true);
  return proxyFailure(`answered CONNECT with status ${status}`, status !== 407);
}

const SOCKS_REPLIES: Readonly<Record<number, string>> = {
  1: "general failure",
  2: "not allowed by its rules",
  3: "network unreachable",
  4: "host unreachable",
  5: "connection refused",
  6: "time to live expired",
  7: "command not supported",
  8: "address type not supported",
};

async function socks5(
  socket: net.Socket,
  reader: Reader,
  proxy: ProxyServer,
  host: string,
  port: number,
): Promise<Failure | null> {
  socket.write(Buffer.from(proxy.user === null ? [5, 1, 0] : [5, 2, 0, 2]));
  const [version, method] = await reader.exactly(2);
  if (version !== 5) return proxyFailure("does not speak SOCKS 5", false);
  if (method === 2 && proxy.user !== null) {
    const [user, password] = [Buffer.from(proxy.user), Buffer.from(proxy.password)];
    if (user.length > 255 || password.length > 255)
      return proxyFailure("user or password is too long", false);
    socket.write(
      Buffer.concat([Buffer.from([1, user.length]), user, Buffer.from([password.length]), password]),
    );
    const [, verdict] = await reader.exactly(2);
    if (verdict !== 0) return proxyFailure("refused user and password", false);
  } else if (method !== 0) return proxyFailure("offers no way to authenticate that is known here", false);

  socket.write(
    Buffer.concat([Buffer.from([5, 1, 0]), socksAddress(host), Buffer.from([port >> 8, port & 0xff])]),
  );
  const [, reply, , kind] = await reader.exactly(4);
  if (reply !== 0) {
    const why = SOCKS_REPLIES[reply ?? -1] ?? `reply ${reply}`;
    // Unreachable and refused speak of the target; the rest of the proxy itself.
    if (reply === 3 || reply === 4 || reply === 5) {
      return connectFailure(new Error(why), `${host}:${port} through the proxy`);
    }
    return proxyFailure(why, reply !== 2 && reply !== 7 && reply !== 8);
  }
  const addressBytes = kind === 1 ? 4 : kind === 4 ? 16 : ((await reader.exactly(1))[0] ?? 0);
  await reader.exactly(addressBytes + 2);
  return null;
}

function socksAddress(host: string): Buffer {
  if (net.isIPv4(host)) return Buffer.from([1, ...host.split(".").map(Number)]);
  if (host.startsWith("[")) {
    const address = new net.SocketAddress({ address: host.slice(1, -1), family: "ipv6" }).address;
    return Buffer.concat([Buffer.from([4]), ipv6Bytes(address)]);
  }
  const name = Buffer.from(host);
  return Buffer.concat([Buffer.from([3, name.length]), name]);
}

function ipv6Bytes(address: string): Buffer {
  const [head = "", tail] = address.split("::");
  const groups = (part: string): number[] =>
    part === "" ? [] : part.split(":").map((group) => Number.parseInt(group, 16));
  const [front, back] = [groups(head), groups(tail ?? "")];
  const all = [...front, ...Array.from({ length: 8 - front.length - back.length }, () => 0), ...back];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 0xff]));
}

/** Reads exactly what the proxy's answer takes and leaves the rest in the socket. */
class Reader {
  readonly #socket: net.Socket;
  readonly #signal: AbortSignal;
  #wake: () => void = () => {};
  #ended: Error | null = null;

  constructor(socket: net.Socket, signal: AbortSignal) {
    this.#socket = socket;
    this.#signal = signal;
    socket.on("readable", this.#onReadable);
    socket.on("error", this.#onError);
    socket.on("close", this.#onClose);
    signal.addEventListener("abort", this.#onClose);
  }

  release(): void {
    this.#socket.off("readable", this.#onReadable);
    this.#socket.off("error", this.#onError);
    this.#socket.off("close", this.#onClose);
    this.#signal.removeEventListener("abort", this.#onClose);
  }

  async exactly(bytes: number): Promise<Buffer> {
    for (;;) {
      const chunk: unknown = this.#socket.read(bytes);
      if (Buffer.isBuffer(chunk) && chunk.length === bytes) return chunk;
      await this.#more();
    }
  }

  async until(mark: string): Promise<Buffer> {
    let seen = Buffer.alloc(0);
    for (;;) {
      const chunk: unknown = this.#socket.read();
      if (Buffer.isBuffer(chunk)) {
        seen = Buffer.concat([seen, chunk]);
        const at = seen.indexOf(mark, 0, "latin1");
        if (at >= 0) {
          const rest = seen.subarray(at + mark.length);
          if (rest.length > 0) this.#socket.unshift(rest);
          return seen.subarray(0, at);
        }
        if (seen.length > HEAD_BYTES_MAX) throw new Error("its answer has no end");
      } else await this.#more();
    }
  }

  #more(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (): void => {
        if (this.#ended === null) resolve();
        else reject(this.#ended);
      };
      if (this.#ended !== null || this.#signal.aborted) reject(this.#ended ?? asError(this.#signal.reason));
      else this.#wake = settle;
    });
  }

  readonly #onReadable = (): void => this.#wake();
  readonly #onError = (error: Error): void => {
    this.#ended = error;
    this.#wake();
  };
  readonly #onClose = (): void => {
    this.#ended ??= new Error("closed the connection");
    this.#wake();
  };
}
