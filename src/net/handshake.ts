// TLS over a connected socket: SNI, verification, ALPN, and resumption from a bounded table of sessions.
// One secure context serves all hosts: making one for each connection costs more than the rest of the handshake's set-up.
import net from "node:net";
import tls from "node:tls";
import { asError, err, ok, type Result } from "../base/index.ts";
import { unbracket } from "./overrides.ts";

export type Alpn = "h2" | "http/1.1";

export interface Handshaker {
  /** Rejects with the signal's reason; the socket is destroyed then, and on failure. */
  secure(
    socket: net.Socket,
    host: string,
    port: number,
    alpn: readonly Alpn[],
    signal: AbortSignal,
  ): Promise<Result<tls.TLSSocket, Error>>;
}

export function createHandshaker(limits: { insecure: boolean; tlsSessionsMax: number }): Handshaker {
  const sessions = new Map<string, Buffer>();
  // `--insecure` also means servers that never learnt TLS 1.2.
  const secureContext = limits.insecure
    ? tls.createSecureContext({ minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" })
    : tls.createSecureContext({ minVersion: "TLSv1.2" });

  const keep = (key: string, session: Buffer): void => {
    if (limits.tlsSessionsMax === 0) return;
    sessions.delete(key);
    sessions.set(key, session);
    if (sessions.size <= limits.tlsSessionsMax) return;
    const oldest = sessions.keys().next();
    if (!oldest.done) sessions.delete(oldest.value);
  };

  return {
    secure: (socket, host, port, alpn, signal) =>
      new Promise((resolve, reject) => {
        if (signal.aborted) {
          socket.destroy();
          reject(asError(signal.reason));
          return;
        }
        const name = serverName(host);
        const key = `${host} ${port} ${alpn.length}`;
        const session = sessions.get(key);
        const secured = tls.connect({
          socket,
          host: unbracket(host),
          secureContext,
          rejectUnauthorized: !limits.insecure,
          ALPNProtocols: [...alpn],
          // An address is no server name (RFC 6066 section 3).
          ...(name === null ? {} : { servername: name }),
          ...(session === undefined ? {} : { session }),
        });
        secured.on("session", (fresh) => keep(key, fresh));
        const settle = (): void => {
          signal.removeEventListener("abort", onAbort);
          secured.off("secureConnect", onSecure);
          secured.off("error", onError);
          secured.off("close", onClose);
        };
        const onSecure = (): void => {
          settle();
          resolve(ok(secured));
        };
        const fail = (error: Error): void => {
          settle();
          // What fails again after the failure is told already.
          secured.on("error", () => {});
          secured.destroy();
          socket.destroy();
          // A refused resumption must not be refused for ever.
          sessions.delete(key);
          resolve(err(error));
        };
        const onError = (error: Error): void => fail(error);
        const onClose = (): void => fail(new Error("closed during the handshake"));
        const onAbort = (): void => {
          settle();
          secured.on("error", () => {});
          secured.destroy();
          socket.destroy();
          reject(asError(signal.reason));
        };
        secured.once("secureConnect", onSecure);
        secured.once("error", onError);
        secured.once("close", onClose);
        signal.addEventListener("abort", onAbort, { once: true });
      }),
  };
}

/** The name for SNI and for the certificate: without brackets and without the root's dot; null for an address. */
function serverName(host: string): string | null {
  const bare = unbracket(host);
  if (net.isIP(bare) !== 0) return null;
  return bare.endsWith(".") ? bare.slice(0, -1) : bare;
}
