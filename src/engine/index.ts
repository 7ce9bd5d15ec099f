// Floor 1: channels, acks, stages and supervision. Knows no crawling.
export { type Ack, type Envelope, type Outcome, rootAck } from "./ack.ts";
export type { Actor, ActorSnapshot } from "./actor.ts";
export { Batcher } from "./batcher.ts";
export { type Channel, type ChannelLimits, type ChannelOptions, channel } from "./channel.ts";
export type { DeadLetterWriter, Letter } from "./dead-letters.ts";
export {
  type BatchLimits,
  type BatchStage,
  type Delivery,
  NotConnected,
  type Sink,
  type Source,
  type Stage,
  type Verdict,
  type Work,
  type Written,
} from "./faces.ts";
export { abortable, Gate } from "./gate.ts";
export { DeadlineExceeded, Wedged } from "./hand.ts";
export type { Observer } from "./observer.ts";
export { Placed, type Route } from "./outlet.ts";
export {
  createRuntime,
  type RunOptions,
  type Runtime,
  type RuntimeOptions,
  type StageLoad,
  Stopped,
  type Target,
} from "./runtime.ts";
export {
  type ChildSpec,
  RestartsExceeded,
  type Supervisor,
  type SupervisorOptions,
  supervisor,
} from "./supervisor.ts";
export { TwoRanks, URGENT_RUN_MAX } from "./two-ranks.ts";
export { type Watermark, watermark } from "./watermark.ts";
export {
  type TaskOptions,
  TaskTooLong,
  type WorkerPool,
  type WorkerPoolOptions,
  workerPool,
} from "./worker-pool.ts";
