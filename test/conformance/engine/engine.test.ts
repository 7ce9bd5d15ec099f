// The engine's own channel, ack, watermark and batcher through their suites.
import { Batcher, channel, rootAck, watermark } from "../../../src/engine/index.ts";
import { ackSuite } from "./ack.ts";
import { batcherSuite } from "./batcher.ts";
import { channelSuite } from "./channel.ts";
import { rankedChannelSuite } from "./ranked-channel.ts";
import { registerSuite } from "./suite.ts";
import { watermarkSuite } from "./watermark.ts";

registerSuite("channel", channelSuite(channel));
registerSuite("channel with urgent records", rankedChannelSuite(channel));
registerSuite("ack", ackSuite(rootAck));
registerSuite("watermark", watermarkSuite(watermark));
registerSuite(
  "batcher",
  batcherSuite((limits, sizeOf) => new Batcher(limits, sizeOf)),
);
