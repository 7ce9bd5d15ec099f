// How the MCP tools reach the HTTP API: in this process without a port, or at an address with a token. The tools know only
// this face, so that what they may do is what the API lets its caller do.
import { z } from "zod";
import { describe } from "../../base/index.ts";

export interface ApiAnswer {
  readonly status: number;
  /** Parsed where it is JSON, text else. */
  readonly body: unknown;
}

export type ApiCall = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  body: unknown,
  signal: AbortSignal,
) => Promise<ApiAnswer>;

/** An answer of at least 400, or none at all. */
export class CallRefused extends Error {
  override readonly name = "CallRefused";
}

const ANSWER_BYTES_MAX = 64 * 1024 * 1024;
const problem = z.object({ title: z.string(), detail: z.string() });

/** `base`: "http://127.0.0.1:8000"; `token`: a JWT, null where the API is open. */
export function remoteCall(base: string, token: string | null): ApiCall {
  return async (method, path, body, signal) => {
    let response: Response;
    try {
      response = await fetch(new URL(path, base), {
        method,
        headers: {
          ...(token === null ? {} : { authorization: `Bearer ${token}` }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: "error",
        signal,
      });
    } catch (thrown) {
      const cause = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
      throw new CallRefused(
        `no answer from ${base}: ${describe(cause)}; is \`millrace serve\` running there?`,
        { cause: thrown },
      );
    }
    const text = await boundedText(response);
    return answerOf(response.status, response.headers.get("content-type") ?? "", text);
  };
}

/** What Fastify's `inject` takes and gives, of which this is all that is used. */
export interface Injectable {
  inject(request: {
    method: "GET" | "POST" | "DELETE";
    url: string;
    headers: Record<string, string>;
    payload?: string;
  }): Promise<{ statusCode: number; headers: Record<string, unknown>; payload: string }>;
}

/** `headers` of who asks go along: the same role holds for the tools. */
export function localCall(app: Injectable, headers: Readonly<Record<string, string>> = {}): ApiCall {
  return async (method, path, body, signal) => {
    signal.throwIfAborted();
    const answer = await app.inject({
      method,
      url: path,
      headers: { ...headers, ...(body === undefined ? {} : { "content-type": "application/json" }) },
      ...(body === undefined ? {} : { payload: JSON.stringify(body) }),
    });
    return answerOf(answer.statusCode, String(answer.headers["content-type"] ?? ""), answer.payload);
  };
}

/** The answer's body, in the form that `schema` wants of it; CallRefused with the problem's words else. */
export function good<T>({ status, body }: ApiAnswer, schema: z.ZodType<T>): T {
  if (status >= 400) {
    const known = problem.safeParse(body);
    throw new CallRefused(known.success ? `${known.data.title}: ${known.data.detail}` : `status ${status}`);
  }
  const read = schema.safeParse(body);
  if (!read.success) throw new CallRefused("the API gave an answer of another form; is it of this version?");
  return read.data;
}

function answerOf(status: number, type: string, text: string): ApiAnswer {
  if (!/[/+]json\b/.test(type)) return { status, body: text };
  try {
    return { status, body: JSON.parse(text) };
  } catch {
    throw new CallRefused("the API's answer says it is JSON and is not");
  }
}

async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > ANSWER_BYTES_MAX) throw new CallRefused(`an answer of more than ${ANSWER_BYTES_MAX} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
