// `--resolve host:port:address`: answers given by the user, which go before every other source of addresses.
// Knows no DNS; a dial that follows an override is exempt from the address guard.
import { isIP } from "node:net";
import { err, ok, type Result } from "../base/index.ts";

export interface Overrides {
  /** The addresses given for this name and port, or null. `host` is lower case, without brackets. */
  find(host: string, port: number): readonly string[] | null;
}

/** Parses all flags; the error names the flag that is wrong and what is allowed. */
export function parseOverrides(flags: readonly string[]): Result<Overrides, string> {
  const byKey = new Map<string, readonly string[]>();
  for (const flag of flags) {
    const parsed = parseOverride(flag);
    if (parsed === null) {
      return err(
        `--resolve ${flag}: expected host:port:address[,address], * for any host or port, IPv6 in brackets`,
      );
    }
    byKey.set(parsed.key, parsed.addresses);
  }
  if (byKey.size === 0) return ok({ find: () => null });
  return ok({
    find: (host, port) =>
      byKey.get(`${host} ${port}`) ??
      byKey.get(`${host} *`) ??
      byKey.get(`* ${port}`) ??
      byKey.get("* *") ??
      null,
  });
}

function parseOverride(flag: string): { key: string; addresses: readonly string[] } | null {
  const match = /^\+?(\*|\[[^\]]+\]|[^:[\]]+):(\*|\d{1,5}):(.+)$/.exec(flag.trim());
  const [, host, port, list] = match ?? [];
  if (host === undefined || port === undefined || list === undefined) return null;
  if (port !== "*" && (Number(port) < 1 || Number(port) > 65_535)) return null;
  const addresses = list.split(",").map((address) => unbracket(address.trim()));
  if (addresses.some((address) => isIP(address) === 0)) return null;
  const name = host === "*" ? "*" : canonicalHost(host);
  if (name === null) return null;
  return { key: `${name} ${port === "*" ? "*" : Number(port)}`, addresses };
}

/** The host as the WHATWG URL parser writes it, so that an IDN or upper-case flag meets the URL's own form. */
function canonicalHost(host: string): string | null {
  const url = URL.parse(`http://${host}/`);
  return url === null ? null : unbracket(url.hostname);
}

export function unbracket(host: string): string {
  return host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
}
