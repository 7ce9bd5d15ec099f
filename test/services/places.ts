// Where the set-up puts the real servers and where the suites find them. Knows no server's settings.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const KAFKA_VERSION = "4.1.0";
export const OPENSEARCH_VERSION = "2.19.3";

/** Ignored by git, kept between runs. The versions are in the names: a new one is installed beside the old. */
export const cacheFolder = join(
  dirname(dirname(dirname(fileURLToPath(import.meta.url)))),
  ".cache",
  "services",
);
/** `lib/` with the jars and `formatted/`, a log folder as new. */
export const kafkaFolder = join(cacheFolder, `kafka-${KAFKA_VERSION}`);
/** What the server calls its home: `lib/`, `modules/`, `plugins/`. The last number counts our own recipe. */
export const opensearchFolder = join(cacheFolder, `opensearch-${OPENSEARCH_VERSION}-1`);
/** The classes of one start, mapped by the next: it takes half the time. Of use to the JVM that wrote it alone. */
export const classArchive = (home: string): string => `${home}.jsa`;
export const minioBinary = join(cacheFolder, "minio");
export const toxiproxyBinary = join(cacheFolder, "toxiproxy");

/** A program of the system by its name: first in `folders`, then on the PATH; null where there is none. */
export function findProgram(name: string, folders: readonly string[] = []): string | null {
  const path = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  return [...folders, ...path].map((folder) => join(folder, name)).find((file) => existsSync(file)) ?? null;
}

const javaHome = (): string[] =>
  process.env.JAVA_HOME === undefined ? [] : [join(process.env.JAVA_HOME, "bin")];

/** `java`, `javac` or `jar` of version 17 or newer, or null. On a Mac without Java the program is there and fails. */
export function findJava(name: "java" | "javac" | "jar" = "java"): string | null {
  const file = findProgram(name, javaHome());
  if (file === null) return null;
  const said = spawnSync(file, [name === "java" ? "-version" : "--version"], {
    encoding: "utf8",
    timeout: 20_000,
  });
  const major = Number(
    /(\d+)[.\d]*/.exec(`${said.stderr}${said.stdout}`.replace(/^Picked up.*$/gm, ""))?.[1],
  );
  return said.status === 0 && major >= 17 ? file : null;
}

/** What lets a JVM start from the archive of the server in `home`; nothing where there is none. */
export function fromArchive(home: string): string[] {
  const archive = classArchive(home);
  return existsSync(archive) ? [`-XX:SharedArchiveFile=${archive}`, "-Xlog:disable"] : [];
}

/** The folder of `initdb` and `postgres`. Debian keeps them off the PATH, a folder for each version. */
export function findPostgres(): string | null {
  const debian = "/usr/lib/postgresql";
  const versions = existsSync(debian)
    ? readdirSync(debian).sort((a, b) => Number.parseInt(b, 10) - Number.parseInt(a, 10))
    : [];
  const found = findProgram(
    "initdb",
    versions.map((version) => join(debian, version, "bin")),
  );
  return found === null ? null : dirname(found);
}
