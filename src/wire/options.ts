// What the user may set about Kafka: where it is, how to come in, how long its topics keep a record, and the limits of
// what is sent and read at once.
import { z } from "zod";

const KIB = 1024;
const MIB = 1024 * KIB;
const HOUR_MS = 3_600_000;

const bytes = (fallback: number, min: number, max: number) => z.int().min(min).max(max).default(fallback);
const ms = (fallback: number, min = 1, max = 3_600_000) => z.int().min(min).max(max).default(fallback);
const pem = z
  .string()
  .regex(/-----BEGIN [A-Z ]+-----/, "must be PEM text (a file is named by the variable with _FILE)")
  .nullable()
  .default(null);
/** A topic's retention; a record older than this may be gone. */
const retention = (hours: number) => ms(hours * HOUR_MS, 1_000, 8_784 * HOUR_MS);

export const wireOptions = z.strictObject({
  /** host:port of brokers to begin with; the others are learnt from them. */
  bootstrapServers: z
    .array(z.string().regex(/^(\[[0-9a-f:.]+\]|[^\s:/,]+):\d{1,5}$/i, "must be host:port"))
    .min(1)
    .max(100)
    .default(["127.0.0.1:9092"]),
  clientId: z.string().min(1).max(200).default("millrace"),
  sasl: z
    .strictObject({
      /** null: the broker asks for no password. */
      mechanism: z.enum(["plain", "scram-sha-256", "scram-sha-512"]).nullable().default(null),
      username: z.string().max(1_024).default(""),
      password: z.string().max(4_096).default(""),
    })
    .prefault({}),
  tls: z
    .strictObject({
      /** Also on where a CA or a certificate is given. */
      enabled: z.boolean().default(false),
      /** The authority that the brokers' certificates are signed by, beside those the system knows. */
      ca: pem,
      /** Our own certificate, where the brokers ask for one. */
      certificate: pem,
      privateKey: pem,
    })
    .prefault({}),
  /** To a broker: TCP, TLS and SASL each. */
  connectTimeoutMs: ms(5_000, 100, 300_000),
  requestTimeoutMs: ms(30_000, 100, 600_000),
  /** How long each topic keeps a record (`topics create`), and after which the ingestor fetches a page again. */
  retentionMs: z
    .strictObject({
      rawPage: retention(6),
      rawPageDlq: retention(24),
      frontierLinks: retention(7 * 24),
      processedDlq: retention(24),
      storageSaved: retention(1),
      storageDlq: retention(24),
    })
    .prefault({}),
  /** Largest record that is sent whole, at most what the topic takes; a larger page goes by claim check. */
  messageBytesMax: bytes(MIB - 16 * KIB, 4 * KIB, 64 * MIB),
  /** A body as the fetcher received it; a record that unpacks to more is refused. */
  bodyBytesMax: bytes(128 * MIB, KIB, 2_000 * MIB),
  producer: z
    .strictObject({
      itemsMax: z.int().min(1).max(10_000).default(256),
      bytesMax: bytes(4 * MIB, KIB, 64 * MIB),
      lingerMs: z.int().min(0).max(10_000).default(20),
      /** Page batches under way at once. */
      inFlightMax: z.int().min(1).max(16).default(4),
      deadlineMs: ms(120_000, 1_000),
    })
    .prefault({}),
  consumer: z
    .strictObject({
      /** Records of one partition held unread before it is paused. One fetch more may come on top, at least one producer's batch. */
      bufferItemsMax: z.int().min(1).max(100_000).default(512),
      bufferBytesMax: bytes(4 * MIB, KIB, 512 * MIB),
      /** Records of one partition handed out and not yet passed by its commit. */
      trackedMax: z.int().min(1).max(100_000).default(2_048),
      /** Records of all partitions handed out and not yet settled. */
      inFlightMax: z.int().min(1).max(100_000).default(512),
      /** Records being unpacked ahead of the reader. */
      openingMax: z.int().min(1).max(1_000).default(16),
      /** Records that cannot be read and whose dead letter is not yet written. */
      poisonMax: z.int().min(1).max(1_000).default(16),
      commitMs: ms(1_000, 10, 60_000),
      /** One fetch, of one partition and in all. */
      partitionFetchBytesMax: bytes(MIB, KIB, 64 * MIB),
      /** A heartbeat waits behind a fetch on its way: within a session this much must come over the slowest link. */
      fetchBytesMax: bytes(2 * MIB, KIB, 256 * MIB),
      /** The broker holds an empty fetch so long; a resume, a join and a stop wait as long in the worst case. */
      fetchWaitMs: ms(200, 1, 10_000),
      /** A member that is silent for so long loses its partitions. */
      sessionTimeoutMs: ms(30_000, 1_000, 600_000),
      rebalanceTimeoutMs: ms(60_000, 1_000, 600_000),
      heartbeatMs: ms(3_000, 100, 60_000),
      /** From the last record to the last commit and the leaving of the group. */
      closeMs: ms(10_000, 100, 600_000),
    })
    .prefault({}),
});

export type WireOptions = z.output<typeof wireOptions>;

/** Environment variables with names of their own, and the keys they set. */
export const wireVariables = {
  KAFKA_BOOTSTRAP_SERVERS: "wire.bootstrapServers",
  KAFKA_SASL_MECHANISM: "wire.sasl.mechanism",
  KAFKA_SASL_USERNAME: "wire.sasl.username",
  KAFKA_SASL_PASSWORD: "wire.sasl.password",
  KAFKA_SSL: "wire.tls.enabled",
  KAFKA_SSL_CA: "wire.tls.ca",
  KAFKA_SSL_CERT: "wire.tls.certificate",
  KAFKA_SSL_KEY: "wire.tls.privateKey",
};
