// Objects in the bucket, beside the segments. Whole or not at all, and durable when the service has answered.
import type { Clock } from "../../base/index.ts";
import type { Objects } from "../faces.ts";
import { checkedKey } from "../objects/object-key.ts";
import type { StoreOptions } from "../options.ts";
import { Bucket } from "./bucket.ts";

/** Throws StoreRefused when an option is missing; nothing is dialled before `connect`. */
export function s3Objects(options: StoreOptions["s3"], clock: Clock): Objects {
  const bucket = new Bucket(options, clock);
  return {
    where: `${options.endpoint}/${options.bucket}`,
    connect: (signal) => bucket.connect(signal),
    put: (key, bytes, contentType, signal) => bucket.put(checkedKey(key), bytes, signal, contentType),
    get: (key, signal) => bucket.get(checkedKey(key), signal),
    size: (key, signal) => bucket.size(checkedKey(key), signal),
    remove: (key, signal) => bucket.remove(checkedKey(key), signal),
    async close() {
      bucket.close();
    },
  };
}
