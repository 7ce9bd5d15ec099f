// Which advice fits a failure's code: codes that a person meets with the same remedy share one. The words are the tables'.

export const ADVICES = [
  "address",
  "network",
  "later",
  "refused",
  "blocked",
  "guard",
  "large",
  "type",
  "render",
  "internal",
] as const;
export type Advice = (typeof ADVICES)[number];

const BY_CODE: Readonly<Record<string, Advice>> = {
  dns: "address",
  connect: "network",
  tls: "network",
  protocol: "network",
  truncated: "network",
  redirect: "address",
  timeout: "later",
  status: "refused",
  robots: "refused",
  policy: "refused",
  blocked: "blocked",
  blocked_address: "guard",
  scope: "guard",
  too_large: "large",
  decode: "type",
  unsupported_type: "type",
  parse: "type",
  render: "render",
  store: "internal",
  budget: "later",
  internal: "internal",
};

export const adviceOn = (code: string | null): Advice => BY_CODE[code ?? ""] ?? "internal";
