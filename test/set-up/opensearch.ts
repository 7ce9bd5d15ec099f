// OpenSearch's server from its jars: the modules it cannot start without, and our own build of the Korean analysis.
// The archive the project offers is no Maven artifact; this is what of it the search index needs (no scripting).
import {
  cpSync,
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findJava, OPENSEARCH_VERSION, opensearchFolder } from "../services/places.ts";
import type { Jars } from "./maven.ts";
import { run } from "./run.ts";

const SERVER = `org.opensearch:opensearch:${OPENSEARCH_VERSION}`;
const LUCENE_VERSION = "9.12.2"; // the one that server is built with
const LOG4J = "org.apache.logging.log4j:log4j-core:2.21.0";
const sources = join(dirname(fileURLToPath(import.meta.url)), "java");

interface Module {
  readonly folder: string;
  readonly artifact: string;
  readonly className: string;
  /** What its code may do under the server's security manager. */
  readonly policy?: string;
}

const NETWORK_POLICY = `grant {
  permission java.net.SocketPermission "*", "accept,connect,resolve,listen";
  permission java.lang.RuntimePermission "*";
  permission java.lang.reflect.ReflectPermission "suppressAccessChecks";
  permission java.io.FilePermission "/proc/sys/net/core/somaxconn", "read";
  permission java.util.PropertyPermission "*", "read,write";
};
`;

const MODULES: readonly Module[] = [
  {
    folder: "transport-netty4",
    artifact: "transport-netty4-client",
    className: "org.opensearch.transport.Netty4Plugin",
    policy: NETWORK_POLICY,
  },
  {
    folder: "analysis-common",
    artifact: "analysis-common",
    className: "org.opensearch.analysis.common.CommonAnalysisPlugin",
  },
  {
    folder: "reindex",
    artifact: "reindex-client",
    className: "org.opensearch.index.reindex.ReindexPlugin",
  },
];

const pluginArtifact = ({ artifact }: Module): string =>
  `org.opensearch.plugin:${artifact}:${OPENSEARCH_VERSION}`;

export const opensearchJars: readonly Jars[] = [
  { name: "server", artifacts: [SERVER, LOG4J] },
  ...MODULES.map((module) => ({ name: module.folder, artifacts: [SERVER, pluginArtifact(module)] })),
  { name: "nori", artifacts: [`org.apache.lucene:lucene-analysis-nori:${LUCENE_VERSION}!`] },
];

/** `jars` by the names of `opensearchJars`, all of them. */
export async function assembleOpenSearch(jars: ReadonlyMap<string, string>): Promise<void> {
  const from = (name: string): string => {
    const folder = jars.get(name);
    if (folder === undefined) throw new Error(`Maven has no jars for ${name}`);
    return folder;
  };
  const part = `${opensearchFolder}.part`;
  rmSync(part, { recursive: true, force: true });
  const lib = join(part, "lib");
  mkdirSync(join(part, "bin"), { recursive: true });
  cpSync(from("server"), lib, { recursive: true });
  // The server's policy grants what this class needs to the jar of this name alone.
  await compile("loader", lib, join(lib, `opensearch-plugin-classloader-${OPENSEARCH_VERSION}.jar`), part);
  for (const module of MODULES) {
    const folder = join(part, "modules", module.folder);
    mkdirSync(folder, { recursive: true });
    for (const jar of readdirSync(from(module.folder))) {
      if (!existsSync(join(lib, jar))) cpSync(join(from(module.folder), jar), join(folder, jar));
    }
    describe(folder, module.folder, module.className);
    if (module.policy !== undefined) writeFileSync(join(folder, "plugin-security.policy"), module.policy);
  }
  const nori = join(part, "plugins", "analysis-nori");
  cpSync(from("nori"), nori, { recursive: true });
  await compile("nori", [join(lib, "*"), join(nori, "*")].join(":"), join(nori, "millrace-nori.jar"), part);
  describe(nori, "analysis-nori", "millrace.nori.NoriPlugin");
  rmSync(opensearchFolder, { recursive: true, force: true });
  renameSync(part, opensearchFolder);
}

async function compile(name: string, classPath: string, jarFile: string, part: string): Promise<void> {
  const [javac, jar] = [findJava("javac"), findJava("jar")];
  if (javac === null || jar === null) throw new Error("javac of Java 17 or newer is missing");
  const classes = join(part, "classes", basename(name));
  mkdirSync(classes, { recursive: true });
  const files = globSync(join(sources, name, "**", "*.java"));
  const lint = ["-nowarn", "-Xlint:none", "-proc:none", "-encoding", "UTF-8"];
  await run(javac, [...lint, "-d", classes, "-cp", classPath, ...files], { msMax: 120_000 });
  await run(jar, ["cf", jarFile, "-C", classes, "."], { msMax: 60_000 });
}

function describe(folder: string, name: string, className: string): void {
  const lines = {
    description: name,
    version: OPENSEARCH_VERSION,
    name,
    classname: className,
    "java.version": "17",
    "opensearch.version": OPENSEARCH_VERSION,
    "custom.foldername": "",
    "extended.plugins": "",
    "has.native.controller": "false",
  };
  const text = Object.entries(lines).map(([key, value]) => `${key}=${value}\n`);
  writeFileSync(join(folder, "plugin-descriptor.properties"), text.join(""));
}
