// One request and its answer over a connection that somebody else lends: undici's handler, kept lean. Collects the head
// and as much of the body as the plan wants; settles once, whatever undici says later. Knows no frontier and no codes' rules.
import type { Dispatcher } from "undici";
import { err, ok, type Result } from "../base/index.ts";
import type { Failure, Headers, Protocol } from "../model/index.ts";
import { Body } from "./body.ts";
import { DialError, failureOf, isGarbled, isHttp2Trouble } from "./exchange-failure.ts";

/** A connection as its exchanges see it. */
export interface Link {
  readonly protocol: Protocol;
  readonly address: string | null;
  /** Requests written to it so far. */
  requests: number;
}

export interface Head {
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
}

/** What to do with the body, decided when the head is there. */
export type Intake =
  | { readonly kind: "discard" }
  | {
      readonly kind: "read";
      readonly bytesMax: number;
      /** Beyond `bytesMax`: fail as too large, or keep what came. */
      readonly beyond: "fail" | "cut";
      /** Looks at the first bytes of a body that goes on; false ends it there. */
      readonly wanted: ((head: Uint8Array) => boolean) | null;
    };

export interface Plan {
  intake(head: Head): Intake;
  readonly drainBytesMax: number;
}

export interface Answer extends Head {
  readonly body: Uint8Array<ArrayBuffer>;
  readonly link: Link;
  /** The body went on beyond what is kept. */
  readonly cut: boolean;
  /** Bytes of the body that came, kept or not. */
  readonly bytes: number;
}

export interface Broken {
  readonly failure: Failure;
  readonly head: Head | null;
  readonly address: string | null;
  readonly bytes: number;
  /** An idle connection that the server had closed meanwhile: worth another try at once. */
  readonly stale: boolean;
  /** The other side's HTTP/2 is at fault. */
  readonly http2: boolean;
  /** The other side's HTTP/1 is no HTTP to a strict parser. */
  readonly garbled: boolean;
}

/** Bytes that MIME sniffing looks at (MIME Sniffing Standard section 5.2). */
export const SNIFF_BYTES = 1445;

export class Exchange implements Dispatcher.DispatchHandler {
  readonly expiresAtMs: number;
  readonly #plan: Plan;
  readonly #done: (result: Result<Answer, Broken>) => void;
  #controller: Dispatcher.DispatchController | null = null;
  #client: { readonly link: Link | null } | null = null;
  #link: Link | null = null;
  #reused = false;
  #began = false;
  #head: Head | null = null;
  #intake: Intake = { kind: "discard" };
  #body: Body | null = null;
  #looked = false;
  #discarded = 0;
  #settled = false;

  constructor(plan: Plan, expiresAtMs: number, done: (result: Result<Answer, Broken>) => void) {
    this.#plan = plan;
    this.expiresAtMs = expiresAtMs;
    this.#done = done;
  }

  /** Told by the client that takes this request; its connection may be another one by the time it is written. */
  attachTo(client: { readonly link: Link | null }): void {
    this.#client = client;
  }

  expire(): void {
    this.#fail({ code: "timeout", message: "not done within the total time-out" });
  }

  /** The caller no longer wants it; nothing is told. */
  abandon(): void {
    this.#settled = true;
    this.#controller?.abort(new Error("abandoned"));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#settled) {
      controller.abort(new Error("abandoned"));
      return;
    }
    // A GOAWAY replay starts the same exchange again on another connection.
    this.#link = this.#client?.link ?? null;
    if (this.#link !== null) this.#reused = this.#link.requests++ > 0;
  }

  onResponseStarted(): void {
    this.#began = true;
  }

  onRequestUpgrade(): void {
    this.#fail({ code: "protocol", message: "the server switched protocols unasked" });
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    fields: NodeJS.Dict<string | string[]>,
    statusText = "",
  ): void {
    if (status < 200 || this.#settled) return;
    this.#began = true;
    const raw = controller.rawHeaders;
    const headers = Array.isArray(raw) ? headersFromRaw(raw) : headersFromObject(fields);
    const head: Head = { status, statusText, headers };
    this.#head = head;
    const intake = this.#plan.intake(head);
    this.#intake = intake;
    const announced = announcedLength(headers);
    if (intake.kind === "discard") {
      if (announced !== null && announced > this.#plan.drainBytesMax) this.#finish(true);
    } else if (announced !== null && announced > intake.bytesMax && intake.beyond === "fail") {
      this.#tooLarge(intake.bytesMax);
    } else this.#body = new Body(announced);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    const intake = this.#intake;
    const body = this.#body;
    if (intake.kind === "discard" || body === null) {
      this.#discarded += chunk.byteLength;
      if (this.#discarded > this.#plan.drainBytesMax) this.#finish(true);
      return;
    }
    if (body.bytes + chunk.byteLength > intake.bytesMax) {
      if (intake.beyond === "fail") this.#tooLarge(intake.bytesMax);
      else {
        body.add(chunk.subarray(0, intake.bytesMax - body.bytes));
        this.#finish(true);
      }
      return;
    }
    body.add(chunk);
    if (intake.wanted !== null && !this.#looked && body.bytes >= SNIFF_BYTES) {
      this.#looked = true;
      if (!intake.wanted(body.head(SNIFF_BYTES))) this.#finish(true);
    }
  }

  onResponseEnd(): void {
    if (!this.#settled) this.#finish(false);
  }

  onResponseError(_controller: Dispatcher.DispatchController | null, error: Error): void {
    if (this.#settled) return;
    const failure = failureOf(error, this.#head !== null);
    const http2 = this.#link?.protocol === "h2" && isHttp2Trouble(error, this.#head !== null);
    const code = "code" in error ? error.code : undefined;
    this.#settle(
      err({
        failure,
        head: this.#head,
        address: error instanceof DialError ? error.dial.address : (this.#link?.address ?? null),
        bytes: this.#bytes,
        stale: this.#reused && !this.#began && (failure.code === "connect" || code === "UND_ERR_SOCKET"),
        http2,
        garbled: this.#head === null && isGarbled(error),
      }),
    );
  }

  get #bytes(): number {
    return this.#discarded + (this.#body?.bytes ?? 0);
  }

  #finish(cut: boolean): void {
    const head = this.#head;
    const link = this.#link;
    if (head === null || link === null) {
      this.#fail({ code: "internal", message: "an answer came over no connection" });
      return;
    }
    const body = this.#body?.take() ?? new Uint8Array(0);
    this.#settle(ok({ ...head, body, link, cut, bytes: this.#bytes }));
    if (cut) this.#controller?.abort(new Error("enough"));
  }

  #tooLarge(bytesMax: number): void {
    this.#fail({ code: "too_large", message: `the body is larger than ${bytesMax} bytes` });
  }

  #fail(failure: Failure): void {
    if (this.#settled) return;
    this.#settle(
      err({
        failure,
        head: this.#head,
        address: this.#link?.address ?? null,
        bytes: this.#bytes,
        stale: false,
        http2: false,
        garbled: false,
      }),
    );
    this.#controller?.abort(new Error(failure.message));
  }

  #settle(result: Result<Answer, Broken>): void {
    this.#settled = true;
    this.#done(result);
  }
}

/** Content-Length when it is one plain number. */
function announcedLength(headers: Headers): number | null {
  for (const [name, value] of headers) {
    if (name === "content-length") return /^\d{1,15}$/.test(value) ? Number(value) : null;
  }
  return null;
}

function headersFromRaw(raw: readonly (Buffer | string)[]): Headers {
  const headers: (readonly [string, string])[] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) {
    headers.push([text(raw[at]).toLowerCase(), text(raw[at + 1])]);
  }
  return headers;
}

function text(bytes: Buffer | string | undefined): string {
  return typeof bytes === "string" ? bytes : (bytes?.toString("latin1") ?? "");
}

function headersFromObject(fields: NodeJS.Dict<string | string[]>): Headers {
  const headers: (readonly [string, string])[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(":") || value === undefined) continue;
    if (typeof value === "string") headers.push([name, value]);
    else for (const one of value) headers.push([name, one]);
  }
  return headers;
}
