// A browser's DevTools protocol over a pair of pipes: JSON messages, each ended by a zero byte; answers found by their number,
// events by their session. The types are the driver's. Knows no command and no page.
import type { Readable, Writable } from "node:stream";
import type { CDPSession } from "playwright-core";
import { z } from "zod";
import { asError } from "../base/index.ts";

/** What a session of the driver can do as well. */
export interface DevToolsSession {
  readonly send: CDPSession["send"];
  readonly on: CDPSession["on"];
}

/** A message that is longer ends the connection: documents and pictures are limited far below. */
const MESSAGE_BYTES_MAX = 256 * 1024 * 1024;

const message = z.object({
  id: z.int().optional(),
  sessionId: z.string().optional(),
  method: z.string().optional(),
  params: z.unknown().optional(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});

type Listener = (payload: never) => void;

interface Asked {
  readonly session: string;
  readonly resolve: (answer: never) => void;
  readonly reject: (error: Error) => void;
}

/** The browser's own session has no name. */
const OF_THE_BROWSER = "";

export class DevTools {
  readonly #out: Writable;
  readonly #asked = new Map<number, Asked>();
  readonly #listeners = new Map<string, Map<string, Listener[]>>();
  #last = 0;
  #parts: Buffer[] = [];
  #bytes = 0;
  #ended: Error | null = null;
  readonly #onEnd = Promise.withResolvers<Error>();
  readonly browser: DevToolsSession;

  constructor(input: Readable, output: Writable) {
    this.#out = output;
    this.browser = this.session(OF_THE_BROWSER);
    input.on("data", (chunk: Buffer) => this.#take(chunk));
    input.on("end", () => this.end(new Error("the browser is gone")));
    for (const stream of [input, output]) stream.on("error", (error) => this.end(error));
    this.browser.on("Target.detachedFromTarget", ({ sessionId }) => this.forget(sessionId));
  }

  /** Resolves with why when there is nobody to talk to any more. */
  get ended(): Promise<Error> {
    return this.#onEnd.promise;
  }

  /** `id`: as the browser named it. Its commands reject when its target is gone. */
  session(id: string): DevToolsSession {
    const listeners = new Map<string, Listener[]>();
    this.#listeners.set(id, listeners);
    const on = (event: string, listener: Listener): void => {
      listeners.set(event, [...(listeners.get(event) ?? []), listener]);
    };
    return {
      send: (method, params) => this.#send(id, method, params),
      // Which payload belongs to which event only the protocol's own description says.
      on: on as unknown as CDPSession["on"],
    };
  }

  /** Whoever waits for an answer is told why there is none. */
  end(why: Error): void {
    if (this.#ended !== null) return;
    this.#ended = why;
    this.#parts = [];
    for (const { reject } of this.#asked.values()) reject(why);
    this.#asked.clear();
    this.#listeners.clear();
    this.#onEnd.resolve(why);
  }

  #send(session: string, method: string, params: object | undefined): Promise<never> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    if (!this.#listeners.has(session)) return Promise.reject(new Error("the page is gone"));
    const id = ++this.#last;
    const named = session === OF_THE_BROWSER ? {} : { sessionId: session };
    const { promise, resolve, reject } = Promise.withResolvers<never>();
    this.#asked.set(id, { session, resolve, reject });
    this.#out.write(`${JSON.stringify({ id, method, params: params ?? {}, ...named })}\0`);
    return promise;
  }

  #take(chunk: Buffer): void {
    for (let from = 0; from < chunk.length && this.#ended === null; ) {
      const end = chunk.indexOf(0, from);
      const part = chunk.subarray(from, end < 0 ? chunk.length : end);
      this.#parts.push(part);
      this.#bytes += part.length;
      if (this.#bytes > MESSAGE_BYTES_MAX) this.end(new Error("the browser says too much at once"));
      if (end < 0 || this.#ended !== null) return;
      const text = Buffer.concat(this.#parts, this.#bytes).toString("utf8");
      this.#parts = [];
      this.#bytes = 0;
      from = end + 1;
      try {
        this.#hear(text);
      } catch (thrown) {
        this.end(asError(thrown));
      }
    }
  }

  #hear(text: string): void {
    const { id, sessionId = OF_THE_BROWSER, method, params, result, error } = message.parse(JSON.parse(text));
    if (id === undefined) {
      if (method === undefined) return;
      for (const listener of this.#listeners.get(sessionId)?.get(method) ?? []) listener(params as never);
      return;
    }
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (error === undefined) asked?.resolve(result as never);
    else asked?.reject(new Error(error.message));
  }

  /** A session that ended: who waits for an answer of it is told. A second call does nothing. */
  forget(session: string): void {
    this.#listeners.delete(session);
    for (const [id, asked] of this.#asked) {
      if (asked.session !== session) continue;
      this.#asked.delete(id);
      asked.reject(new Error("the page is gone"));
    }
  }
}
