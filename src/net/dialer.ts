// The one way out of the process: every connection to a crawled host is opened here, to an address that was vetted and to
// no other, so that neither a name that changes its mind nor a redirect leads inside. Knows TCP, TLS and proxies; no HTTP.
import type net from "node:net";
import { isIP } from "node:net";
import { asError, type Clock, deadline, err, InvariantError, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import { refusalOf, vet } from "./address-guard.ts";
import { connectFailure, type DialFailure, proxyFailure, tlsFailure } from "./dial-failure.ts";
import { type Alpn, createHandshaker } from "./handshake.ts";
import { interleave, race } from "./happy-eyeballs.ts";
import type { NetOptions } from "./options.ts";
import { parseOverrides, unbracket } from "./overrides.ts";
import { createResolver, isLocalhost, type Resolver } from "./resolver.ts";
import { openTunnel, type ProxyServer, parseProxy, proxyAuthorization } from "./tunnel.ts";

export interface DialTarget {
  /** As the WHATWG URL parser writes it: lower case, IPv6 in brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Protocols to offer over TLS, best first; null for plain TCP. */
  readonly alpn: readonly Alpn[] | null;
  /** Plain TCP to the target itself also where an HTTP proxy would take requests in absolute form. */
  readonly tunnelled?: boolean;
}

export interface Dialled {
  readonly socket: net.Socket;
  readonly protocol: Alpn;
  /** Null through a proxy: the proxy alone knows. */
  readonly address: string | null;
}

export interface Dialer {
  /** Rejects only with the reason of `signal`. Time-outs are failures with the code `timeout`. */
  dial(target: DialTarget, signal?: AbortSignal): Promise<Result<Dialled, DialFailure>>;
  /**
   * Not null when plain `http:` requests go to an HTTP proxy in absolute form (RFC 9112 section 3.2.2): the dialled
   * socket then ends at the proxy, and each request carries this authorization.
   */
  readonly forwardProxy: { readonly authorization: string | null } | null;
  close(): void;
}

class DialTimeout extends Error {
  override readonly name = "DialTimeout";
}

/** Throws on options that are wrong in form (`resolve`, `proxy`): check them with `checkNetOptions` where users set them. */
export function createDialer(
  options: NetOptions,
  clock: Clock,
  resolver: Resolver = createResolver(options, clock),
): Dialer {
  const overrides = parseOverrides(options.resolve);
  if (!overrides.ok) throw new InvariantError(overrides.error);
  const parsedProxy = options.proxy === null ? null : parseProxy(options.proxy);
  if (parsedProxy?.ok === false) throw new InvariantError(parsedProxy.error);
  const proxy = parsedProxy?.ok ? parsedProxy.value : null;
  const handshaker = createHandshaker(options);

  const refusal = (host: string, address: string, why: string): Failure => ({
    code: "blocked_address",
    message: `${host}${host === address ? "" : ` is at ${address}`}: ${why}`,
  });

  /** Addresses that may be dialled, in the order of the race. `exempt`: the user named them, so the guard is silent. */
  const vetted = async (
    host: string,
    port: number,
  ): Promise<Result<{ addresses: readonly string[]; exempt: boolean }, DialFailure>> => {
    const named = overrides.value.find(host, port);
    if (named !== null) return ok({ addresses: interleave(named), exempt: true });
    if (isIP(host) !== 0) {
      const why = refusalOf(host, options.allowPrivate);
      if (why !== null) return err({ failure: refusal(host, host, why), address: null });
      return ok({ addresses: [host], exempt: false });
    }
    const resolved = await resolver.resolve(host);
    if (!resolved.ok) return err({ failure: resolved.error, address: null });
    const { allowed, refused } = vet(resolved.value, options.allowPrivate);
    if (allowed.length === 0 && refused !== null) {
      return err({ failure: refusal(host, refused.address, refused.why), address: null });
    }
    return ok({ addresses: interleave(allowed).slice(0, options.addressesMax), exempt: false });
  };

  const direct = async (
    host: string,
    port: number,
    signal: AbortSignal,
  ): Promise<Result<{ socket: net.Socket; address: string }, DialFailure>> => {
    const candidates = await raced(vetted(host, port), signal);
    if (!candidates.ok) return candidates;
    const { addresses, exempt } = candidates.value;
    const won = await race(addresses, port, options, clock, signal);
    if (!won.ok) {
      const { error, address } = won.error;
      return err({ failure: connectFailure(error, `${host}:${port}`), address });
    }
    const socket = won.value;
    const address = socket.remoteAddress ?? null;
    if (address === null) {
      socket.on("error", () => {});
      socket.destroy();
      return err({ failure: connectFailure(new Error("closed at once"), `${host}:${port}`), address: null });
    }
    // The pair to the check before: what counts is where the socket ended, not what was asked for.
    const why = exempt ? null : refusalOf(address, options.allowPrivate);
    if (why !== null) {
      socket.destroy();
      return err({ failure: refusal(host, address, why), address });
    }
    return ok({ socket, address });
  };

  const throughProxy = async (
    via: ProxyServer,
    target: DialTarget,
    signal: AbortSignal,
  ): Promise<Result<{ socket: net.Socket; address: null }, DialFailure>> => {
    const host = unbracket(target.hostname);
    // Names are the proxy's to resolve, but what plainly leads inside is refused here already.
    const why =
      isIP(host) !== 0
        ? refusalOf(host, options.allowPrivate)
        : !options.allowPrivate && isLocalhost(host)
          ? "loopback name"
          : null;
    if (why !== null) return err({ failure: refusal(host, host, why), address: null });
    // The proxy is the user's choice: no guard.
    const proxyHost = unbracket(via.host);
    const found = isIP(proxyHost) !== 0 ? ok([proxyHost]) : await raced(resolver.resolve(proxyHost), signal);
    if (!found.ok) return err({ failure: proxyFailure(found.error.message, true), address: null });
    const won = await race(interleave(found.value), via.port, options, clock, signal);
    if (!won.ok)
      return err({ failure: proxyFailure(won.error.error.message, true, won.error.error), address: null });
    let socket = won.value;
    if (via.kind === "https") {
      const secured = await handshaker.secure(socket, via.host, via.port, ["http/1.1"], signal);
      if (!secured.ok)
        return err({ failure: proxyFailure(secured.error.message, false, secured.error), address: null });
      socket = secured.value;
    }
    if (via.kind !== "socks5" && target.alpn === null && target.tunnelled !== true)
      return ok({ socket, address: null });
    const failure = await openTunnel(socket, via, target.hostname, target.port, signal);
    if (failure === null) return ok({ socket, address: null });
    socket.on("error", () => {});
    socket.destroy();
    return err({ failure, address: null });
  };

  const open = async (target: DialTarget, signal: AbortSignal): Promise<Result<Dialled, DialFailure>> => {
    const host = unbracket(target.hostname);
    const reached = await (proxy === null
      ? direct(host, target.port, signal)
      : throughProxy(proxy, target, signal));
    if (!reached.ok) return reached;
    const { socket, address } = reached.value;
    if (target.alpn === null) return ok({ socket, protocol: "http/1.1", address });
    const secured = await handshaker.secure(socket, target.hostname, target.port, target.alpn, signal);
    if (!secured.ok) return err({ failure: tlsFailure(secured.error, `${host}:${target.port}`), address });
    return ok({
      socket: secured.value,
      protocol: secured.value.alpnProtocol === "h2" ? "h2" : "http/1.1",
      address,
    });
  };

  return {
    forwardProxy:
      proxy === null || proxy.kind === "socks5" ? null : { authorization: proxyAuthorization(proxy) },
    async dial(target, signal) {
      const limit = deadline(clock, options.connectTimeoutMs, () => new DialTimeout("too slow"), signal);
      try {
        return await open(target, limit.signal);
      } catch (thrown) {
        if (!(thrown instanceof DialTimeout)) throw asError(thrown);
        const message = `${target.hostname}:${target.port}: no connection within ${options.connectTimeoutMs} ms`;
        return err({ failure: { code: "timeout", message }, address: null });
      } finally {
        limit.clear();
      }
    },
    close: () => resolver.close(),
  };
}

/** One line per wrong value of `resolve` and `proxy`; empty when all is well. */
export function checkNetOptions(options: Pick<NetOptions, "resolve" | "proxy">): readonly string[] {
  const wrong: string[] = [];
  const overrides = parseOverrides(options.resolve);
  if (!overrides.ok) wrong.push(overrides.error);
  const proxy = options.proxy === null ? null : parseProxy(options.proxy);
  if (proxy?.ok === false) wrong.push(proxy.error);
  return wrong;
}

/** A wait that cannot be cancelled itself (a shared DNS question), left alone when the signal aborts. */
function raced<T>(wait: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) {
      reject(asError(signal.reason));
      return;
    }
    const onAbort = (): void => reject(asError(signal.reason));
    signal.addEventListener("abort", onAbort, { once: true });
    wait.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
