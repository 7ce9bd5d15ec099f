// A real OpenSearch node with the Korean analysis, plain HTTP, no password. Knows no index.
import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findJava, fromArchive, opensearchFolder } from "./places.ts";
import { freePort } from "./ports.ts";
import { launch, type Server, serverFolder } from "./server.ts";
import { giveTo, isOpenToAll, unprivilegedUser } from "./unprivileged.ts";

export interface OpenSearchServer extends Server {
  /** http://host:port */
  readonly url: string;
  readonly host: string;
  readonly port: number;
}

export interface OpenSearchOptions {
  readonly heapMib?: number;
  /** Further arguments of the JVM, in the place of those that quicken its start. */
  readonly jvm?: readonly string[];
  /** Further lines of opensearch.yml. */
  readonly settings?: Readonly<Record<string, string>>;
}

const HOST = "127.0.0.1";
const HEAP_MIB = 768;
const ASK_MS_MAX = 5_000;
const LOGGING = `appender.c.type = Console
appender.c.name = c
appender.c.layout.type = PatternLayout
appender.c.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.c.ref = c
`;

/** What the server's own start script passes on Java 17, without its own logging and native parts. */
const JVM: readonly string[] = [
  ...["-XX:+UseG1GC", "-XX:-UsePerfData", "-Dfile.encoding=UTF-8", "-Djava.awt.headless=true"],
  ...["-Djna.nosys=true", "-Dio.netty.noUnsafe=true", "-Dio.netty.noKeySetOptimization=true"],
  ...["-Dio.netty.recycler.maxCapacityPerThread=0", "-Dio.netty.allocator.numDirectArenas=0"],
  ...["-Dlog4j.shutdownHookEnabled=false", "-Dlog4j2.disable.jmx=true", "-Djava.security.manager=allow"],
  ...["--add-opens=java.base/java.nio=ALL-UNNAMED", "-Dopensearch.distribution.type=tar"],
  "-Dopensearch.bundled_jdk=false",
];

export async function startOpenSearch(options: OpenSearchOptions = {}): Promise<OpenSearchServer> {
  const java = findJava();
  if (java === null) throw new Error("OpenSearch needs Java 17 or newer");
  const folder = serverFolder("opensearch");
  const user = unprivilegedUser();
  const [port, transportPort] = [await freePort(), await freePort()];
  const own = (name: string): string => join(folder, name);
  for (const name of ["config", "data", "logs", "tmp"]) mkdirSync(own(name));
  writeFileSync(
    own("config/opensearch.yml"),
    Object.entries({
      "cluster.name": "millrace",
      "node.name": "one",
      "network.host": HOST,
      "http.port": String(port),
      "transport.port": String(transportPort),
      "discovery.type": "single-node",
      "path.data": own("data"),
      "path.logs": own("logs"),
      "cluster.routing.allocation.disk.threshold_enabled": "false",
      ...options.settings,
    })
      .map(([key, value]) => `${key}: ${value}\n`)
      .join(""),
  );
  writeFileSync(own("config/log4j2.properties"), LOGGING);
  let home = opensearchFolder;
  if (user !== null && !isOpenToAll(opensearchFolder)) {
    home = own("home");
    cpSync(opensearchFolder, home, { recursive: true });
  }
  if (user !== null) giveTo(user, folder);
  const heap = options.heapMib ?? HEAP_MIB;
  const url = `http://${HOST}:${port}`;
  const server = await launch({
    name: "OpenSearch",
    folder,
    command: java,
    args: [
      ...[`-Xms${heap}m`, `-Xmx${heap}m`, ...JVM, `-Djava.io.tmpdir=${own("tmp")}`],
      ...(options.jvm ?? fromArchive(home)),
      ...[`-Dopensearch.path.home=${home}`, `-Dopensearch.path.conf=${own("config")}`],
      ...["-cp", join(home, "lib", "*"), "org.opensearch.bootstrap.OpenSearch"],
    ],
    user,
    answers: async () => {
      const answer = await fetch(`${url}/_cluster/health?wait_for_status=yellow&timeout=3s`, {
        signal: AbortSignal.timeout(ASK_MS_MAX),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`OpenSearch is not ready: ${answer.status}`);
    },
  });
  return { ...server, url, host: HOST, port };
}
