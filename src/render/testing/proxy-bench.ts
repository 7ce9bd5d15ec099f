// What the guarded proxy's tests stand on: a proxy with real servers behind it, and a browser's two ways to speak to it.
import http from "node:http";
import net from "node:net";
import type { TestContext } from "node:test";
import { VirtualClock } from "../../../test/sim/virtual-clock.ts";
import { systemClock } from "../../base/index.ts";
import { createDialer, netOptionsSchema } from "../../net/index.ts";
import { type GuardedProxy, type GuardedProxyOptions, guardedProxy } from "../guarded-proxy.ts";

export interface Answered {
  readonly status: number;
  readonly body: Buffer;
  readonly headers: http.IncomingHttpHeaders;
}

/** A tunnel as the browser has it; `socket` carries the site's bytes when the status is 200. */
export interface Tunnel {
  readonly status: number;
  readonly head: string;
  readonly socket: net.Socket;
}

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve));
}

export async function listening(t: TestContext, server: net.Server): Promise<number> {
  const open = new Set<net.Socket>();
  server.on("connection", (socket: net.Socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    for (const socket of open) socket.destroy();
    server.close();
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A TCP server that counts who came. */
export async function site(
  t: TestContext,
  onSocket: (socket: net.Socket) => void,
): Promise<{ readonly port: number; readonly sockets: readonly net.Socket[] }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    onSocket(socket);
  });
  return { port: await listening(t, server), sockets };
}

/** The proxy's time is the test's own; the dialer's is real. */
export async function bench(
  t: TestContext,
  net: object,
  limits: Partial<Omit<GuardedProxyOptions, "dialer" | "clock">> = {},
): Promise<{ readonly proxy: GuardedProxy; readonly pass: (ms: number) => Promise<void> }> {
  const clock = new VirtualClock();
  const dialer = createDialer(netOptionsSchema.parse({ connectTimeoutMs: 5_000, ...net }), systemClock);
  const proxy = await guardedProxy({
    dialer,
    clock,
    connectionsMax: 32,
    connectionsPerHostMax: 6,
    idleMs: 10_000,
    isBlockedHost: () => false,
    bytesPerConnectionMax: 64 * 1024 * 1024,
    ...limits,
  });
  t.after(async () => {
    await proxy.close();
    dialer.close();
  });
  return { proxy, pass: (ms) => clock.until(clock.sleep(ms), ms + 1) };
}

export function authorization(proxy: GuardedProxy): string {
  return `Basic ${Buffer.from(`${proxy.user}:${proxy.password}`).toString("base64")}`;
}

/** A plain request in absolute form; `authorized` false or a value of its own. */
export function ask(
  proxy: GuardedProxy,
  address: string,
  options: {
    method?: string;
    headers?: Record<string, string>;
    body?: string;
    authorized?: false | string;
  } = {},
): Promise<Answered> {
  const { method = "GET", headers = {}, body, authorized = authorization(proxy) } = options;
  return new Promise((resolve, reject) => {
    const request = http.request({
      host: "127.0.0.1",
      port: new URL(proxy.url).port,
      method,
      path: address,
      agent: false,
      headers: {
        Host: URL.parse(address)?.host ?? "unknown",
        ...(authorized === false ? {} : { "Proxy-Authorization": authorized }),
        ...headers,
      },
    });
    request.on("error", reject);
    request.on("response", (answer) => {
      const chunks: Buffer[] = [];
      answer.on("error", reject);
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, body: Buffer.concat(chunks), headers: answer.headers }),
      );
    });
    request.end(body);
  });
}

/** A connection of the browser on which CONNECT was sent, and what becomes of it. */
export function tunnel(
  t: TestContext,
  proxy: GuardedProxy,
  authority: string,
  authorized: false | string = authorization(proxy),
): { readonly socket: net.Socket; readonly answered: Promise<Tunnel> } {
  const socket = net.connect({
    host: "127.0.0.1",
    port: Number(new URL(proxy.url).port),
    allowHalfOpen: true,
  });
  socket.on("error", () => {});
  t.after(() => socket.destroy());
  const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
  if (authorized !== false) lines.push(`Proxy-Authorization: ${authorized}`);
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const answered = new Promise<Tunnel>((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const onClose = (): void => reject(new Error("closed without an answer"));
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\r\n\r\n");
      if (end === -1) return;
      socket.off("data", onData);
      socket.off("close", onClose);
      socket.pause();
      if (seen.length > end + 4) socket.unshift(seen.subarray(end + 4));
      const head = seen.toString("latin1", 0, end);
      resolve({ status: Number(head.split(" ")[1]), head, socket });
    };
    socket.on("data", onData);
    socket.on("close", onClose);
  });
  answered.catch(() => {}); // a test that cuts it does not wait for it
  return { socket, answered };
}

/** All that still comes, to the end. */
export async function rest(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return Buffer.concat(chunks);
}
