// Connections by origin, lent to exchanges: an undici pool for each origin in use, closed when it has no connection and no
// request left, so that a crawl of millions of hosts leaves nothing behind. Dials through the guarded dialer only.
import { Client, type Dispatcher, Pool } from "undici";
import type { Alpn, Dialer, DialTarget } from "../net/index.ts";
import { Exchange, type Link } from "./exchange.ts";
import { DialError } from "./exchange-failure.ts";
import type { FetchOptions } from "./options.ts";

export interface Origin {
  readonly key: string;
  readonly pool: Pool;
  /** Requests under way. */
  active: number;
  /** Connections open or being opened. */
  connections: number;
}

const BOTH: readonly Alpn[] = ["h2", "http/1.1"];
const HTTP1: readonly Alpn[] = ["http/1.1"];

/** Tells each exchange which connection it is written to: undici's handlers are not told. */
class LinkedClient extends Client {
  readonly #current: { link: Link | null };

  constructor(origin: string | URL, options: Client.Options, current: { link: Link | null }) {
    super(origin, options);
    this.#current = current;
  }

  override dispatch(options: Dispatcher.DispatchOptions, handler: Dispatcher.DispatchHandler): boolean {
    if (handler instanceof Exchange) handler.attachTo(this.#current);
    return super.dispatch(options, handler);
  }
}

/** Where an http(s) URL is dialled; `alpn` only over TLS. */
export function dialTarget(url: URL, alpn: readonly Alpn[]): DialTarget {
  const tls = url.protocol === "https:";
  const port = url.port === "" ? (tls ? 443 : 80) : Number(url.port);
  return { hostname: url.hostname, port, alpn: tls ? alpn : null };
}

export class Origins {
  readonly #dialer: Dialer;
  readonly #options: FetchOptions;
  /** Least recently used first. */
  readonly #open = new Map<string, Origin>();
  /** Closed for new requests, connections still closing. */
  readonly #closing = new Set<Promise<void>>();
  readonly #stop = new AbortController();

  constructor(dialer: Dialer, options: FetchOptions) {
    this.#dialer = dialer;
    this.#options = options;
  }

  get size(): number {
    return this.#open.size;
  }

  /** `url` is absolute http(s). Give it back with `release`. */
  lend(url: URL, http2: boolean): Origin {
    const key = http2 ? url.origin : `${url.origin}#h1`;
    const known = this.#open.get(key);
    const origin = known ?? this.#create(key, url, http2);
    if (known !== undefined) this.#open.delete(key);
    this.#open.set(key, origin);
    origin.active++;
    if (this.#open.size > this.#options.originsMax) this.#closeIdle();
    return origin;
  }

  release(origin: Origin): void {
    origin.active--;
    this.#closeIfUnused(origin);
  }

  async close(): Promise<void> {
    const open = [...this.#open.values()];
    // Forgotten first: the last of its sockets would have a pool destroyed that is closing, and undici then never answers.
    this.#open.clear();
    await Promise.all(open.map((origin) => origin.pool.close()));
    await Promise.all(this.#closing);
    this.#stop.abort(new Error("closed"));
  }

  async destroy(reason: Error): Promise<void> {
    this.#stop.abort(reason);
    const open = [...this.#open.values()];
    this.#open.clear();
    await Promise.all(open.map((origin) => origin.pool.destroy(reason)));
  }

  #create(key: string, url: URL, http2: boolean): Origin {
    const options = this.#options;
    const { origin } = url;
    const target = dialTarget(url, http2 ? BOTH : HTTP1);
    const allowH2 = target.alpn !== null && http2;

    const clientOptions: Client.Options = {
      headersTimeout: options.headersTimeoutMs,
      bodyTimeout: options.bodyTimeoutMs,
      keepAliveTimeout: options.keepAliveMs,
      keepAliveMaxTimeout: options.keepAliveMs * 4,
      maxHeaderSize: options.headerBytesMax,
      // The exchange counts for itself, and cuts where undici would only fail.
      maxResponseSize: -1,
      pipelining: 1,
      allowH2,
      h2Options: {
        maxConcurrentStreams: options.streamsPerConnectionMax,
        pingInterval: 0,
        connectionWindowSize: 4 * 1024 * 1024,
        settings: { initialWindowSize: 1024 * 1024 },
      },
    };

    const factory = (): Dispatcher => {
      const current: { link: Link | null } = { link: null };
      return new LinkedClient(
        origin,
        {
          ...clientOptions,
          connect: (_unused, callback) => {
            lent.connections++;
            const closed = (): void => {
              lent.connections--;
              this.#closeIfUnused(lent);
            };
            this.#dialer.dial(target, this.#stop.signal).then(
              (dialled) => {
                if (!dialled.ok) {
                  callback(new DialError(dialled.error), null);
                  closed();
                  return;
                }
                const { socket, protocol, address } = dialled.value;
                current.link = { protocol, address, requests: 0 };
                socket.once("close", closed);
                callback(null, socket);
              },
              (thrown: unknown) => {
                callback(thrown instanceof Error ? thrown : new Error(String(thrown)), null);
                closed();
              },
            );
          },
        },
        current,
      );
    };
    const pool = new Pool(origin, {
      connections: options.connectionsPerOriginMax,
      allowH2,
      factory,
    });
    const lent: Origin = { key, pool, active: 0, connections: 0 };
    return lent;
  }

  #closeIfUnused(origin: Origin): void {
    if (origin.active === 0 && origin.connections === 0) this.#close(origin);
  }

  /** The longest idle first; origins in use stay, so there may be more than `originsMax` when so many are in use. */
  #closeIdle(): void {
    for (const origin of this.#open.values()) {
      if (this.#open.size <= this.#options.originsMax) return;
      if (origin.active === 0) this.#close(origin);
    }
  }

  #close(origin: Origin): void {
    if (this.#open.get(origin.key) !== origin) return;
    this.#open.delete(origin.key);
    const closing: Promise<void> = origin.pool.destroy().finally(() => this.#closing.delete(closing));
    this.#closing.add(closing);
  }
}
