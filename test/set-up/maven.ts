// The jars of Kafka and OpenSearch through Maven, in one run: a group of jars is one module of one project, so that
// each resolves by itself and a failing one takes no other with it.
import { existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./run.ts";

export interface Jars {
  readonly name: string;
  /** group:artifact:version; with a `!` behind it without what it depends on. */
  readonly artifacts: readonly string[];
}

const COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";
const MS_MAX = 10 * 60_000;

/** Resolves to the folder of each group's jars; null for a group that could not be had, with Maven's reason. */
export async function fetchJars(
  maven: string,
  folder: string,
  groups: readonly Jars[],
): Promise<{ readonly found: ReadonlyMap<string, string>; readonly why: string | null }> {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const modules = groups.map(({ name }) => `<module>${name}</module>`).join("");
  writeFileSync(join(folder, "pom.xml"), project("all", `<modules>${modules}</modules>`));
  for (const { name, artifacts } of groups) {
    mkdirSync(join(folder, name));
    const dependencies = `<dependencies>${artifacts.map(dependency).join("")}</dependencies>`;
    writeFileSync(join(folder, name, "pom.xml"), project(name, dependencies));
  }
  let why: string | null = null;
  try {
    await run(maven, ["-q", "-B", "--fail-at-end", COPY, "-DincludeScope=runtime"], {
      cwd: folder,
      msMax: MS_MAX,
    });
  } catch (cause) {
    why = cause instanceof Error ? cause.message : String(cause);
  }
  const found = new Map(
    groups
      .map(({ name }) => [name, join(folder, name, "target", "dependency")] as const)
      .filter(([, jars]) => existsSync(jars) && readdirSync(jars).length > 0),
  );
  return { found, why };
}

function project(name: string, body: string): string {
  return (
    `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>` +
    `<groupId>millrace.test</groupId><artifactId>${name}</artifactId><version>1</version><packaging>pom</packaging>` +
    `${body}</project>\n`
  );
}

function dependency(text: string): string {
  const [group, artifact, version] = text.replace("!", "").split(":");
  const alone = text.endsWith("!")
    ? "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
    : "";
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${alone}</dependency>`;
}
