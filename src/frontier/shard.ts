// Which of several ingestors one is, as people write it.
import { err, ok, type Result } from "../base/index.ts";
import type { Shard } from "../model/index.ts";

/** "I/N", I from 0 to N - 1. The error says what is allowed. */
export function parseShard(text: string): Result<Shard, string> {
  const match = /^(\d{1,3})\/(\d{1,3})$/.exec(text.trim());
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  return match === null || index >= count
    ? err("must be I/N with I from 0 to N - 1, such as 0/2")
    : ok({ index, count });
}
