// What a role needs of other machines, looked at once before it starts: what is wrong with the configuration ends it with one
// line; what is only away is waited for, with readiness false.
import { asError, describe, err, ok, type Result } from "../base/index.ts";
import { NotConnected } from "../engine/index.ts";
import { checkTopics, type WireOptions } from "../wire/index.ts";

/** The services by name, each with what opens it. The error names the first that refuses. */
export async function checkServices(
  wire: WireOptions,
  connects: readonly { readonly name: string; connect(signal: AbortSignal): Promise<void> }[],
  signal: AbortSignal,
): Promise<Result<null, string>> {
  const topics = await checkTopics(wire);
  if (!topics.ok && topics.error.kind !== "away") return err(topics.error.message);
  for (const { name, connect } of connects) {
    try {
      await connect(signal);
    } catch (thrown) {
      const error = asError(thrown);
      if (signal.aborted) return ok(null);
      if (!(error instanceof NotConnected)) return err(`${name}: ${describe(error)}`);
    }
  }
  return ok(null);
}
