// Which settings are secrets, and a value as it may be shown. Knows names and texts, no configuration.

export function isSecret(path: string): boolean {
  return /(secret|password|passphrase|(?<!product)token|credential|authorization|cookie|(access|api|private|secret)_?key)$/i.test(
    path,
  );
}

/** A value as it may be shown: secrets, and the user part of URLs, masked. */
export function masked(path: string, value: unknown): unknown {
  if (isSecret(path)) return value === null || value === "" ? value : "********";
  if (typeof value === "string") {
    const header = /^((?:proxy-)?authorization|cookie|x-api-key)\s*:/i.exec(value);
    if (header !== null) return `${header[1]}: ********`;
    return value.replace(/(\/\/)[^/@\s]+@/, "$1********@");
  }
  if (Array.isArray(value)) return value.map((item) => masked(path, item));
  return value;
}
