// The one way to the API: the token goes along, a refusal becomes a `Refusal` with the problem's words (RFC 9457), and a 401 asks
// the reader for a token and tries again. Knows no page.
import { signal } from "@preact/signals";
import { fields, isFields, text } from "../reading.ts";

/** Ends a request that nobody answers. */
const ANSWER_MS_MAX = 60_000;

export class Refusal extends Error {
  override readonly name = "Refusal";
  /** 0: no answer at all. */
  readonly status: number;
  readonly fieldFaults: readonly string[];
  constructor(status: number, message: string, fieldFaults: readonly string[] = []) {
    super(message);
    this.status = status;
    this.fieldFaults = fieldFaults;
  }
}

const tokenName = "millrace.token";
export const token = signal<string | null>(sessionStorage.getItem(tokenName));

/** Set while the reader is being asked; `wasRefused` where a token was given and not accepted. */
export const asking = signal<{ readonly wasRefused: boolean } | null>(null);
let answered: { promise: Promise<boolean>; resolve: (given: boolean) => void } | null = null;

/** True once a token was given; all who ask meanwhile share the one dialog. */
export function askToken(): Promise<boolean> {
  if (answered === null) {
    answered = Promise.withResolvers<boolean>();
    asking.value = { wasRefused: token.value !== null };
  }
  return answered.promise;
}

export function giveToken(given: string | null): void {
  token.value = given ?? token.value;
  if (given !== null) sessionStorage.setItem(tokenName, given);
  asking.value = null;
  answered?.resolve(given !== null);
  answered = null;
}

export function forgetToken(): void {
  token.value = null;
  sessionStorage.removeItem(tokenName);
}

export interface Ask {
  readonly method?: "GET" | "POST" | "PATCH" | "DELETE";
  readonly body?: unknown;
  readonly accept?: string;
  readonly signal?: AbortSignal;
  /** The answer may go on for ever. */
  readonly isStream?: boolean;
}

export async function ask(path: string, options: Ask = {}): Promise<Response> {
  for (;;) {
    const used = token.value;
    const answer = await once(path, options, used);
    if (answer.status !== 401) {
      if (answer.ok) return answer;
      throw await refusalOf(answer);
    }
    if (used === token.value && !(await askToken())) throw await refusalOf(answer);
  }
}

async function once(path: string, options: Ask, bearer: string | null): Promise<Response> {
  const headers = new Headers({ accept: options.accept ?? "application/json" });
  if (bearer !== null) headers.set("authorization", `Bearer ${bearer}`);
  if (options.body !== undefined) headers.set("content-type", "application/json");
  const signals = [
    ...(options.isStream === true ? [] : [AbortSignal.timeout(ANSWER_MS_MAX)]),
    ...(options.signal === undefined ? [] : [options.signal]),
  ];
  try {
    return await fetch(path, {
      method: options.method ?? "GET",
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: AbortSignal.any(signals),
      cache: "no-store",
    });
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    throw new Refusal(0, "");
  }
}

async function refusalOf(answer: Response): Promise<Refusal> {
  const body: unknown = await answer.json().catch(() => ({}));
  const problem = fields(body);
  const faults = (Array.isArray(problem.errors) ? problem.errors : [])
    .filter(isFields)
    .map((fault) => [
      text(fault, "path") ?? text(fault, "pointer"),
      text(fault, "message") ?? text(fault, "detail"),
    ])
    .map((parts) => parts.filter((part) => part !== null).join(": "));
  return new Refusal(answer.status, text(problem, "detail") ?? text(problem, "title") ?? "", faults);
}

export const askJson = async (path: string, options?: Ask): Promise<unknown> => {
  const answer = await ask(path, options);
  return answer.status === 204 ? null : await answer.json();
};

/** In the charset that the answer names, which need not be UTF-8: it may be a stranger's page. */
export async function askText(path: string, options?: Ask): Promise<string> {
  const answer = await ask(path, { accept: "*/*", ...options });
  const charset = /charset=([^;\s]+)/i.exec(answer.headers.get("content-type") ?? "")?.[1] ?? "utf-8";
  const bytes = await answer.arrayBuffer();
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

/** A picture as a `data:` URL: the only kind, besides our own files, that the content policy lets be shown. */
export async function askPicture(path: string, signal: AbortSignal): Promise<string> {
  const blob = await (await ask(path, { accept: "image/*", signal })).blob();
  const reader = new FileReader();
  return await new Promise((resolve, reject) => {
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });
}

export const queryOf = (values: Readonly<Record<string, string | number | null>>): string => {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== "") search.set(name, String(value));
  }
  const query = search.toString();
  return query === "" ? "" : `?${query}`;
};
