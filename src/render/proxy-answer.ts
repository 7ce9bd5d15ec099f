// What the guarded proxy says in its own name: a status and one line of text, over a response or a bare socket.
import { type ServerResponse, STATUS_CODES } from "node:http";
import type net from "node:net";

/** What the browser is told instead of an answer from outside. */
export interface Refusal {
  readonly status: 400 | 403 | 407 | 502 | 503 | 504;
  readonly line: string;
}

export const NEEDS_CREDENTIALS: Refusal = { status: 407, line: "this proxy serves one process alone" };

/** How long a refused connection may take to read its answer. */
const LINGER_MS = 2_000;
const LINE_CHARS_MAX = 500;

export function refuse(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const { body, fields } = messageOf(refusal);
  response.writeHead(refusal.status, fields).end(body);
}

/** For CONNECT, where Node leaves the socket alone. The connection ends with the answer. */
export function refuseTunnel(client: net.Socket, refusal: Refusal): void {
  if (!client.writable) {
    client.destroy();
    return;
  }
  const { body, fields } = messageOf(refusal);
  const lines = [`HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`, "Connection: close"];
  for (const [name, value] of Object.entries(fields)) lines.push(`${name}: ${value}`);
  client.setTimeout(LINGER_MS, () => client.destroy());
  // Read on, lest bytes left unread turn the end into a reset that takes the answer with it.
  client.resume();
  client.end(Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "latin1"), body]));
}

function messageOf(refusal: Refusal): { readonly body: Buffer; readonly fields: Record<string, string> } {
  const line = refusal.line.replace(/[\u0000-\u001f\u007f]+/g, " ").slice(0, LINE_CHARS_MAX);
  const body = Buffer.from(`${line}\n`);
  const fields: Record<string, string> = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": String(body.length),
    "Cache-Control": "no-store",
  };
  if (refusal.status === 407) fields["Proxy-Authenticate"] = 'Basic realm="millrace"';
  return { body, fields };
}
