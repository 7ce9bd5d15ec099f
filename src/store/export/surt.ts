// Sort-friendly URI Reordering Transform: the key by which CDXJ indexes are sorted and looked up, as Webrecorder's
// readers build it ("http://www.example.com/A?b=2&a=1" → "com,example)/a?a=1&b=2"). Pure.

export function surt(url: string): string {
  const parsed = URL.parse(url.replace(/^(https?:\/\/)www\d*\./i, "$1").toLowerCase());
  if (parsed === null || (parsed.protocol !== "http:" && parsed.protocol !== "https:")) return url;
  const host = parsed.hostname.split(".").reverse().join(",");
  const port = parsed.port === "" ? "" : `:${parsed.port}`;
  const query = parsed.search === "" ? "" : `?${parsed.search.slice(1).split("&").sort().join("&")}`;
  return `${host}${port})${parsed.pathname}${query}`;
}
