// What test/deploy needs: compose-go's reader of compose files, built from test/deploy/composecheck; promtool; the jar of
// Kafka's own topic tool. Runs after the servers' set-up, whose Java, Maven and packages it uses.
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { COMPOSE_CHECK, COMPOSE_CHECK_SOURCE, TOPIC_TOOL } from "../deploy/deployment.ts";
import { cacheFolder, findProgram, KAFKA_VERSION } from "../services/places.ts";
import { findGo } from "./go.ts";
import { fetchJars } from "./maven.ts";
import { run } from "./run.ts";
import { installPrograms, type SystemProgram } from "./system.ts";

const prometheus: SystemProgram = {
  title: "promtool",
  aptPackage: "prometheus",
  isHere: () => findProgram("promtool") !== null,
};

/** One line for each that could not be had. */
export async function setUpDeploy(): Promise<string[]> {
  const problems = await Promise.all([
    step("composecheck", buildComposeCheck),
    installPrograms([prometheus]),
    step("Kafka's topic tool", fetchTopicTool),
  ]);
  return problems.flat();
}

async function step(title: string, make: () => Promise<void>): Promise<string[]> {
  try {
    await make();
    return [];
  } catch (cause) {
    return [`${title} could not be set up: ${cause instanceof Error ? cause.message : String(cause)}`];
  }
}

async function buildComposeCheck(): Promise<void> {
  const isFresh =
    existsSync(COMPOSE_CHECK) &&
    readdirSync(COMPOSE_CHECK_SOURCE).every(
      (file) => statSync(join(COMPOSE_CHECK_SOURCE, file)).mtimeMs <= statSync(COMPOSE_CHECK).mtimeMs,
    );
  if (isFresh) return;
  const go = findGo();
  if (go === null) throw new Error("Go is missing");
  mkdirSync(dirname(COMPOSE_CHECK), { recursive: true });
  await run(go, ["build", "-ldflags=-s -w", "-o", COMPOSE_CHECK, "."], { cwd: COMPOSE_CHECK_SOURCE });
}

async function fetchTopicTool(): Promise<void> {
  if (existsSync(TOPIC_TOOL)) return;
  const maven = findProgram("mvn");
  if (maven === null) throw new Error("it comes through Maven, which is missing");
  const folder = join(cacheFolder, "maven-tools");
  // Alone: what it depends on came with the broker.
  const tools = { name: "tools", artifacts: [`org.apache.kafka:kafka-tools:${KAFKA_VERSION}!`] };
  const { found, why } = await fetchJars(maven, folder, [tools]);
  const jars = found.get(tools.name);
  if (jars === undefined) throw new Error(why ?? "Maven brought no jars");
  const part = `${TOPIC_TOOL}.part`;
  copyFileSync(join(jars, `kafka-tools-${KAFKA_VERSION}.jar`), part);
  renameSync(part, TOPIC_TOOL);
  rmSync(folder, { recursive: true, force: true });
}
