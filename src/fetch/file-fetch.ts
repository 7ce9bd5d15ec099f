// One file that is no page (a picture): asked for once, read up to its limit, judged by its status alone. Follows no redirect
// and waits for no host, as the stage does not; what the bytes are is for who asked.
import { type Clock, err, inflateBody, ok, type Result } from "../base/index.ts";
import { type Failure, type FetchReport, type Headers, header } from "../model/index.ts";
import type { Dialer } from "../net/index.ts";
import { createHttpClient } from "./client.ts";
import type { Answer, Broken, Plan } from "./exchange.ts";
import { isRedirect, redirectTarget } from "./location.ts";
import { isCoded } from "./media-type.ts";
import type { FetchOptions } from "./options.ts";
import { parseHeaderField } from "./request-headers.ts";

export interface FileWishes {
  /** The Accept field. */
  readonly accept: string;
  /** Of the body, on the wire and without its content codings. */
  readonly bytesMax: number;
  /** Asked of the first bytes of a longer body: false ends it there. */
  readonly wanted: (head: Uint8Array) => boolean;
}

export type FileAnswer =
  | {
      readonly kind: "file";
      readonly headers: Headers;
      /** Without content codings; its beginning alone where it was not wanted. */
      readonly bytes: Uint8Array;
      readonly isWhole: boolean;
    }
  | { readonly kind: "redirect"; readonly target: string };

export interface FileFetcher {
  /** What the request came to, and its report for the host's clock. Rejects only with the signal's reason. */
  get(
    url: string,
    host: string,
    wishes: FileWishes,
    signal: AbortSignal,
  ): Promise<{ readonly report: FetchReport; readonly answer: Result<FileAnswer, Failure> }>;
  /** Breaks off what is under way. */
  destroy(reason: Error): Promise<void>;
}

export interface FileFetcherParts {
  readonly options: FetchOptions;
  readonly dialer: Dialer;
  readonly clock: Clock;
  /** For the default User-Agent. */
  readonly version: string;
}

export function createFileFetcher({ options, dialer, clock, version }: FileFetcherParts): FileFetcher {
  const client = createHttpClient(dialer, options, clock);
  const constant = constantFields(options, version);
  return {
    async get(address, host, wishes, signal) {
      const url = new URL(address);
      const headers = [...constant, "accept", wishes.accept];
      const forward = url.protocol === "http:" ? (dialer.forwardProxy?.authorization ?? null) : null;
      if (forward !== null) headers.push("proxy-authorization", forward);
      const startedAtMs = clock.nowMs();
      const startMs = clock.monotonicMs();
      const result = await client.get(url, headers, planOf(wishes, options), signal);
      const elapsedMs = clock.monotonicMs() - startMs;
      const report = reportOf(host, result, startedAtMs, elapsedMs);
      return {
        report,
        answer: result.ok ? judged(address, result.value, wishes) : err(result.error.failure),
      };
    },
    destroy: (reason) => client.destroy(reason),
  };
}

function constantFields(options: FetchOptions, version: string): string[] {
  const fields = new Map([
    ["user-agent", options.userAgent ?? `millrace/${version}`],
    // Pictures are compressed already.
    ["accept-encoding", "identity"],
    ["accept-language", options.acceptLanguage],
  ]);
  for (const field of options.headers) {
    const parsed = parseHeaderField(field);
    if (parsed.ok && parsed.value[0] !== "accept") fields.set(parsed.value[0], parsed.value[1]);
  }
  return [...fields].flat();
}

function planOf({ bytesMax, wanted }: FileWishes, { drainBytesMax }: FetchOptions): Plan {
  return {
    drainBytesMax,
    intake: ({ status, headers }) =>
      status >= 200 && status <= 299 && status !== 206
        ? // Coded bytes say nothing of the file.
          { kind: "read", bytesMax, beyond: "fail", wanted: isCoded(headers) ? null : wanted }
        : { kind: "discard" },
  };
}

function judged(url: string, answer: Answer, { bytesMax }: FileWishes): Result<FileAnswer, Failure> {
  const { status, headers, body, cut } = answer;
  if (isRedirect(status)) {
    const target = redirectTarget(url, headers);
    return target.ok ? ok({ kind: "redirect", target: target.value }) : target;
  }
  if (status === 206)
    return err({ code: "protocol", message: "a part (206) of what was asked for in whole" });
  if (status < 200 || status > 299) return err({ code: "status", message: `HTTP status ${status}` });
  if (cut) return ok({ kind: "file", headers, bytes: body, isWhole: false });
  const limits = { outputBytesMax: bytesMax, encodingsMax: 2 };
  const inflated = inflateBody(body, header(headers, "content-encoding"), limits);
  if (!inflated.ok) return err({ code: inflated.error.code, message: inflated.error.message });
  if (inflated.value.truncated) return err({ code: "truncated", message: "the compressed body ends early" });
  return ok({ kind: "file", headers, bytes: inflated.value.bytes, isWhole: true });
}

function reportOf(
  host: string,
  result: Result<Answer, Broken>,
  startedAtMs: number,
  elapsedMs: number,
): FetchReport {
  const head = result.ok ? result.value : result.error.head;
  return {
    captureId: "",
    host,
    address: result.ok ? result.value.link.address : result.error.address,
    startedAtMs,
    elapsedMs,
    status: head?.status ?? null,
    failure: result.ok ? null : result.error.failure,
    retryAfter: head === null ? null : header(head.headers, "retry-after"),
    bytes: result.ok ? result.value.bytes : result.error.bytes,
  };
}
