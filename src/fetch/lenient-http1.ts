// A reader of HTTP/1 answers that a strict parser refuses and a browser shows: lines without a colon, folded lines, equal
// lengths said twice, lengths that are no number, an unasked 100. Used only after the strict one gave up, on a connection
// of its own that is closed afterwards, so that nothing it lets pass can reach another answer. Drives the same Exchange.
import type { Socket } from "node:net";
import type { Dispatcher } from "undici";
import type { Dialer, DialTarget } from "../net/index.ts";
import { Chunks } from "./chunks.ts";
import type { Exchange } from "./exchange.ts";
import { DialError } from "./exchange-failure.ts";

export interface LenientRequest {
  readonly target: DialTarget;
  /** As in the Host field. */
  readonly authority: string;
  /** Origin form, or absolute form for a forwarding proxy. */
  readonly path: string;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  readonly headerBytesMax: number;
}

/** Runs the exchange over a fresh connection; the exchange tells its own end. Resolves when the connection is done with. */
export async function lenientGet(
  dialer: Dialer,
  request: LenientRequest,
  exchange: Exchange,
  signal: AbortSignal,
): Promise<void> {
  const dialled = await dialer.dial(request.target, signal);
  if (!dialled.ok) {
    exchange.onResponseError(null, new DialError(dialled.error));
    return;
  }
  const { socket, address } = dialled.value;
  const controller = new SocketController(socket);
  exchange.attachTo({ link: { protocol: "http/1.1", address, requests: 0 } });
  const reader = new Reader(exchange, controller, request.headerBytesMax);
  const closed = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  socket.on("error", (error) => reader.fail(error));
  socket.on("end", () => reader.end());
  socket.on("close", () => reader.fail(new Error("closed")));
  socket.on("data", (chunk) => reader.add(chunk));
  // Told to the exchange by "close": its own end, or the stage's.
  const onAbort = (): void => void socket.destroy();
  signal.addEventListener("abort", onAbort, { once: true });
  exchange.onRequestStart(controller);
  if (!socket.destroyed) socket.write(headOf(request), "latin1");
  await closed;
  signal.removeEventListener("abort", onAbort);
}

function headOf(request: LenientRequest): string {
  const lines = [`GET ${request.path} HTTP/1.1`, `host: ${request.authority}`, "connection: close"];
  for (let at = 0; at + 1 < request.headers.length; at += 2) {
    lines.push(`${request.headers[at]}: ${request.headers[at + 1]}`);
  }
  return `${lines.join("\r\n")}\r\n\r\n`;
}

class SocketController implements Dispatcher.DispatchController {
  readonly #socket: Socket;
  aborted = false;
  paused = false;
  reason: Error | null = null;
  rawHeaders: string[] | null = null;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  abort(reason: Error): void {
    this.aborted = true;
    this.reason = reason;
    this.#socket.destroy();
  }

  pause(): void {
    this.paused = true;
    this.#socket.pause();
  }

  resume(): void {
    this.paused = false;
    this.#socket.resume();
  }
}

type Framing = { readonly kind: "close" } | { readonly kind: "length"; left: number } | Chunks;

class Reader {
  readonly #exchange: Exchange;
  readonly #controller: SocketController;
  readonly #headerBytesMax: number;
  #head: Buffer = Buffer.alloc(0);
  #headBytes = 0;
  #framing: Framing | null = null;
  #done = false;

  constructor(exchange: Exchange, controller: SocketController, headerBytesMax: number) {
    this.#exchange = exchange;
    this.#controller = controller;
    this.#headerBytesMax = headerBytesMax;
  }

  add(chunk: Buffer): void {
    if (this.#done) return;
    if (this.#framing !== null) this.#body(chunk);
    else this.#readHead(chunk);
  }

  end(): void {
    if (this.#framing?.kind === "close") this.#complete();
    else this.fail(new Error("the answer ended early"));
  }

  fail(error: Error): void {
    if (this.#done) return;
    this.#done = true;
    this.#exchange.onResponseError(this.#controller, error);
    this.#controller.abort(error);
  }

  #complete(): void {
    if (this.#done) return;
    this.#done = true;
    this.#exchange.onResponseEnd();
    this.#controller.abort(new Error("done"));
  }

  #readHead(chunk: Buffer): void {
    this.#headBytes += chunk.length;
    this.#head = this.#head.length === 0 ? chunk : Buffer.concat([this.#head, chunk]);
    for (;;) {
      const text = this.#head.toString("latin1", 0, this.#headerBytesMax + 4);
      const found = /\r?\n\r?\n/.exec(text);
      if (found === null) {
        if (this.#headBytes > this.#headerBytesMax)
          this.fail(new Error("the header fields exceed the limit"));
        return;
      }
      const head = parseHead(text.slice(0, found.index));
      const rest = this.#head.subarray(found.index + found[0].length);
      if (head === null) this.fail(new Error("the answer does not begin with a status line"));
      else if (head.status === 101) this.fail(new Error("the server switched protocols unasked"));
      else if (head.status >= 200) this.#start(head, rest);
      else {
        // An interim answer: the next head follows.
        this.#head = rest;
        continue;
      }
      return;
    }
  }

  #start(head: ParsedHead, rest: Buffer): void {
    const framing = framingOf(head);
    if (typeof framing === "string") {
      this.fail(new Error(framing));
      return;
    }
    this.#framing = framing;
    this.#head = Buffer.alloc(0);
    this.#controller.rawHeaders = head.fields.flat();
    this.#exchange.onResponseStart(this.#controller, head.status, {}, head.reason);
    if (this.#controller.aborted) this.#done = true;
    else if (framing.kind === "length" && framing.left === 0) this.#complete();
    else if (rest.length > 0) this.#body(rest);
  }

  #body(chunk: Buffer): void {
    const framing = this.#framing;
    if (framing === null) return;
    if (framing instanceof Chunks) {
      for (const data of framing.add(chunk)) this.#data(data);
      if (framing.state === "broken") this.fail(new Error("a chunk is broken"));
      else if (framing.state === "complete") this.#complete();
    } else if (framing.kind === "close") this.#data(chunk);
    else {
      const data = chunk.subarray(0, framing.left);
      framing.left -= data.length;
      this.#data(data);
      if (framing.left === 0) this.#complete();
    }
  }

  #data(data: Buffer): void {
    if (this.#done || data.length === 0) return;
    this.#exchange.onResponseData(this.#controller, data);
    if (this.#controller.aborted) this.#done = true;
  }
}

interface ParsedHead {
  readonly status: number;
  readonly reason: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Null when there is no status line. Lines that are no field are passed over, as browsers do. */
export function parseHead(text: string): ParsedHead | null {
  const [first = "", ...lines] = text.replace(/^[\r\n]+/, "").split(/\r?\n/);
  const match = /^HTTP\/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?$/.exec(first);
  if (match === null) return null;
  const fields: [string, string][] = [];
  for (const line of lines) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line)) {
      if (last !== undefined) last[1] = `${last[1]} ${line.trim()}`.trim();
      continue;
    }
    const at = line.indexOf(":");
    const name = line.slice(0, Math.max(0, at)).trimEnd().toLowerCase();
    if (/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) fields.push([name, line.slice(at + 1).trim()]);
  }
  return { status: Number(match[1]), reason: match[2] ?? "", fields };
}

/** RFC 9112 section 6.3; a string says why the answer is refused: lengths that differ smell of smuggling. */
function framingOf(head: ParsedHead): Framing | string {
  if (head.status === 204 || head.status === 304) return { kind: "length", left: 0 };
  const values = (wanted: string): string[] =>
    head.fields.flatMap(([name, value]) =>
      name === wanted ? value.split(",").map((part) => part.trim().toLowerCase()) : [],
    );
  if (values("transfer-encoding").includes("chunked")) return new Chunks();
  const lengths = new Set(
    values("content-length")
      .filter((length) => /^\d{1,15}$/.test(length))
      .map(Number),
  );
  if (lengths.size > 1) return "several lengths that differ";
  for (const left of lengths) return { kind: "length", left };
  return { kind: "close" };
}
