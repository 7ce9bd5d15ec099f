// The door to kafkajs: one client from the options, with TLS and SASL, its log lines handed on, its retries kept short
// because the engine seeks a service that is away for ever. Knows no topic.
import { Kafka, type KafkaConfig, type LogEntry, logLevel, type RetryOptions } from "kafkajs";
import type { WireOptions } from "./options.ts";

/** What kafkajs has to say, for a log. Rebalances and brokers that are away are reported as errors there; they are not. */
export type WireLog = (level: "error" | "warn" | "info", message: string, detail: LogEntry["log"]) => void;

/** Within one call. Beyond that the call fails, readiness says so, and the engine connects anew with its own backoff. */
export const RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  factor: 0.2,
  multiplier: 2,
  retries: 4,
};

export function kafkaClient(options: WireOptions, log: WireLog | null = null): Kafka {
  return new Kafka({
    brokers: options.bootstrapServers,
    clientId: options.clientId,
    connectionTimeout: options.connectTimeoutMs,
    authenticationTimeout: options.connectTimeoutMs,
    reauthenticationThreshold: 10_000,
    requestTimeout: options.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: RETRY,
    logLevel: log === null ? logLevel.NOTHING : logLevel.WARN,
    logCreator: () => (entry) => log?.(levelOf(entry), `${entry.namespace}: ${entry.log.message}`, entry.log),
    ssl: tlsOf(options),
    ...saslOf(options),
  });
}

function levelOf(entry: LogEntry): "error" | "warn" | "info" {
  if (entry.level === logLevel.ERROR) return "error";
  return entry.level === logLevel.WARN ? "warn" : "info";
}

function tlsOf({ tls }: WireOptions): NonNullable<KafkaConfig["ssl"]> {
  const { enabled, ca, certificate, privateKey } = tls;
  if (!enabled && ca === null && certificate === null) return false;
  return {
    rejectUnauthorized: true,
    ...(ca === null ? {} : { ca: [ca] }),
    ...(certificate === null ? {} : { cert: certificate }),
    ...(privateKey === null ? {} : { key: privateKey }),
  };
}

function saslOf({ sasl }: WireOptions): Pick<KafkaConfig, "sasl"> {
  const { mechanism, username, password } = sasl;
  switch (mechanism) {
    case null:
      return {};
    case "plain":
      return { sasl: { mechanism, username, password } };
    case "scram-sha-256":
      return { sasl: { mechanism, username, password } };
    case "scram-sha-512":
      return { sasl: { mechanism, username, password } };
  }
}
