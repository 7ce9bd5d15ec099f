// A real toxiproxy, and a typed client for it: proxies in front of other servers and the faults on their way. Knows no
// protocol that passes through it.
import { z } from "zod";
import { toxiproxyBinary } from "./places.ts";
import { freePort } from "./ports.ts";
import { launch, type Server, serverFolder } from "./server.ts";

/** `upstream` is towards the server, `downstream` back to the client. */
export type Direction = "upstream" | "downstream";

/** A fault and its measure; each acts on every connection, new and open, until it is removed. */
export type Toxic =
  | { readonly type: "latency"; readonly latencyMs: number; readonly jitterMs?: number }
  | { readonly type: "bandwidth"; readonly kibPerSecond: number }
  /** Data stops; the connection is closed after `afterMs`, or with 0 never. */
  | { readonly type: "timeout"; readonly afterMs: number }
  /** The connection is reset after `afterMs`. */
  | { readonly type: "reset"; readonly afterMs: number }
  /** The connection is closed after so many bytes. */
  | { readonly type: "limit"; readonly bytes: number };

export interface ToxicProxy {
  readonly name: string;
  /** host:port for the client. */
  readonly address: string;
  readonly host: string;
  readonly port: number;
  /** Lays `toxic` on the way; resolves to what takes it away again. */
  addToxic(toxic: Toxic, direction?: Direction): Promise<() => Promise<void>>;
  /** Without toxics and enabled again. */
  heal(): Promise<void>;
  /** Refuses and closes every connection. */
  disable(): Promise<void>;
  enable(): Promise<void>;
  remove(): Promise<void>;
}

export interface Toxiproxy extends Server {
  addProxy(options: { readonly upstream: string; readonly name?: string }): Promise<ToxicProxy>;
}

const HOST = "127.0.0.1";
const START_MS_MAX = 30_000;
const REQUEST_MS_MAX = 10_000;
const proxyShape = z.object({ toxics: z.array(z.object({ name: z.string() })) });

export async function startToxiproxy(): Promise<Toxiproxy> {
  const port = await freePort();
  const api = new Api(`http://${HOST}:${port}`);
  const server = await launch({
    name: "toxiproxy",
    folder: serverFolder("toxiproxy"),
    command: toxiproxyBinary,
    args: ["-host", HOST, "-port", String(port)],
    env: { LOG_LEVEL: "warn" },
    startMsMax: START_MS_MAX,
    answers: async () => {
      await api.send("GET", "/proxies");
    },
  });
  // The server forgets its proxies when it ends; a start puts them back, without toxics.
  const proxies = new Map<string, object>();
  const start = async (): Promise<void> => {
    await server.start();
    for (const proxy of proxies.values()) await api.send("POST", "/proxies", proxy);
  };
  let count = 0;
  return {
    ...server,
    start,
    restart: async () => {
      await server.stop();
      await start();
    },
    addProxy: async ({ upstream, name = `proxy-${++count}` }) => {
      const listenPort = await freePort();
      const proxy = { name, listen: `${HOST}:${listenPort}`, upstream, enabled: true };
      await api.send("POST", "/proxies", proxy);
      proxies.set(name, proxy);
      return new Proxied(api, name, listenPort, async () => {
        proxies.delete(name);
        if (server.pid() !== null) await api.send("DELETE", `/proxies/${name}`);
      });
    },
  };
}

class Proxied implements ToxicProxy {
  readonly name: string;
  readonly host = HOST;
  readonly port: number;
  readonly address: string;
  readonly remove: () => Promise<void>;
  readonly #api: Api;
  #toxics = 0;

  constructor(api: Api, name: string, port: number, remove: () => Promise<void>) {
    this.#api = api;
    this.name = name;
    this.port = port;
    this.address = `${HOST}:${port}`;
    this.remove = remove;
  }

  async addToxic(toxic: Toxic, direction: Direction = "downstream"): Promise<() => Promise<void>> {
    const name = `toxic-${++this.#toxics}`;
    const path = `/proxies/${this.name}/toxics`;
    await this.#api.send("POST", path, { name, stream: direction, toxicity: 1, ...wireForm(toxic) });
    return async () => {
      await this.#api.send("DELETE", `${path}/${name}`);
    };
  }

  async heal(): Promise<void> {
    const { toxics } = proxyShape.parse(await this.#api.send("GET", `/proxies/${this.name}`));
    for (const { name } of toxics) await this.#api.send("DELETE", `/proxies/${this.name}/toxics/${name}`);
    await this.enable();
  }

  async disable(): Promise<void> {
    await this.#api.send("POST", `/proxies/${this.name}`, { enabled: false });
  }

  async enable(): Promise<void> {
    await this.#api.send("POST", `/proxies/${this.name}`, { enabled: true });
  }
}

function wireForm(toxic: Toxic): { type: string; attributes: Record<string, number> } {
  switch (toxic.type) {
    case "latency":
      return { type: "latency", attributes: { latency: toxic.latencyMs, jitter: toxic.jitterMs ?? 0 } };
    case "bandwidth":
      return { type: "bandwidth", attributes: { rate: toxic.kibPerSecond } };
    case "timeout":
      return { type: "timeout", attributes: { timeout: toxic.afterMs } };
    case "reset":
      return { type: "reset_peer", attributes: { timeout: toxic.afterMs } };
    case "limit":
      return { type: "limit_data", attributes: { bytes: toxic.bytes } };
  }
}

class Api {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  async send(method: string, path: string, body?: object): Promise<unknown> {
    const response = await fetch(this.#base + path, {
      method,
      signal: AbortSignal.timeout(REQUEST_MS_MAX),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`toxiproxy: ${method} ${path} gave ${response.status}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}
