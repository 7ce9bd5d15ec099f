// One plain http request passed on over a connection of its own, and its answer passed back. Bodies flow at the pace of
// their reader. Knows nothing of addresses and places.
import http from "node:http";
import { type Clock, describe } from "../base/index.ts";
import { idleWatch } from "./idle-watch.ts";
import type { Link } from "./outbound.ts";
import { type Refusal, refuse } from "./proxy-answer.ts";
import { endToEnd } from "./proxy-headers.ts";

export interface ForwardOptions {
  readonly clock: Clock;
  readonly idleMs: number;
  readonly headBytesMax: number;
  /** Not null: the connection ends at the user's proxy, which wants the absolute form and this authorization. */
  readonly forwardProxy: { readonly authorization: string | null } | null;
}

/** The connection is closed when the answer is over, or the browser has left. */
export function forward(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  url: URL,
  link: Link,
  options: ForwardOptions,
): void {
  let over = false;
  const upstream = http.request({
    createConnection: () => link.socket,
    method: request.method,
    path: options.forwardProxy === null ? `${url.pathname}${url.search}` : absoluteForm(url),
    headers: requestHeaders(request, url, options.forwardProxy?.authorization ?? null),
    setHost: false,
    maxHeaderSize: options.headBytesMax,
  });
  const finish = (): void => {
    over = true;
    // What is left of the request is read and let go, so that the browser's connection stays of use.
    request.unpipe(upstream);
    request.resume();
    upstream.destroy();
    link.socket.destroy();
  };
  const fail = (refusal: Refusal): void => {
    if (over) return;
    finish();
    // A body that stops short must not look whole.
    if (response.headersSent) response.destroy();
    else refuse(response, refusal);
  };
  const silent = `${url.host}: nothing moved for ${options.idleMs} ms`;
  const idle = idleWatch(options.clock, options.idleMs, () => {
    if (over) response.destroy();
    else fail({ status: 504, line: silent });
  });

  request.on("error", () => {}); // the browser has left: the answer's `close` tells
  request.on("data", idle.touch);
  response.on("drain", idle.touch);
  response.once("close", () => {
    idle.stop();
    if (!over) finish();
  });
  upstream.on("error", (error) => fail({ status: 502, line: `${url.host}: ${describe(error)}` }));
  upstream.on("close", () => {
    if (!response.headersSent) fail({ status: 502, line: `${url.host}: closed without an answer` });
  });
  upstream.on("response", (answer) => {
    idle.touch();
    answer.on("error", (error) => fail({ status: 502, line: `${url.host}: ${describe(error)}` }));
    // To a browser behind a proxy 407 speaks of that proxy: passed on, it would ask for credentials.
    if (answer.statusCode === 407) {
      fail({ status: 502, line: `${url.host}: asks for proxy credentials` });
      return;
    }
    response.sendDate = false;
    try {
      response.writeHead(answer.statusCode ?? 0, answer.statusMessage ?? "", endToEnd(answer.rawHeaders));
    } catch (error) {
      fail({ status: 502, line: `${url.host}: ${describe(error)}` });
      return;
    }
    response.flushHeaders();
    answer.on("data", () => {
      idle.touch();
      if (!link.withinBudget()) fail({ status: 502, line: `${url.host}: too much for one connection` });
    });
    answer.pipe(response);
    answer.once("end", finish);
  });
  request.pipe(upstream);
}

function requestHeaders(request: http.IncomingMessage, url: URL, authorization: string | null): string[] {
  const headers = endToEnd(request.rawHeaders);
  if (request.headers.host === undefined) headers.push("Host", url.host);
  if (request.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked");
  if (authorization !== null) headers.push("Proxy-Authorization", authorization);
  return headers;
}

function absoluteForm(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}${url.search}`;
}
