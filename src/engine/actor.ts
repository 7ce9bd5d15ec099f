// An actor: a named thing that runs until it is done, is stopped, or fails. Knows nothing of records; a supervisor runs it.

export interface Actor {
  readonly name: string;
  /** Resolves when its work is done for good; rejects when it failed, and may then be run again. Ends soon after an abort. */
  run(signal: AbortSignal): Promise<void>;
  /** Asks for the end without loss: no new intake, what is under way is finished, then `run` resolves. */
  drain?(): void;
  /** What a supervisor runs; absent for a plain actor. */
  snapshot?(): ActorSnapshot;
  /** Restarts the named descendant; false when it is not running here. */
  restart?(name: string, reason: Error): boolean;
}

export interface ActorSnapshot {
  readonly name: string;
  readonly state: "idle" | "running" | "waiting" | "done" | "stopped" | "failed";
  readonly restarts: number;
  readonly lastError: string | null;
  readonly children: readonly ActorSnapshot[];
}

/** What the engine's own actors need besides the face they run. */
export interface Closing {
  /** Closes the room behind the actor; once, after everything settled. */
  finish(): Promise<void>;
}
