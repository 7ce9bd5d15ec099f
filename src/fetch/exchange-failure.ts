// What went wrong in an exchange, as the failure codes have it. The same error means another thing before the answer's
// head (nobody answered rightly) and after it (the body was cut short).
import { describe } from "../base/index.ts";
import type { Failure } from "../model/index.ts";
import type { DialFailure } from "../net/index.ts";

/** Carries a failed dial through undici, which knows only errors. */
export class DialError extends Error {
  override readonly name = "DialError";
  readonly dial: DialFailure;

  constructor(dial: DialFailure) {
    super(dial.failure.message);
    this.dial = dial;
  }
}

const TIMEOUTS: Readonly<Record<string, string>> = {
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "the body stood still for too long",
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  ETIMEDOUT: "the connection timed out",
};

const CUT = new Set(["ECONNRESET", "EPIPE", "ECONNABORTED", "EHOSTUNREACH", "ENETUNREACH", "ENOTCONN"]);

/** `head`: the final status line and fields had come. */
export function failureOf(error: Error, head: boolean): Failure {
  if (error instanceof DialError) return error.dial.failure;
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  const what = describe(error);
  const failure = (named: Failure["code"], message: string): Failure => ({
    code: named,
    message,
    cause: error,
  });

  const timeout = TIMEOUTS[code];
  if (timeout !== undefined) return failure("timeout", timeout);
  if (code === "UND_ERR_DESTROYED" || code === "UND_ERR_CLOSED") {
    return {
      code: "connect",
      message: "the fetcher was stopped",
      transient: true,
      hostFault: false,
      cause: error,
    };
  }
  if (code === "UND_ERR_HEADERS_OVERFLOW") {
    return {
      code: "protocol",
      message: "the header fields exceed the limit",
      transient: false,
      cause: error,
    };
  }
  if (head) return failure("truncated", `the body was cut short: ${what}`);
  if (CUT.has(code)) return failure("connect", `the connection was cut before an answer: ${what}`);
  if (code === "UND_ERR_SOCKET" && error.message === "other side closed") {
    return failure("protocol", "the server closed the connection without an answer");
  }
  return failure("protocol", what);
}

/**
 * HTTP/2 did not work between us and this server; HTTP/1.1 may. After the answer's `head` only a GOAWAY and a breach of the
 * protocol count: a lost connection or a reset stream may have any cause there.
 */
export function isHttp2Trouble(error: Error, head: boolean): boolean {
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (head) return code === "ERR_HTTP2_ERROR" || error.message.includes("GOAWAY");
  return (
    code === "UND_ERR_INFO" ||
    code === "UND_ERR_SOCKET" ||
    code.startsWith("ERR_HTTP2_") ||
    // SETTINGS_MAX_CONCURRENT_STREAMS 0, kept up until the deadline.
    (code === "UND_ERR_HEADERS_TIMEOUT" && error.message.includes("did not accept a new stream"))
  );
}

/** What llhttp says of bytes that are no HTTP at all, or that ended: nothing for a lenient reader either. */
const NO_HTTP = /Expected HTTP\/|EOF|HTTP version/i;

/** A strict parser gave up on a head that is HTTP/1 after all, only not to the letter. */
export function isGarbled(error: Error): boolean {
  if (error.name === "HTTPParserError") return !NO_HTTP.test(error.message);
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  // undici takes a second Content-Length for more digits of the first, and an unasked 100 for a bad response.
  return (
    code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH" ||
    (code === "UND_ERR_SOCKET" && error.message === "bad response")
  );
}
