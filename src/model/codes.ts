// Every failure code of the contract in one table: whether it may pass, how often it is tried again, what the host pays.

export const CODES = [
  "dns",
  "connect",
  "tls",
  "timeout",
  "protocol",
  "status",
  "robots",
  "blocked_address",
  "too_large",
  "truncated",
  "decode",
  "redirect",
  "unsupported_type",
  "parse",
  "render",
  "store",
  "policy",
  "scope",
  "budget",
  "duplicate",
  "unchanged",
  "blocked",
  "internal",
] as const;

export type Code = (typeof CODES)[number];

export interface CodeRule {
  /** How a URL that ends with this code ends. */
  readonly outcome: "failed" | "skipped";
  /** May a later attempt fare better? A failure may say otherwise of itself (NXDOMAIN is `dns` and final). */
  readonly transient: boolean;
  /** Repetitions after the first attempt, when transient. */
  readonly retriesMax: number;
  /** Whether it counts against the host (adaptive delay, circuit). */
  readonly hostFault: boolean;
}

const failed = (retriesMax: number, hostFault: boolean): CodeRule => ({
  outcome: "failed",
  transient: retriesMax > 0,
  retriesMax,
  hostFault,
});
const skipped: CodeRule = { outcome: "skipped", transient: false, retriesMax: 0, hostFault: false };

export const codeRules: Readonly<Record<Code, CodeRule>> = {
  dns: failed(2, true),
  connect: failed(2, true),
  tls: failed(0, true),
  timeout: failed(2, true),
  protocol: failed(1, true),
  status: failed(2, true),
  robots: skipped,
  blocked_address: failed(0, false),
  too_large: failed(0, false),
  truncated: failed(2, true),
  decode: failed(0, false),
  redirect: failed(0, false),
  unsupported_type: skipped,
  parse: failed(0, false),
  render: failed(1, false),
  store: failed(0, false),
  policy: skipped,
  scope: skipped,
  budget: skipped,
  duplicate: skipped,
  unchanged: skipped,
  blocked: failed(0, true),
  internal: failed(0, false),
};

/** A failure as a value: code from the table, a line for people, and the cause kept. */
export interface Failure {
  readonly code: Code;
  /** One line, at most 1,000 characters, without secrets. */
  readonly message: string;
  /** Overrides the table for this one failure. */
  readonly transient?: boolean;
  /** Likewise: a fault of the user's proxy or of this machine is not the host's. */
  readonly hostFault?: boolean;
  readonly cause?: unknown;
}
