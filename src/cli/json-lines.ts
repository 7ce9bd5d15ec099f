// Lines of a byte stream, by "\n" alone (readline would also break at U+2028, which JSON strings may hold), each of
// bounded length. Knows no JSON.

export type Line = { readonly kind: "line"; readonly text: string } | { readonly kind: "too_long" };

/** Empty lines are left out; of a line beyond `bytesMax` only the fact is told. */
export async function* splitLines(
  stream: AsyncIterable<Uint8Array | string>,
  bytesMax: number,
): AsyncGenerator<Line> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const take = (): Line[] => {
    const text = bytes > bytesMax ? null : Buffer.concat(parts).toString("utf8").trim();
    parts = [];
    bytes = 0;
    if (text === null) return [{ kind: "too_long" }];
    return text === "" ? [] : [{ kind: "line", text }];
  };
  const hold = (part: Uint8Array): void => {
    bytes += part.byteLength;
    if (bytes > bytesMax) parts = [];
    else parts.push(part);
  };
  for await (const read of stream) {
    const chunk = typeof read === "string" ? Buffer.from(read) : read;
    let start = 0;
    for (let end = chunk.indexOf(10); end !== -1; end = chunk.indexOf(10, start)) {
      hold(chunk.subarray(start, end));
      yield* take();
      start = end + 1;
    }
    hold(chunk.subarray(start));
  }
  yield* take();
}
