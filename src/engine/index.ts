// Floor 1: channels, acks, stages and supervision. Knows no crawling.
export type { Ack, Envelope, Outcome } from "./ack.ts";
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
