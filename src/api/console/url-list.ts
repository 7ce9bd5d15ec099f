// What a person typed as a list of URLs: which lines are URLs to scrape, which are not and why. Judges the form alone; whether
// an address may be asked for is the server's rule.

/** As many as one request may name. */
export const URLS_MAX = 1_000;
const URL_LENGTH_MAX = 2_048;

export type Fault = "scheme" | "form" | "long";

export interface Listed {
  /** In the order typed, each once. */
  readonly urls: readonly string[];
  readonly faults: readonly { readonly line: number; readonly text: string; readonly fault: Fault }[];
  /** How many were typed more than once. */
  readonly repeated: number;
  readonly isTooMany: boolean;
}

/** One or more a line, between white space or commas that white space follows. */
export function readUrlList(typed: string): Listed {
  const urls = new Set<string>();
  const faults: { line: number; text: string; fault: Fault }[] = [];
  let repeated = 0;
  for (const [index, line] of typed.split("\n").entries()) {
    for (const word of line.split(/[\s,]*\s+|,$/)) {
      const bare = word.replace(/^[<"'(]+|[>"')]+$/g, "");
      if (bare === "") continue;
      const read = readUrl(bare);
      if ("fault" in read) faults.push({ line: index + 1, text: bare.slice(0, 80), fault: read.fault });
      else if (urls.has(read.url)) repeated++;
      else urls.add(read.url);
    }
  }
  return { urls: [...urls], faults, repeated, isTooMany: urls.size > URLS_MAX };
}

function readUrl(word: string): { url: string } | { fault: Fault } {
  if (word.length > URL_LENGTH_MAX) return { fault: "long" };
  const scheme = /^([a-z][a-z0-9+.-]*):(?!\d+(?:[/?#]|$))/i.exec(word)?.[1]?.toLowerCase();
  if (scheme !== undefined && scheme !== "http" && scheme !== "https") return { fault: "scheme" };
  const whole = scheme === undefined ? `https://${word}` : word;
  if (!URL.canParse(whole)) return { fault: "form" };
  const { hostname, href } = new URL(whole);
  // A bare word is a slip more often than a host of the local network, which one can still write with its scheme.
  if (scheme === undefined && !hostname.includes(".") && !hostname.includes(":")) return { fault: "form" };
  return { url: href };
}
