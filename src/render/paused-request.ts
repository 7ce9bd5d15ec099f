// One request that waits for a word: before it leaves, or with its answer's head at hand. What may be done with it, in the
// terms of the browser's Fetch domain. Each ends its wait; none is tried twice.
import type { DevToolsSession } from "./devtools.ts";

/** Of an answer, in its order. */
export type AnswerFields = readonly { readonly name: string; readonly value: string }[];

interface PausedEvent {
  readonly requestId: string;
  /** As the page's own session calls it. */
  readonly networkId?: string;
  readonly frameId: string;
  readonly resourceType: string;
  readonly request: { readonly url: string; readonly method: string; readonly headers: object };
  readonly responseStatusCode?: number;
  readonly responseErrorReason?: string;
  readonly responseHeaders?: AnswerFields;
}

const STREAM_READ_BYTES = 1024 * 1024;
/** An answer that was read has neither of these any more. */
const OF_THE_WIRE: ReadonlySet<string> = new Set([
  "content-encoding",
  "content-length",
  "transfer-encoding",
  "connection",
  "keep-alive",
]);

export class PausedRequest {
  readonly #session: DevToolsSession;
  readonly #event: PausedEvent;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(session: DevToolsSession, event: PausedEvent) {
    this.#session = session;
    this.#event = event;
    this.#headers = Object.fromEntries(
      Object.entries(event.request.headers).map(([name, value]) => [name.toLowerCase(), String(value)]),
    );
  }

  /** The same before it leaves and with its answer; another after a redirect. */
  get id(): string {
    return this.#event.requestId;
  }
  /** As the page's own session calls it; null where that does not know it. */
  get networkId(): string | null {
    return this.#event.networkId ?? null;
  }
  /** Of the frame that asks, or that the worker belongs to. */
  get frame(): string {
    return this.#event.frameId;
  }
  /** In lower case: "document", "script", "xhr" … */
  get type(): string {
    return this.#event.resourceType.toLowerCase();
  }
  get url(): string {
    return this.#event.request.url;
  }
  get method(): string {
    return this.#event.request.method;
  }
  /** By lower-case name, as far as the page and its cookies make them: not what the network adds. */
  get headers(): Readonly<Record<string, string>> {
    return this.#headers;
  }
  /** True with the answer's head, or its failure, at hand. */
  get isAnswered(): boolean {
    return this.status !== null || this.#event.responseErrorReason !== undefined;
  }
  /** Null before it is answered, and where no answer came. */
  get status(): number | null {
    return this.#event.responseStatusCode ?? null;
  }
  get fields(): AnswerFields {
    return this.#event.responseHeaders ?? [];
  }

  /** Gives an answer in the site's place. */
  async fulfil(status: number, fields: AnswerFields, body: Buffer | null): Promise<void> {
    await this.#session.send("Fetch.fulfillRequest", {
      requestId: this.id,
      responseCode: status,
      responseHeaders: fields.filter(({ name }) => !OF_THE_WIRE.has(name.toLowerCase())),
      ...(body === null ? {} : { body: body.toString("base64") }),
    });
  }

  async refuse(): Promise<void> {
    await this.#session.send("Fetch.failRequest", { requestId: this.id, errorReason: "BlockedByClient" });
  }

  /** Lets it leave; its answer comes by here where it is `watched`. `more`: fields beside its own. */
  async letGo({ watched = false, more = {} }: LeaveOptions = {}): Promise<void> {
    const added = Object.entries(more).map(([name, value]) => ({ name, value }));
    // Cookies are added on the way.
    const own = Object.entries(this.#event.request.headers)
      .filter(([name]) => name.toLowerCase() !== "cookie")
      .map(([name, value]) => ({ name, value }));
    await this.#session.send("Fetch.continueRequest", {
      requestId: this.id,
      ...(watched ? { interceptResponse: true } : {}),
      ...(added.length === 0 ? {} : { headers: [...own, ...added] }),
    });
  }

  /** Lets the answer, or its failure, come to the page as it is. */
  async pass(): Promise<void> {
    const requestId = this.id;
    if (this.status !== null) await this.#session.send("Fetch.continueResponse", { requestId });
    else await this.#session.send("Fetch.failRequest", { requestId, errorReason: "Failed" });
  }

  /** The answer's body as the page would read it; null when it is longer. After it only `fulfil` and `refuse` are left. */
  async body(bytesMax: number): Promise<Buffer | null> {
    const session = this.#session;
    const { stream: handle } = await session.send("Fetch.takeResponseBodyAsStream", { requestId: this.id });
    const parts: Buffer[] = [];
    let bytes = 0;
    try {
      for (;;) {
        const { data, base64Encoded, eof } = await session.send("IO.read", {
          handle,
          size: STREAM_READ_BYTES,
        });
        const part = Buffer.from(data, base64Encoded ? "base64" : "utf8");
        bytes += part.length;
        if (bytes > bytesMax) return null;
        parts.push(part);
        if (eof) return Buffer.concat(parts, bytes);
      }
    } finally {
      await session.send("IO.close", { handle });
    }
  }
}

interface LeaveOptions {
  readonly watched?: boolean;
  readonly more?: Readonly<Record<string, string>>;
}
