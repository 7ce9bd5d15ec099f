// Which fields of a message end at a proxy (RFC 9110 section 7.6.1) and which go on. Works on Node's flat list of names
// and values, so that order, case and repetition stay.

const HOP_BY_HOP = new Set(["connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"]);

/** The fields that go on, name and value in turn. Hop-by-hop, named by Connection, and `Proxy-*` are left out. */
export function endToEnd(rawHeaders: readonly string[]): string[] {
  const named = new Set<string>();
  for (const [name, value] of pairs(rawHeaders)) {
    if (name.toLowerCase() !== "connection") continue;
    for (const token of value.split(",")) named.add(token.trim().toLowerCase());
  }
  const kept: string[] = [];
  for (const [name, value] of pairs(rawHeaders)) {
    const lower = name.toLowerCase();
    if (HOP_BY_HOP.has(lower) || lower.startsWith("proxy-")) continue;
    // What frames and addresses the message is never the sender's to strike out.
    if (named.has(lower) && lower !== "host" && lower !== "content-length") continue;
    kept.push(name, value);
  }
  return kept;
}

function* pairs(flat: readonly string[]): Generator<readonly [string, string]> {
  for (let at = 0; at + 1 < flat.length; at += 2) yield [flat[at] ?? "", flat[at + 1] ?? ""];
}
