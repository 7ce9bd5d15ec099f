// The fields of a request, as undici takes them: name, value, name, value. The constant ones are made once.
import { err, ok, type Result } from "../base/index.ts";
import type { PageRequest } from "../model/index.ts";
import type { FetchOptions } from "./options.ts";

const ACCEPT =
  "text/html,application/xhtml+xml,application/xml;q=0.9,text/plain;q=0.8,application/json;q=0.8,*/*;q=0.5";

/** What frames a message belongs to the client alone. */
const FORBIDDEN = new Set([
  "connection",
  "content-length",
  "expect",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** Splits `Name: value`; the error says what is allowed. */
export function parseHeaderField(field: string): Result<readonly [name: string, value: string], string> {
  const at = field.indexOf(":");
  const name = field.slice(0, Math.max(0, at)).trim().toLowerCase();
  const value = field.slice(at + 1).trim();
  if (!/^[!#$%&'*+\-.^_`|~0-9a-z]+$/.test(name)) return err(`--header ${field}: expected 'Name: value'`);
  if (FORBIDDEN.has(name)) return err(`--header ${field}: ${name} cannot be set`);
  if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value))
    return err(`--header ${field}: the value holds a forbidden character`);
  return ok([name, value]);
}

/** `proxyAuthorization` for a request that a proxy forwards; null for none. */
export type RequestHeaders = (
  request: PageRequest,
  cookie: string,
  proxyAuthorization: string | null,
) => string[];

/** Wrong `--header` fields are left out: check them with `parseHeaderField` where users set them. */
export function requestHeaders(options: FetchOptions, version: string): RequestHeaders {
  const fields = new Map<string, string>([
    ["user-agent", options.userAgent ?? `millrace/${version}`],
    ["accept", ACCEPT],
    ["accept-encoding", "gzip, deflate, br, zstd"],
    ["accept-language", options.acceptLanguage],
  ]);
  for (const field of options.headers) {
    const parsed = parseHeaderField(field);
    if (parsed.ok) fields.set(parsed.value[0], parsed.value[1]);
  }
  const ownCookie = fields.get("cookie") ?? null;
  fields.delete("cookie");
  const constant = [...fields].flat();

  return (request, cookie, proxyAuthorization) => {
    const headers = constant.slice();
    if (proxyAuthorization !== null) headers.push("proxy-authorization", proxyAuthorization);
    const cookies = ownCookie === null ? cookie : cookie === "" ? ownCookie : `${ownCookie}; ${cookie}`;
    if (cookies !== "") headers.push("cookie", cookies);
    const { validators } = request;
    if (validators?.etag != null) headers.push("if-none-match", validators.etag);
    if (validators?.lastModified != null) headers.push("if-modified-since", validators.lastModified);
    return headers;
  };
}
