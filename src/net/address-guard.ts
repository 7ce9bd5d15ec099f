// Which addresses may be dialled: public unicast only, unless the user allowed more. Judges addresses, never names,
// so it is asked after resolution and again of the connected socket.
import { isIP } from "node:net";
import ipaddr from "ipaddr.js";

/** Cloud metadata services outside the ranges refused anyway: Azure's wire server has a public address. */
const METADATA = new Set([
  "169.254.169.254",
  "169.254.170.2",
  "169.254.169.253",
  "100.100.100.200",
  "192.0.0.192",
  "168.63.129.16",
  "fd00:ec2::254",
  "fd00:ec2::253",
  "fd20:ce::254",
]);

/** Ranges that `allowPrivate` opens. The rest (multicast, broadcast, reserved, documentation) leads nowhere in any case. */
const PRIVATE_RANGES = new Set([
  "unspecified",
  "loopback",
  "private",
  "linkLocal",
  "uniqueLocal",
  "carrierGradeNat",
]);

/**
 * The reason why `address` (an IPv4 or IPv6 literal without brackets) must not be dialled, or null when it may.
 * IPv6 forms that carry an IPv4 address are judged by what they carry.
 */
export function refusalOf(address: string, allowPrivate: boolean): string | null {
  if (isIP(address) === 0) return "not an address";
  const parsed = ipaddr.parse(address);
  const plain = parsed.kind() === "ipv6" ? (embeddedIPv4(parsed as ipaddr.IPv6) ?? parsed) : parsed;
  if (METADATA.has(plain.toString())) return "metadata service";
  const range = plain.range();
  if (range === "unicast") return null;
  if (allowPrivate && PRIVATE_RANGES.has(range)) return null;
  return `${words(range)} address`;
}

/** Sorts the addresses of a name into those that may be dialled, in their order, and the first that may not. */
export function vet(
  addresses: readonly string[],
  allowPrivate: boolean,
): { readonly allowed: readonly string[]; readonly refused: { address: string; why: string } | null } {
  const allowed: string[] = [];
  let refused: { address: string; why: string } | null = null;
  for (const address of addresses) {
    const why = refusalOf(address, allowPrivate);
    if (why === null) allowed.push(address);
    else refused ??= { address, why };
  }
  return { allowed, refused };
}

/**
 * IPv4-mapped (::ffff:0:0/96), IPv4-compatible (::/96), the well-known NAT64 prefix (64:ff9b::/96), SIIT (::ffff:0:0:0/96).
 * 6to4, Teredo and the local NAT64 prefix are not opened up: ipaddr.js gives them ranges of their own, which are refused.
 */
function embeddedIPv4(address: ipaddr.IPv6): ipaddr.IPv4 | null {
  const parts = address.parts;
  const head = parts
    .slice(0, 6)
    .map((part) => part.toString(16))
    .join(":");
  const carries =
    head === "0:0:0:0:0:ffff" ||
    head === "64:ff9b:0:0:0:0" ||
    head === "0:0:0:0:ffff:0" ||
    head === "0:0:0:0:0:0";
  if (!carries) return null;
  const high = parts[6] ?? 0;
  const low = parts[7] ?? 0;
  // :: and ::1 are IPv6's own unspecified and loopback addresses.
  if (head === "0:0:0:0:0:0" && high === 0 && low <= 1) return null;
  return new ipaddr.IPv4([high >> 8, high & 0xff, low >> 8, low & 0xff]);
}

function words(range: string): string {
  return range.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
