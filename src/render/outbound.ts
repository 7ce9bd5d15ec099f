// The proxy's connections to the outside: none to a blocked host; else a place first, then a vetted dial. Counts what comes
// in. Knows no browser.
import type net from "node:net";
import { asError, type Clock, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import { ConnectionSlots } from "./connection-slots.ts";
import type { Refusal } from "./proxy-answer.ts";

export interface Link {
  /** Has its listener for errors already. Half-closes are left to the caller. */
  readonly socket: net.Socket;
  /** Counts what came in since the last call; false when it is more than one connection may bring. */
  withinBudget(): boolean;
}

export interface OutboundOptions {
  readonly dialer: Dialer;
  readonly clock: Clock;
  /** Connections at once, in all and to one host and port; further ones wait for at most `idleMs`. */
  readonly connectionsMax: number;
  readonly connectionsPerHostMax: number;
  /** How long a place is waited for; a connection that is still for so long is ended. */
  readonly idleMs: number;
  /** A connection that brings more is ended. */
  readonly bytesPerConnectionMax: number;
  /** Beyond so many in line nobody waits. */
  readonly waitingMax: number;
  /** Hosts that are not connected to at all. */
  readonly isBlockedHost: (hostname: string) => boolean;
}

export interface OutboundTarget {
  /** As the WHATWG URL parser writes it. */
  readonly hostname: string;
  readonly port: number;
  /** On whose behalf: a page, or nobody in particular. */
  readonly party: string;
  /** True: the bytes are the browser's own. False: an HTTP request that the user's proxy takes in absolute form. */
  readonly tunnelled: boolean;
}

export class Outbound {
  readonly #options: OutboundOptions;
  readonly #slots: ConnectionSlots;
  readonly #sockets = new Set<net.Socket>();
  #bytesIn = 0;
  #refused = 0;

  constructor(options: OutboundOptions) {
    this.#options = options;
    this.#slots = new ConnectionSlots({ ...options, waitMs: options.idleMs }, options.clock);
  }

  /** What came from outside, as far as it was counted: see `withinBudget`; the rest is added when a connection closes. */
  get bytesIn(): number {
    return this.#bytesIn;
  }

  get refused(): number {
    return this.#refused;
  }

  /** Connections that stand or are being dialled. */
  get open(): number {
    return this.#slots.open;
  }

  /** Rejects only with the reason of `signal`. The place is given back when the socket closes. */
  async connect(target: OutboundTarget, signal: AbortSignal): Promise<Result<Link, Refusal>> {
    const { dialer, isBlockedHost } = this.#options;
    const { hostname, port, party, tunnelled } = target;
    if (isBlockedHost(hostname))
      return err({ status: 403, line: `${hostname}: blocked by render.blockedHosts` });
    const release = await this.#slots.take(`${hostname}:${port}`, party, signal);
    if (release === null) return err({ status: 503, line: `${hostname}:${port}: too many connections` });
    let kept = false;
    try {
      const dialled = await dialer.dial({ hostname, port, alpn: null, tunnelled }, signal);
      if (!dialled.ok) return err(this.#refusalOf(dialled.error.failure));
      const { socket } = dialled.value;
      kept = true;
      const link = this.#keep(socket, release);
      if (signal.aborted) {
        socket.destroy();
        throw asError(signal.reason);
      }
      return ok(link);
    } finally {
      if (!kept) release();
    }
  }

  /** Ends every connection that stands. Dials under way end with their signals. */
  destroy(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  #keep(socket: net.Socket, release: () => void): Link {
    const { bytesPerConnectionMax } = this.#options;
    let counted = 0;
    const count = (): void => {
      const now = socket.bytesRead;
      this.#bytesIn += now - counted;
      counted = now;
    };
    // The end of one direction is passed on as such, not answered with the end of the other.
    socket.allowHalfOpen = true;
    // Whoever uses the socket learns of its end by `close`.
    socket.on("error", () => {});
    this.#sockets.add(socket);
    const onClose = (): void => {
      count();
      this.#sockets.delete(socket);
      release();
    };
    if (socket.closed) onClose();
    else socket.once("close", onClose);
    return {
      socket,
      withinBudget() {
        count();
        return counted <= bytesPerConnectionMax;
      },
    };
  }

  #refusalOf(failure: Failure): Refusal {
    const line = failure.message;
    if (failure.code === "blocked_address") {
      this.#refused++;
      return { status: 403, line };
    }
    return { status: failure.code === "timeout" ? 504 : 502, line };
  }
}
