// Kafka's broker from its jars, and a log folder formatted once: each broker of a test starts from a copy.
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { KAFKA_VERSION, kafkaFolder } from "../services/places.ts";
import type { Jars } from "./maven.ts";
import { run } from "./run.ts";

export const kafkaJars: Jars = {
  name: "kafka",
  artifacts: [`org.apache.kafka:kafka_2.13:${KAFKA_VERSION}`, "org.slf4j:slf4j-simple:1.7.36"],
};

const CLUSTER_ID = "bWlsbHJhY2UtdGVzdHMtMQ";

export async function assembleKafka(java: string, jars: string): Promise<void> {
  const part = `${kafkaFolder}.part`;
  rmSync(part, { recursive: true, force: true });
  mkdirSync(part, { recursive: true });
  cpSync(jars, join(part, "lib"), { recursive: true });
  const settings = join(part, "format.properties");
  writeFileSync(
    settings,
    [
      "process.roles=broker,controller",
      "node.id=1",
      "controller.quorum.voters=1@127.0.0.1:9093",
      "listeners=PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093",
      "controller.listener.names=CONTROLLER",
      `log.dirs=${join(part, "formatted").replaceAll("\\", "\\\\")}`,
    ].join("\n"),
  );
  const args = ["-cp", join(part, "lib", "*"), "kafka.tools.StorageTool", "format"];
  await run(java, [...args, "-t", CLUSTER_ID, "-c", settings], { msMax: 120_000 });
  rmSync(kafkaFolder, { recursive: true, force: true });
  renameSync(part, kafkaFolder);
}
