// What kafkajs threw, put in order: a record that is too large, a topic that is not there, a refusal, or a broker away.
// Everything but the first is no reason to lose a record: it is waited out.
import { describe } from "../base/index.ts";
import { NotConnected } from "../engine/index.ts";

export type Trouble = "too_large" | "missing_topic" | "refused" | "away";

const REFUSED =
  /AUTHORIZATION_FAILED|SASL|ILLEGAL_SASL_STATE|UNSUPPORTED_SASL_MECHANISM|SECURITY_DISABLED|CERT|SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/;

export function troubleOf(thrown: unknown): Trouble {
  for (const marks of chain(thrown)) {
    if (/MESSAGE_TOO_LARGE|RECORD_LIST_TOO_LARGE/.test(marks)) return "too_large";
    if (/UNKNOWN_TOPIC_OR_PARTITION|INVALID_TOPIC_EXCEPTION/.test(marks)) return "missing_topic";
    if (REFUSED.test(marks)) return "refused";
  }
  return "away";
}

/** For the engine: whatever Kafka's trouble is, the service is away and is sought again. Defects of ours pass as they are. */
export function notConnected(thrown: unknown, doing: string): unknown {
  if (thrown instanceof NotConnected || isDefect(thrown)) return thrown;
  return new NotConnected(`Kafka: ${doing}: ${describe(thrown)}`, { cause: thrown });
}

function isDefect(thrown: unknown): boolean {
  return (
    thrown instanceof TypeError ||
    thrown instanceof RangeError ||
    thrown instanceof ReferenceError ||
    (thrown instanceof Error && thrown.name === "InvariantError")
  );
}

/** The marks of an error and of what it wraps: kafkajs keeps the broker's code as `type`, Node its own as `code`. */
function* chain(thrown: unknown): Generator<string> {
  let current = thrown;
  for (let depth = 0; depth < 6 && current instanceof Error; depth++) {
    const type = "type" in current ? String(current.type) : "";
    const code = "code" in current ? String(current.code) : "";
    const wrapped = /certificate/i.test(current.message) ? "CERT" : "";
    yield `${current.name} ${type} ${code} ${wrapped}`;
    current = current.cause ?? ("originalError" in current ? current.originalError : undefined);
  }
}
