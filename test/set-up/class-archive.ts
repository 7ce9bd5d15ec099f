// Starts Kafka and OpenSearch once to keep the classes they load: the suites start them dozens of times, and each start
// then costs half. A convenience: without it everything works, so a failure is told and is no problem.
import { cpSync, existsSync, renameSync } from "node:fs";
import { join } from "node:path";
import { startKafka } from "../services/kafka.ts";
import { startOpenSearch } from "../services/opensearch.ts";
import { classArchive, kafkaFolder, opensearchFolder } from "../services/places.ts";
import type { Server } from "../services/server.ts";

type Start = (jvm: readonly string[]) => Promise<Server>;

/** Of each server that is there and has none yet. */
export async function archiveClasses(): Promise<void> {
  await archive("Kafka", kafkaFolder, (jvm) => startKafka({ jvm }));
  await archive("OpenSearch", opensearchFolder, (jvm) => startOpenSearch({ jvm }));
}

async function archive(title: string, home: string, start: Start): Promise<void> {
  const target = classArchive(home);
  if (existsSync(target) || !existsSync(home)) return;
  const began = Date.now();
  const name = "classes.jsa";
  try {
    // A relative name: the server's folder is where it may write, and where it runs.
    const server = await start([`-XX:ArchiveClassesAtExit=${name}`, "-Xlog:disable"]);
    try {
      await server.stop();
      cpSync(join(server.folder, name), `${target}.part`);
      renameSync(`${target}.part`, target);
    } finally {
      await server.dispose();
    }
    console.log(`${title}'s classes are archived (${Math.round((Date.now() - began) / 1000)} s)`);
  } catch (cause) {
    const why = String(cause instanceof Error ? cause.message : cause).split("\n")[0];
    console.log(`${title}'s classes are not archived: ${why}`);
  }
}
