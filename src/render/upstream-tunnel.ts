// CONNECT (RFC 9110 section 9.3.6) spoken to the user's own proxy over a dialled socket, in a bounded time and with a
// bounded answer. Knows nothing of who wants the tunnel.
import type net from "node:net";
import { asError, type Clock, deadline } from "../base/index.ts";
import type { Refusal } from "./proxy-answer.ts";

const HEAD_BYTES_MAX = 16 * 1024;

export interface UpstreamTunnel {
  readonly hostname: string;
  readonly port: number;
  /** For Proxy-Authorization; null without credentials. */
  readonly authorization: string | null;
  readonly waitMs: number;
}

class TooSlow extends Error {
  override readonly name = "TooSlow";
}

/**
 * Null: the tunnel stands, and what came after the answer's head is in the socket again. Otherwise, and when it rejects
 * with the signal's reason, the socket is destroyed.
 */
export async function tunnelThrough(
  socket: net.Socket,
  tunnel: UpstreamTunnel,
  clock: Clock,
  signal: AbortSignal,
): Promise<Refusal | null> {
  const limit = deadline(clock, tunnel.waitMs, () => new TooSlow("proxy: no answer to CONNECT"), signal);
  try {
    const authority = `${tunnel.hostname}:${tunnel.port}`;
    const lines = [`CONNECT ${authority} HTTP/1.1`, `Host: ${authority}`];
    if (tunnel.authorization !== null) lines.push(`Proxy-Authorization: ${tunnel.authorization}`);
    socket.write(`${lines.join("\r\n")}\r\n\r\n`, "latin1");
    const status = statusOf(await headOf(socket, limit.signal));
    if (status !== null && status >= 200 && status < 300) return null;
    socket.destroy();
    if (status === null)
      return { status: 502, line: "proxy: answered CONNECT with something that is not HTTP" };
    return { status: 502, line: `proxy: answered CONNECT with status ${status}` };
  } catch (thrown) {
    socket.destroy();
    if (signal.aborted) throw asError(signal.reason);
    const error = asError(thrown);
    return { status: error instanceof TooSlow ? 504 : 502, line: error.message };
  } finally {
    limit.clear();
  }
}

function statusOf(head: string): number | null {
  const digits = /^HTTP\/1\.[01] (\d{3})/.exec(head)?.[1];
  return digits === undefined ? null : Number(digits);
}

function headOf(socket: net.Socket, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let seen = Buffer.alloc(0);
    const leave = (): void => {
      socket.off("data", onData);
      socket.off("end", onEnd);
      socket.off("close", onEnd);
      signal.removeEventListener("abort", onAbort);
      socket.pause();
    };
    const fail = (why: Error): void => {
      leave();
      reject(why);
    };
    const onEnd = (): void => fail(new Error("proxy: closed the connection instead of answering CONNECT"));
    const onAbort = (): void => fail(asError(signal.reason));
    const onData = (chunk: Buffer): void => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\r\n\r\n", 0, "latin1");
      if (end === -1) {
        if (seen.length > HEAD_BYTES_MAX) fail(new Error("proxy: its answer to CONNECT has no end"));
        return;
      }
      leave();
      const rest = seen.subarray(end + 4);
      if (rest.length > 0) socket.unshift(rest);
      resolve(seen.toString("latin1", 0, end));
    };
    socket.on("data", onData);
    socket.on("end", onEnd);
    socket.on("close", onEnd);
    signal.addEventListener("abort", onAbort, { once: true });
    if (signal.aborted) onAbort();
    else if (socket.destroyed) onEnd();
  });
}
