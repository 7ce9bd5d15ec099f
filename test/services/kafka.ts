// A real Kafka broker that is its own controller (KRaft). Two ways lead to it: `direct`, plain on loopback, and
// `bootstrap`, which may pass a proxy or ask for TLS and a password. Knows no topic.
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import { type Certificate, makeCertificate } from "./certificate.ts";
import { findJava, fromArchive, kafkaFolder } from "./places.ts";
import { freePort } from "./ports.ts";
import { launch, type Server, serverFolder } from "./server.ts";
import type { ToxicProxy, Toxiproxy } from "./toxiproxy.ts";

export interface KafkaOptions {
  /** How often the broker looks for expired segments. The broker's default: 5 minutes. */
  readonly topicRetentionCheckMs?: number;
  /** The largest record batch. The broker's default: 1,048,588; here 8 MiB. */
  readonly messageBytesMax?: number;
  /** `bootstrap` leads through this proxy, which the broker advertises as its address. */
  readonly behind?: Toxiproxy;
  /** `bootstrap` asks for TLS and SASL/PLAIN. */
  readonly secure?: boolean;
  readonly heapMib?: number;
  /** Further arguments of the JVM, in the place of those that quicken its start. */
  readonly jvm?: readonly string[];
  /** Further lines of server.properties. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface KafkaServer extends Server {
  /** host:port for the program under test. */
  readonly bootstrap: string;
  /** host:port past proxy, TLS and password, for the test's own client. Equal to `bootstrap` without those. */
  readonly direct: string;
  /** With `behind`: faults between the program and the broker. */
  readonly proxy: ToxicProxy | null;
  /** With `secure`: what a client needs to come in. */
  readonly credentials: KafkaCredentials | null;
}

export interface KafkaCredentials {
  readonly mechanism: "plain";
  readonly username: string;
  readonly password: string;
  readonly caFile: string;
}

const HOST = "127.0.0.1";
const USERNAME = "millrace";
const PASSWORD = "correct-horse";
const MESSAGE_BYTES_MAX = 8 * 1024 * 1024;
const HEAP_MIB = 512;

interface Way {
  readonly port: number;
  readonly advertised: string;
  readonly certificate: Certificate | null;
}

export async function startKafka(options: KafkaOptions = {}): Promise<KafkaServer> {
  const java = findJava();
  if (java === null) throw new Error("Kafka needs Java 17 or newer");
  const folder = serverFolder("kafka");
  const [port, controllerPort] = [await freePort(), await freePort()];
  const direct = `${HOST}:${port}`;
  let proxy: ToxicProxy | null = null;
  let way: Way | null = null;
  if (options.behind !== undefined || options.secure === true) {
    const outerPort = await freePort();
    proxy = (await options.behind?.addProxy({ upstream: `${HOST}:${outerPort}` })) ?? null;
    way = {
      port: outerPort,
      advertised: proxy === null ? `${HOST}:${outerPort}` : proxy.address,
      certificate: options.secure === true ? makeCertificate(folder) : null,
    };
  }
  const properties = join(folder, "server.properties");
  writeFileSync(properties, settingsText(settingsOf(options, folder, port, controllerPort, way)));
  cpSync(join(kafkaFolder, "formatted"), join(folder, "data"), { recursive: true });
  const heap = options.heapMib ?? HEAP_MIB;
  const server = await launch({
    name: "Kafka",
    folder,
    command: java,
    args: [
      ...[`-Xms${heap}m`, `-Xmx${heap}m`, "-XX:+UseG1GC", "-XX:-UsePerfData", "-Djava.awt.headless=true"],
      ...(options.jvm ?? fromArchive(kafkaFolder)),
      ...["-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-Dorg.slf4j.simpleLogger.showDateTime=true"],
      ...["-cp", join(kafkaFolder, "lib", "*"), "kafka.Kafka", properties],
    ],
    answers: () => answers(direct),
  });
  const caFile = way?.certificate?.certFile;
  return {
    ...server,
    bootstrap: way?.advertised ?? direct,
    direct,
    proxy,
    credentials:
      caFile === undefined ? null : { mechanism: "plain", username: USERNAME, password: PASSWORD, caFile },
    dispose: async () => {
      await server.dispose();
      await proxy?.remove();
    },
  };
}

async function answers(direct: string): Promise<void> {
  const admin = new Kafka({
    brokers: [direct],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 2_000,
    requestTimeout: 5_000,
    retry: { retries: 0 },
  }).admin();
  try {
    await admin.connect();
    const { brokers } = await admin.describeCluster();
    if (brokers.length === 0) throw new Error("the controller knows no broker yet");
  } finally {
    await admin.disconnect();
  }
}

function settingsOf(
  options: KafkaOptions,
  folder: string,
  port: number,
  controllerPort: number,
  way: Way | null,
): Record<string, string> {
  const bytes = String(options.messageBytesMax ?? MESSAGE_BYTES_MAX);
  const outer = way === null ? [] : [`OUTER://${HOST}:${way.port}`];
  const advertised = way === null ? [] : [`OUTER://${way.advertised}`];
  const outerProtocol = way?.certificate ? "SASL_SSL" : "PLAINTEXT";
  const check = options.topicRetentionCheckMs;
  return {
    "process.roles": "broker,controller",
    "node.id": "1",
    "controller.quorum.voters": `1@${HOST}:${controllerPort}`,
    listeners: [`DIRECT://${HOST}:${port}`, `CONTROLLER://${HOST}:${controllerPort}`, ...outer].join(),
    "advertised.listeners": [`DIRECT://${HOST}:${port}`, ...advertised].join(),
    "listener.security.protocol.map": `DIRECT:PLAINTEXT,CONTROLLER:PLAINTEXT,OUTER:${outerProtocol}`,
    "inter.broker.listener.name": "DIRECT",
    "controller.listener.names": "CONTROLLER",
    "log.dirs": join(folder, "data"),
    "num.partitions": "1",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
    "group.initial.rebalance.delay.ms": "0",
    "message.max.bytes": bytes,
    "replica.fetch.max.bytes": bytes,
    ...(check === undefined
      ? {}
      : {
          "log.retention.check.interval.ms": String(check),
          "log.initial.task.delay.ms": String(check), // the broker's default waits 30 s before its first look
        }),
    ...(way?.certificate ? securitySettings(way.certificate) : {}),
    ...options.settings,
  };
}

function securitySettings({ pem, keyPem }: Certificate): Record<string, string> {
  const login = "org.apache.kafka.common.security.plain.PlainLoginModule";
  return {
    "listener.name.outer.ssl.keystore.type": "PEM",
    "listener.name.outer.ssl.keystore.certificate.chain": pem,
    "listener.name.outer.ssl.keystore.key": keyPem,
    "listener.name.outer.sasl.enabled.mechanisms": "PLAIN",
    "listener.name.outer.plain.sasl.jaas.config": `${login} required user_${USERNAME}="${PASSWORD}";`,
  };
}

/** Java's properties: a value's lines are joined by `\n`, its backslashes doubled. */
function settingsText(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n")}\n`)
    .join("");
}
