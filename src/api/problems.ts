// Every error as RFC 9457 `application/problem+json`: the kinds there are, with their status and title, and how what Fastify
// and the routes throw becomes one. Says nothing of the program's inside: an unexpected error is logged and answered as 500.
import { type IncomingMessage, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from "fastify-type-provider-zod";
import { z } from "zod";
import { NotConnected } from "../engine/index.ts";
import { CursorInvalid } from "../store/index.ts";

/** Kind → status and title. The type of each is `urn:millrace:problem:KIND`. */
const KINDS = {
  "invalid-request": [400, "The request is not valid"],
  "malformed-json": [400, "The body is no JSON"],
  "invalid-cursor": [400, "The cursor is not one of this list"],
  unauthorized: [401, "A valid token is needed"],
  forbidden: [403, "The token's role is not enough"],
  "not-found": [404, "There is no such thing"],
  "method-not-allowed": [405, "The method is not allowed here"],
  "request-timeout": [408, "The request did not come in time"],
  conflict: [409, "It is there already"],
  "idempotency-key-reused": [409, "The idempotency key was used for something else"],
  "body-too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "The body must be application/json"],
  "invalid-url": [422, "The URL cannot be fetched"],
  "blocked-address": [422, "The address is not to be reached from here"],
  "unknown-recipe": [422, "The recipe is not one for this URL"],
  "headers-too-large": [431, "The request's head is too large"],
  "too-many-requests": [429, "Too many requests"],
  "too-many-tasks": [429, "Too many tasks are waiting"],
  internal: [500, "Something went wrong here"],
  unavailable: [503, "A part of the program is away"],
} as const satisfies Readonly<Record<string, readonly [status: number, title: string]>>;

export type ProblemKind = keyof typeof KINDS;

export const problemSchema = z
  .object({
    type: z.string().meta({ example: "urn:millrace:problem:not-found" }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string(),
    /** Where the request is wrong, by place. */
    errors: z.array(z.object({ path: z.string(), message: z.string() })).exactOptional(),
  })
  .meta({ id: "Problem", description: "RFC 9457" });

type Problem = z.output<typeof problemSchema>;

/** Thrown by a route: becomes an answer of its kind. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  readonly kind: ProblemKind;
  readonly errors: Problem["errors"];
  /** When it may be tried again, seconds. */
  readonly retryAfterS: number | null;

  constructor(
    kind: ProblemKind,
    detail: string,
    errors?: Problem["errors"],
    retryAfterS: number | null = null,
  ) {
    super(detail);
    this.kind = kind;
    this.errors = errors;
    this.retryAfterS = retryAfterS;
  }
}

const PATH_CHARACTERS_MAX = 300;

export function sendProblem(
  request: FastifyRequest,
  reply: FastifyReply,
  kind: ProblemKind,
  detail: string,
  errors?: Problem["errors"],
): FastifyReply {
  const [status, title] = KINDS[kind];
  const problem: Problem = {
    type: `urn:millrace:problem:${kind}`,
    title,
    status,
    detail: detail.slice(0, 1_000),
    instance: (request.url.split("?")[0] ?? "").slice(0, PATH_CHARACTERS_MAX),
    ...(errors === undefined ? {} : { errors: errors.slice(0, 20) }),
  };
  return reply.code(status).header("content-type", "application/problem+json").send(JSON.stringify(problem));
}

/** To what is no HTTP request, or one whose head is too large or too slow: nothing of Fastify's has seen it. */
export function answerBrokenRequest(thrown: Error & { readonly code?: string }, socket: Socket): void {
  if (thrown.code === "ECONNRESET" || socket.destroyed) return;
  const kind: ProblemKind =
    thrown.code === "HPE_HEADER_OVERFLOW"
      ? "headers-too-large"
      : thrown.code === "ERR_HTTP_REQUEST_TIMEOUT"
        ? "request-timeout"
        : "invalid-request";
  const [status, title] = KINDS[kind];
  const body = JSON.stringify({
    ...{ type: `urn:millrace:problem:${kind}`, title, status, detail: title, instance: "" },
  });
  if (socket.writable)
    socket.write(
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
    );
  socket.destroySoon();
}

/** The error and not-found handlers of the whole server. */
export function answerProblems(app: FastifyInstance, onUnexpected: (error: unknown) => void): void {
  app.setErrorHandler((thrown: FastifyError, request, reply) => {
    if (reply.sent) return reply;
    if (thrown instanceof ProblemError && thrown.retryAfterS !== null)
      reply.header("retry-after", String(thrown.retryAfterS));
    const known = problemOf(thrown);
    if (known?.kind === "body-too-large")
      return restRead(request.raw).then(() => sendProblem(request, reply, known.kind, known.detail));
    if (known !== null) return sendProblem(request, reply, known.kind, known.detail, known.errors);
    onUnexpected(thrown);
    return sendProblem(request, reply, "internal", "the error is in the log");
  });
}

const REST_BYTES_MAX = 67_108_864;

/** Who is cut off while still writing sees a broken pipe and not the answer: so much of the body is let in and dropped. */
function restRead(message: IncomingMessage): Promise<void> {
  return new Promise((resolve) => {
    let bytes = 0;
    const over = (): void => {
      message.removeAllListeners("data").pause();
      resolve();
    };
    if (message.readableEnded || message.destroyed) return resolve();
    message.on("data", (chunk: Uint8Array) => {
      bytes += chunk.length;
      if (bytes > REST_BYTES_MAX) over();
    });
    message.once("end", over).once("close", over).once("error", over);
  });
}

interface Known {
  readonly kind: ProblemKind;
  readonly detail: string;
  readonly errors?: Problem["errors"];
}

function problemOf(thrown: FastifyError): Known | null {
  if (thrown instanceof ProblemError)
    return { kind: thrown.kind, detail: thrown.message, errors: thrown.errors };
  if (thrown instanceof CursorInvalid) return { kind: "invalid-cursor", detail: thrown.message };
  if (thrown instanceof NotConnected) return { kind: "unavailable", detail: thrown.message };
  if (isResponseSerializationError(thrown)) return null;
  if (hasZodFastifySchemaValidationErrors(thrown)) {
    const place = thrown.validationContext ?? "request";
    const errors = thrown.validation.map(({ instancePath, message }) => ({
      path: `${place}${instancePath}`,
      message: message ?? "is not allowed",
    }));
    const [first] = errors;
    return {
      kind: "invalid-request",
      detail: first === undefined ? place : `${first.path}: ${first.message}`,
      errors,
    };
  }
  switch (thrown.code) {
    case "FST_ERR_CTP_INVALID_MEDIA_TYPE":
      return { kind: "unsupported-media-type", detail: thrown.message };
    case "FST_ERR_CTP_BODY_TOO_LARGE":
      return { kind: "body-too-large", detail: thrown.message };
    case "FST_ERR_CTP_INVALID_JSON_BODY":
    case "FST_ERR_CTP_EMPTY_JSON_BODY":
      return { kind: "malformed-json", detail: thrown.message };
  }
  if (thrown instanceof SyntaxError) return { kind: "malformed-json", detail: "the body is no JSON" };
  const status = thrown.statusCode ?? 500;
  if (status >= 400 && status < 500) return { kind: kindOf(status), detail: thrown.message };
  return null;
}

const kindOf = (status: number): ProblemKind => {
  const found = Object.entries(KINDS).find(([, [of]]) => of === status);
  return found === undefined ? "invalid-request" : (found[0] as ProblemKind);
};
