// A fetch stage against servers on loopback, told in few words: for this room's tests only.
import net from "node:net";
import { systemClock } from "../../base/index.ts";
import type { FetchReport, PageRequest } from "../../model/index.ts";
import { createDialer, netOptionsSchema } from "../../net/index.ts";
import { createFetchStage, type FetchOptions, type FetchOutput, fetchOptionsSchema } from "../index.ts";

export type RigOptions = {
  readonly fetch?: Partial<FetchOptions> | { readonly cookies: object };
  readonly net?: object;
};

/** Short deadlines, guard on except for what `net` opens. */
export function rig(options: RigOptions = {}) {
  const reports: FetchReport[] = [];
  const stage = createFetchStage({
    options: fetchOptionsSchema.parse({
      timeoutMs: 3_000,
      headersTimeoutMs: 1_000,
      bodyTimeoutMs: 1_000,
      retryFirstMs: 10,
      ...options.fetch,
    }),
    dialer: createDialer(
      netOptionsSchema.parse({ allowPrivate: true, connectTimeoutMs: 1_500, ...options.net }),
      systemClock,
    ),
    clock: systemClock,
    version: "0.0.0",
    onFetched: (report) => reports.push(report),
  });
  const get = (url: string, more: Partial<PageRequest> = {}, signal = new AbortController().signal) =>
    stage.handle(pageRequest(url, more), { signal, attempt: 1, traceId: "t" });
  return {
    stage,
    reports,
    get,
    /** "page 200 body", "failed code", "skipped code", "later code", "redirect target", "control status body". */
    async told(url: string, more: Partial<PageRequest> = {}): Promise<string> {
      const verdict = await get(url, { attempt: 99, ...more });
      if (verdict.kind === "later") return `later ${verdict.code}`;
      if (verdict.kind !== "emit" || verdict.outputs.length !== 1) return JSON.stringify(verdict);
      const [output] = verdict.outputs;
      return output === undefined ? "nothing" : words(output);
    },
  };
}

function words(output: FetchOutput): string {
  if (output.kind === "page") {
    return `page ${output.page.status} ${Buffer.from(output.page.body).toString("latin1")}`.trimEnd();
  }
  if (output.kind === "ended") return `${output.ended.report.outcome} ${output.ended.report.code}`;
  if (output.report.kind === "redirect") return `redirect ${output.report.target}`;
  const { status, failure, redirect, body, truncated } = output.report;
  const rest = redirect ?? `${Buffer.from(body).toString("latin1")}${truncated ? "…" : ""}`;
  return `control ${status ?? failure?.code} ${rest}`.trimEnd();
}

export function pageRequest(url: string, more: Partial<PageRequest> = {}): PageRequest {
  return {
    kind: "page",
    captureId: "00000000-0000-7000-8000-000000000000",
    url,
    host: new URL(url).host,
    crawlId: "test",
    depth: 0,
    attempt: 1,
    redirects: 0,
    given: true,
    referrer: null,
    validators: null,
    lane: "auto",
    verdict: null,
    ...more,
  };
}

export interface RawServer {
  readonly url: string;
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Calls `answer` with each request head, as text, and how many came over this connection before. */
export async function rawServer(
  answer: (socket: net.Socket, head: string, before: number) => void,
): Promise<RawServer> {
  const sockets = new Set<net.Socket>();
  let connections = 0;
  const server = net.createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
    let seen = "";
    let before = 0;
    socket.on("data", (chunk) => {
      seen += chunk.toString("latin1");
      for (let end = seen.indexOf("\r\n\r\n"); end >= 0; end = seen.indexOf("\r\n\r\n")) {
        const head = seen.slice(0, end);
        seen = seen.slice(end + 4);
        answer(socket, head, before++);
      }
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    get connections() {
      return connections;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function listen(server: net.Server, host = "127.0.0.1"): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, host, () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}

/** A server that answers every request with these bytes and closes or not. */
export function replying(bytes: string, then: "close" | "keep" | "reset" = "keep"): Promise<RawServer> {
  return rawServer((socket) => {
    socket.write(Buffer.from(bytes, "latin1"), () => {
      if (then === "close") socket.end();
      if (then === "reset") setTimeout(() => socket.resetAndDestroy(), 20);
    });
  });
}
