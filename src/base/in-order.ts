// Maps a stream with several calls under way at once and hands the results out in the order of the stream itself.

/** At most `concurrencyMax` calls, and as many results, are held at once. */
export async function* inOrder<In, Out>(
  inputs: AsyncIterable<In> | Iterable<In>,
  concurrencyMax: number,
  map: (input: In) => Promise<Out>,
): AsyncGenerator<Out> {
  const underWay: Promise<Out>[] = [];
  try {
    for await (const input of inputs) {
      const call = map(input);
      call.catch(() => undefined); // met again when its turn comes; until then it is not unhandled
      underWay.push(call);
      if (underWay.length >= concurrencyMax) yield await (underWay.shift() as Promise<Out>);
    }
    while (underWay.length > 0) yield await (underWay.shift() as Promise<Out>);
  } finally {
    await Promise.allSettled(underWay);
  }
}
