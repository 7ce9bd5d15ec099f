// Floor 0: what every room may use. No I/O, no npm package.
export { assert, InvariantError, unreachable } from "./assert.ts";
export { type Backoff, backoffMs } from "./backoff.ts";
export { concat, ownBuffer } from "./bytes.ts";
export { type Clock, deadline, systemClock, within } from "./clock.ts";
export { type Coding, contentCodings, type InflateFailure, sniffCoding } from "./codings.ts";
export type { StreamFailure } from "./decoder.ts";
export { armFailpoint, failpoint } from "./failpoint.ts";
export { Heap } from "./heap.ts";
export { inOrder } from "./in-order.ts";
export { type Inflated, type InflateLimits, inflateBody } from "./inflate.ts";
export { type InflateStreamOptions, inflateStream } from "./inflate-stream.ts";
export { siblingModule } from "./module-path.ts";
export { nearest } from "./nearest.ts";
export { type Random, seededRandom, systemRandom, uuidv7 } from "./random.ts";
export { asError, describe, err, ok, type Result } from "./result.ts";
export { RightOfWay } from "./right-of-way.ts";
export {
  type QueryGroup,
  type QueryTerm,
  queryTerms,
  searchTerms,
  TERM_POSITION_MAX,
  TERM_SEAM,
  type Term,
  type TermLimits,
} from "./search-terms.ts";
export { isSecret, masked } from "./secrets.ts";
export { type Unpacked, unpackStream } from "./unpack-stream.ts";
