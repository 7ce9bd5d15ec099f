// Failures that no retry mends and no dead letter may hide: a full disk, a broken frontier, a schema of a newer program.
// The first one ends the run; until then the record stays open, as behind a service that is away, so nothing is lost.
import { asError } from "../base/index.ts";
import { type BatchStage, NotConnected, type Sink, type Source, type Work } from "../engine/index.ts";
import { batched, sourced } from "./frames.ts";

export class Fatal {
  readonly #isFatal: (error: Error) => boolean;
  readonly #controller = new AbortController();
  #error: Error | null = null;

  constructor(isFatal: (error: Error) => boolean) {
    this.#isFatal = isFatal;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** What ended the run; null while nothing has. */
  get error(): Error | null {
    return this.#error;
  }

  end(error: Error): void {
    this.#error ??= error;
    this.#controller.abort(this.#error);
  }

  /** Work whose failure may be fatal; what it throws is then NotConnected, which settles nothing. */
  async guard<T>(work: () => Promise<T>, always = false): Promise<T> {
    try {
      return await work();
    } catch (thrown) {
      const error = asError(thrown);
      if (error instanceof NotConnected || !(always || this.#isFatal(error))) throw thrown;
      this.end(error);
      throw new NotConnected(error.message, { cause: error });
    }
  }

  batchStage<In, Out, Code extends string>(stage: BatchStage<In, Out, Code>): BatchStage<In, Out, Code> {
    return {
      ...batched(stage),
      // A store that is there and cannot be opened will not open the next time either.
      connect: (signal) => this.guard(() => stage.connect(signal), !this.#controller.signal.aborted),
      handle: (batch: readonly In[], work: Work) => this.guard(() => stage.handle(batch, work)),
    };
  }

  sink<T, Code extends string>(sink: Sink<T, Code>): Sink<T, Code> {
    return {
      ...batched(sink),
      connect: (signal) => this.guard(() => sink.connect(signal)),
      write: (batch, signal) => this.guard(() => sink.write(batch, signal)),
    };
  }

  source<T>(source: Source<T>): Source<T> {
    return {
      ...sourced(source),
      connect: (signal) => this.guard(() => source.connect(signal)),
      read: (signal) => this.guard(() => source.read(signal)),
    };
  }
}
