// What the Kafka client has to say, in the program's log: it reports rebalances and brokers away as errors, which they are
// not, so all of it is for those who look closely.
import type { Log } from "../observe/index.ts";
import type { WireLog } from "../wire/index.ts";

export const wireLog =
  (log: Log): WireLog =>
  (_level, message) =>
    log.debug({ part: "kafka" }, message);
