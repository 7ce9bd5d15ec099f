// A renderer on a real Chromium, and a site on loopback for it to load from: what the suites of this folder share.
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after } from "node:test";
import { systemClock } from "../../src/base/index.ts";
import type { Headers } from "../../src/model/index.ts";
import { createDialer } from "../../src/net/index.ts";
import { netOptionsSchema } from "../../src/net/options.ts";
import { createRenderer, type Renderer } from "../../src/render/index.ts";
import { type RenderOptions, renderOptionsSchema } from "../../src/render/options.ts";
import type { RendererSetup } from "../../src/render/renderer.ts";
import { testBrowser } from "../services/index.ts";

export interface Test {
  after(fn: () => unknown): void;
}

/** A suite's own, for what all its tests use. Call it in the suite's body. */
export function suite(): Test {
  const hooks: (() => unknown)[] = [];
  after(async () => {
    for (const hook of hooks.toReversed()) await hook();
  });
  return { after: (fn) => void hooks.push(fn) };
}

export interface TestSite {
  readonly port: number;
  readonly server: Server;
  /** Paths asked for, in their order. */
  readonly asked: string[];
  /** Connections, whatever came over them. */
  connections(): number;
}

export async function site(
  t: Test,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): Promise<TestSite> {
  const asked: string[] = [];
  let connections = 0;
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    answer(request, response);
  });
  server.on("connection", () => connections++);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server, asked, connections: () => connections };
}

/** `resolve`: names that lead to loopback, in curl's form; everything else inside is refused. */
export function rendererFor(
  t: Test,
  resolve: readonly string[],
  over: Partial<Record<keyof RenderOptions, unknown>> = {},
  net: Readonly<Record<string, unknown>> = {},
  parts: Partial<Pick<RendererSetup, "executable" | "onTrouble">> = {},
): Renderer {
  const dialer = createDialer(netOptionsSchema.parse({ resolve, ...net }), systemClock);
  const renderer = createRenderer({
    options: renderOptionsSchema.parse(over),
    executable: testBrowser()?.executable ?? "",
    dialer,
    clock: systemClock,
    userAgent: null,
    product: "millrace/test",
    acceptLanguage: "en-US,en;q=0.9",
    insecure: false,
    inflatedBytesMax: 10_000_000,
    encodingsMax: 4,
    onTrouble: () => {},
    ...parts,
  });
  t.after(async () => {
    await renderer.close();
    dialer.close();
  });
  return renderer;
}

/** A document as the fetcher hands it on. */
export function fetched(url: string, html: string | Uint8Array, headers: Headers = []) {
  return {
    url,
    status: 200,
    headers: [["content-type", "text/html"], ...headers] as Headers,
    body: typeof html === "string" ? new TextEncoder().encode(html) : html,
  };
}
