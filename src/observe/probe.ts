// The port for machines that watch: /metrics, /health, /health/live, /health/ready. Read-only, and on a server of its
// own so that it answers however busy the API is. Knows nothing of what it reports.
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, err, ok, type Result } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { Metrics } from "./metrics.ts";

export interface Health {
  readonly ready: boolean;
  /** Why not ready, one short line each; also degraded parts of a ready process. */
  readonly reasons: readonly string[];
}

export interface Probe {
  /** "http://127.0.0.1:9464" */
  readonly url: string;
  close(): Promise<void>;
}

export interface ProbeParts {
  readonly metrics: Metrics;
  health(): Health;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

export async function openProbe(
  { host, port }: { readonly host: string; readonly port: number },
  parts: ProbeParts,
): Promise<Result<Probe, Failure>> {
  const server = createServer(
    { requestTimeout: 5_000, headersTimeout: 5_000, maxHeaderSize: 8_192 },
    (request, response) => {
      const reply = ({ status, type, body }: Answer): void => {
        response.writeHead(status, {
          "content-type": type,
          "cache-control": "no-store",
          connection: "close",
        });
        response.end(request.method === "HEAD" ? undefined : body);
      };
      answer(request.method ?? "", request.url ?? "", parts).then(reply, (thrown) =>
        reply({ status: 500, type: "text/plain", body: `${describe(thrown)}\n` }),
      );
    },
  );
  server.maxConnections = 64;
  server.unref(); // whoever watches does not keep a finished process alive
  const bound = await new Promise<Error | null>((resolve) => {
    server.once("error", resolve);
    server.listen(port, host, () => resolve(null));
  });
  if (bound !== null) {
    const message = `metrics port ${host}:${port}: ${describe(bound)}`;
    return err({ code: "internal", message, cause: bound });
  }
  // After the bind an error is one connection's, and that is closed already.
  server.on("error", () => undefined);
  const at = server.address() as AddressInfo;
  const shown = at.family === "IPv6" ? `[${at.address}]` : at.address;
  return ok({
    url: `http://${shown}:${at.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}

async function answer(method: string, target: string, { metrics, health }: ProbeParts): Promise<Answer> {
  if (method !== "GET" && method !== "HEAD") return { status: 405, type: "text/plain", body: "GET only\n" };
  switch (target.split("?")[0]?.replace(/\/$/, "")) {
    case "/metrics":
      return { status: 200, type: metrics.contentType, body: await metrics.text() };
    case "/health/live":
      return json(200, { status: "live" });
    case "/health":
    case "/health/ready": {
      const { ready, reasons } = health();
      return json(ready ? 200 : 503, { status: ready ? "ready" : "not ready", reasons });
    }
    default:
      return { status: 404, type: "text/plain", body: "/metrics /health /health/live /health/ready\n" };
  }
}

function json(status: number, value: unknown): Answer {
  return { status, type: "application/json", body: `${JSON.stringify(value)}\n` };
}
