// Everything the suites start as a real server, brought into .cache/services/ or the system: each step looks first, the
// long ones run side by side, and a step that fails is told in one line and takes no other with it.
import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import {
  cacheFolder,
  findJava,
  findProgram,
  kafkaFolder,
  minioBinary,
  opensearchFolder,
  toxiproxyBinary,
} from "../services/places.ts";
import { archiveClasses } from "./class-archive.ts";
import { buildGo, findGo, type GoProgram } from "./go.ts";
import { assembleKafka, kafkaJars } from "./kafka.ts";
import { fetchJars } from "./maven.ts";
import { assembleOpenSearch, opensearchJars } from "./opensearch.ts";
import { installPrograms, jdk, maven, openssl, postgresql, type SystemProgram } from "./system.ts";

const MINIO: GoProgram = {
  module: "github.com/minio/minio@v0.0.0-20260212201848-7aac2a2c5b7c",
  builtAs: "minio",
  target: minioBinary,
  msMax: 30 * 60_000,
};
const TOXIPROXY: GoProgram = {
  module: "github.com/Shopify/toxiproxy/v2/cmd/server@v2.5.0",
  builtAs: "server",
  target: toxiproxyBinary,
  msMax: 10 * 60_000,
};

/** One line for each server that could not be had. Seconds when all is there. */
export async function setUpServers(): Promise<string[]> {
  mkdirSync(cacheFolder, { recursive: true });
  const steps = [
    step("MinIO", minioBinary, () => build(MINIO)), // first, for it takes longest
    step("toxiproxy", toxiproxyBinary, () => build(TOXIPROXY)),
    systemAndJars(),
  ];
  return (await Promise.all(steps)).flat();
}

async function step(title: string, target: string, make: () => Promise<void>): Promise<string[]> {
  if (existsSync(target)) return [];
  const began = Date.now();
  try {
    await make();
    console.log(`${title} is set up (${Math.round((Date.now() - began) / 1000)} s)`);
    return [];
  } catch (cause) {
    return [`${title} could not be set up: ${cause instanceof Error ? cause.message : String(cause)}`];
  }
}

async function build(program: GoProgram): Promise<void> {
  const go = findGo();
  if (go === null) throw new Error("Go is missing");
  await buildGo(go, program);
}

/** Packages of the system first, for Java and Maven may come with them; then the jars in one run of Maven. */
async function systemAndJars(): Promise<string[]> {
  const wantsKafka = !existsSync(kafkaFolder);
  const wantsSearch = !existsSync(opensearchFolder);
  const tools: SystemProgram[] = wantsKafka || wantsSearch ? [jdk, maven] : [jdk];
  const problems = await installPrograms([postgresql, openssl, ...tools]);
  if (wantsKafka || wantsSearch) problems.push(...(await jarServers(wantsKafka, wantsSearch)));
  await archiveClasses();
  return problems;
}

async function jarServers(wantsKafka: boolean, wantsSearch: boolean): Promise<string[]> {
  const folder = join(cacheFolder, "maven");
  const began = fetchAll(folder, wantsKafka, wantsSearch);
  const kafka = await step("Kafka", kafkaFolder, async () => {
    const { java, found, why } = await began;
    const jars = found.get(kafkaJars.name);
    if (jars === undefined) throw new Error(why ?? "Maven brought no jars");
    await assembleKafka(java, jars);
  });
  const search = await step("OpenSearch", opensearchFolder, async () => {
    const { found, why } = await began;
    if (opensearchJars.some(({ name }) => !found.has(name))) throw new Error(why ?? "Maven brought no jars");
    await assembleOpenSearch(found);
  });
  rmSync(folder, { recursive: true, force: true });
  return [...kafka, ...search];
}

async function fetchAll(folder: string, wantsKafka: boolean, wantsSearch: boolean) {
  const [java, mvn] = [findJava(), findProgram("mvn")];
  if (java === null || mvn === null) throw new Error("it comes through Maven and Java, and they are missing");
  const groups = [...(wantsKafka ? [kafkaJars] : []), ...(wantsSearch ? opensearchJars : [])];
  return { java, ...(await fetchJars(mvn, folder, groups)) };
}
