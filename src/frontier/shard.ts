// Whose host is whose among several ingestors, and the text by which one is told its part.
import { err, ok, type Result } from "../base/index.ts";
import { type Failure, ownsHost, type Shard } from "../model/index.ts";
import type { FrontierOptions } from "./options.ts";

/** "I/N", I from 0 to N - 1: the I-th of N ingestors. */
export function parseShard(text: string): Result<Shard, Failure> {
  const match = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim());
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || index >= count)
    return err({
      code: "policy",
      message: `a shard is I/N with I from 0 to N - 1, such as 0/2: not ${text}`,
    });
  return ok({ index, count });
}

/** Whether another ingestor crawls the host. */
export function isForeign(host: string, { shard, partitions }: FrontierOptions): boolean {
  return shard !== null && !ownsHost(host, shard, partitions);
}
