// What one page asks for, and what of it is granted: its document from what was fetched, no further document, no kind or
// host that is blocked, no more than so many; from the cache what is there. Counts what each host is asked. Knows no DOM.
import { type Clock, within } from "../base/index.ts";
import type { AnsweredDocument } from "./answered-document.ts";
import { type AnswerHead, isForAll, isShareable } from "./cache-rules.ts";
import type { DevToolsSession } from "./devtools.ts";
import type { RequestJudge } from "./interception.ts";
import type { RenderOptions } from "./options.ts";
import type { AnswerFields, PausedRequest } from "./paused-request.ts";
import type { KeptAnswer, StaleAnswer, SubresourceCache } from "./subresource-cache.ts";

export interface TrafficParts {
  readonly document: AnsweredDocument;
  readonly options: RenderOptions;
  readonly clock: Clock;
  readonly cache: SubresourceCache;
  readonly isBlockedHost: (hostname: string) => boolean;
  /** Whether the page has cookies for it. */
  readonly hasCookies: (url: string) => Promise<boolean>;
}

/** Kinds of requests whose answer may change the document. */
const AWAITED: ReadonlySet<string> = new Set(["script", "xhr", "fetch", "document", "stylesheet"]);
/** What only tells others of the page, or is for pages that nobody will open. */
const NEVER: ReadonlySet<string> = new Set(["ping", "cspviolationreport", "prefetch"]);
/** How long another page's answer to the same is waited for. */
const SHARED_WAIT_MS = 2_000;
/** Of what may be kept and does not say how long it is; a page gets no more of it. */
const READ_BYTES_MAX = 32 * 1024 * 1024;

/** What opens one is named so in any script, however short its other names are. */
const SOCKET = "WebSocket";

/** Somebody's request to the site that may end in the cache. */
interface Flight {
  readonly stale: StaleAnswer | null;
  land(): void;
}

export class Traffic implements RequestJudge {
  readonly #mainFrame: string;
  readonly #load: TrafficParts;
  /** Requests on their way that may change the document, as the page's session calls them. */
  readonly #pending = new Set<string>();
  readonly #flights = new Map<string, Flight>();
  readonly #asked = new Map<string, number>();
  readonly #closed = new AbortController();
  #isAnswered = false;
  #busyAtMs = 0;
  #requests = 0;
  leadsTo: string | null = null;

  /** `session`: tells of requests already. */
  constructor(session: DevToolsSession, mainFrame: string, load: TrafficParts) {
    this.#mainFrame = mainFrame;
    this.#load = load;
    session.on("Network.requestWillBeSent", ({ requestId, type = "Other" }) => {
      if (AWAITED.has(type.toLowerCase())) this.#pending.add(requestId);
    });
    session.on("Network.loadingFinished", ({ requestId }) => this.#arrived(requestId));
    session.on("Network.loadingFailed", ({ requestId }) => this.#arrived(requestId));
  }

  #arrived(id: string): void {
    if (this.#pending.delete(id)) this.#busyAtMs = this.#load.clock.monotonicMs();
  }

  /** Whether a request that may change the document is on its way. */
  get isBusy(): boolean {
    return this.#pending.size > 0;
  }

  /** When a request that may change the document was last on its way. Now, while anything is. */
  get busyAtMs(): number {
    return this.isBusy ? this.#load.clock.monotonicMs() : this.#busyAtMs;
  }

  /** Requests that left for each origin: neither what was refused nor what the cache had. */
  get requests(): ReadonlyMap<string, number> {
    return this.#asked;
  }

  /** Nobody waits for this page's requests any more. */
  close(): void {
    this.#closed.abort();
    for (const { land } of this.#flights.values()) land();
    this.#flights.clear();
  }

  /** Never rejects: what cannot be answered any more belongs to a page that is gone. */
  async asked(request: PausedRequest): Promise<void> {
    try {
      await this.#decide(request);
    } catch {
      await request.refuse().catch(() => undefined);
    }
  }

  /** Never rejects. */
  async answered(request: PausedRequest): Promise<void> {
    const flight = this.#flights.get(request.id);
    this.#flights.delete(request.id);
    this.#arrived(request.id);
    try {
      if (flight === undefined) await request.pass();
      else await this.#keep(request, flight);
    } catch {
      await request.refuse().catch(() => undefined);
    } finally {
      flight?.land();
    }
  }

  #decide(request: PausedRequest): Promise<void> {
    const { options, isBlockedHost } = this.#load;
    if (request.type === "document" && request.frame === this.#mainFrame) return this.#navigate(request);
    const url = URL.parse(request.url);
    // What the page brought along itself.
    if (url === null || !/^https?:$/.test(url.protocol)) return request.letGo();
    const kind = kindOf(request);
    const isBlocked = options.blockedTypes.some((blocked) => blocked === kind) || NEVER.has(kind);
    if (isBlocked || isBlockedHost(url.hostname)) return request.refuse();
    if (++this.#requests > options.requestsPerPageMax) return request.refuse();
    return isShareable(request) ? this.#share(request, url.origin) : this.#leave(request, url.origin);
  }

  #navigate(request: PausedRequest): Promise<void> {
    const { status, fields, body } = this.#load.document;
    if (!this.#isAnswered) {
      this.#isAnswered = true;
      return request.fulfil(status, fields, body);
    }
    this.leadsTo ??= request.url;
    // No content: the document stays. A refusal would put the browser's own page in its place.
    return request.fulfil(204, [], null);
  }

  /** To the site, unless it was asked often enough. */
  async #leave(request: PausedRequest, origin: string, flight: Flight | null = null): Promise<void> {
    const count = this.#asked.get(origin) ?? 0;
    if (count >= this.#load.options.requestsPerHostMax) {
      flight?.land();
      return request.refuse();
    }
    this.#asked.set(origin, count + 1);
    if (flight === null) {
      if (!AWAITED.has(request.type) || this.#pending.has(request.networkId ?? "")) return request.letGo();
      // A worker's: its end is not told, so it is awaited until its answer begins.
      this.#pending.add(request.id);
      return request.letGo({ watched: true });
    }
    this.#flights.set(request.id, flight);
    await request.letGo({ watched: true, more: flight.stale?.conditions ?? {} });
  }

  /** From the cache, from the answer that another page is just getting, or from the site. */
  async #share(request: PausedRequest, origin: string): Promise<void> {
    const { cache } = this.#load;
    for (let hasWaited = false; ; hasWaited = true) {
      const kept = cache.find(request);
      if (kept !== null && !this.#mayOpenSockets(kept)) return give(request, kept);
      const boarded = cache.board(request.url);
      if ("land" in boarded) {
        const stale = cache.findStale(request);
        return this.#leave(request, origin, { stale, land: boarded.land });
      }
      if (hasWaited) return this.#leave(request, origin);
      await within(this.#load.clock, SHARED_WAIT_MS, boarded.landed, this.#closed.signal);
    }
  }

  /**
   * The browser tells the proxy its credentials only after a request: with nothing but answers from the cache, the page's
   * sockets would be turned away.
   */
  #mayOpenSockets({ body }: KeptAnswer): boolean {
    return this.#asked.size === 0 && (body.includes(SOCKET) || this.#load.document.body.includes(SOCKET));
  }

  async #keep(request: PausedRequest, { stale }: Flight): Promise<void> {
    const { cache, hasCookies } = this.#load;
    const { status, fields } = request;
    if (status === null) return request.pass();
    const head: AnswerHead = { status, headers: joined(fields) };
    if (status === 304 && stale !== null) return give(request, stale.refresh(request, head));
    if (!cache.mayKeep(request, head)) return request.pass();
    // The browser does not show that an answer sets cookies: they are there by now.
    if (!isForAll(head) && (await hasCookies(request.url))) return request.pass();
    const body = await request.body(READ_BYTES_MAX);
    if (body === null) return request.refuse();
    cache.keep(request, head, body);
    return request.fulfil(status, fields, body);
  }
}

const give = (request: PausedRequest, { headers, body }: KeptAnswer): Promise<void> =>
  request.fulfil(
    200,
    Object.entries(headers).map(([name, value]) => ({ name, value })),
    body,
  );

/** The browser calls a stream of events a fetch as well, and an icon something else. */
function kindOf({ type, headers }: PausedRequest): string {
  const { accept = "" } = headers;
  if (accept.includes("text/event-stream")) return "eventsource";
  if (type === "other" && accept.startsWith("image/")) return "image";
  return type === "texttrack" ? "media" : type;
}

/** Fields of one name as one (RFC 9110 section 5.3). */
function joined(fields: AnswerFields): Record<string, string> {
  const record: Record<string, string> = {};
  for (const { name, value } of fields) {
    const lower = name.toLowerCase();
    const before = record[lower];
    record[lower] = before === undefined ? value : `${before}, ${value}`;
  }
  return record;
}
