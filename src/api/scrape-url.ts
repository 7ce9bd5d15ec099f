// A URL that somebody asks to have fetched, judged before anything is done: http or https, whole, and not of an address that
// is not to be reached from here. Names are judged again when they are dialled, by what they resolve to.
import { isIP } from "node:net";
import { err, ok, type Result } from "../base/index.ts";
import { refusalOf } from "../net/index.ts";
import type { ProblemKind } from "./problems.ts";

export const URL_CHARACTERS_MAX = 8_192;

export function scrapeUrl(
  written: string,
  allowPrivate: boolean,
): Result<string, { readonly kind: ProblemKind; readonly message: string }> {
  const refuse = (kind: ProblemKind, message: string) => err({ kind, message });
  const url = URL.parse(written.trim());
  if (url === null) return refuse("invalid-url", "is no absolute URL");
  if (url.protocol !== "http:" && url.protocol !== "https:")
    return refuse(
      "invalid-url",
      `has the scheme ${url.protocol.slice(0, -1).slice(0, 40)}; allowed are http and https`,
    );
  if (url.hostname === "") return refuse("invalid-url", "has no host");
  if (url.username !== "" || url.password !== "")
    return refuse("invalid-url", "carries credentials, which are not sent");
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLocalName = host === "localhost" || host.endsWith(".localhost");
  if (isLocalName && !allowPrivate) return refuse("blocked-address", `${host}: loopback address`);
  const refusal = isIP(host) === 0 ? null : refusalOf(host, allowPrivate);
  if (refusal !== null) return refuse("blocked-address", `${host}: ${refusal}`);
  url.hash = "";
  return ok(url.href);
}
