// Where bytes stand on the page, sixteen looked at at a time. Zeros stand behind its end.

export let end: usize = 0;

export function setEnd(where: usize): void {
  end = where;
}

/** Where that byte stands at or behind `start`, or the page's end. */
export function find(byte: i32, start: usize): usize {
  const wanted = i8x16.splat(<i8>byte);
  for (let block = start; block < end; block += 16) {
    const found = i8x16.bitmask(i8x16.eq(v128.load(block), wanted));
    if (found != 0) return min(end, block + ctz(found));
  }
  return end;
}

/** The same of two, one behind the other. */
export function findTwo(one: i32, two: i32, start: usize): usize {
  let where = find(one, start);
  while (where < end && load<u8>(where + 1) != two) where = find(one, where + 1);
  return where < end ? where : end;
}

