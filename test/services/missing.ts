// Whether a real server can be started here, and the sentence a skipped test gives where it cannot.
import { existsSync } from "node:fs";
import {
  findJava,
  findPostgres,
  findProgram,
  kafkaFolder,
  minioBinary,
  opensearchFolder,
  toxiproxyBinary,
} from "./places.ts";

export type ServiceName = "kafka" | "postgres" | "minio" | "opensearch" | "toxiproxy" | "openssl";

const INSTALL = "`node test/set-up.mjs` installs it";

/** Null where `name` can be started; else why not, for `{ skip: … }`. */
export function whyMissing(...names: readonly ServiceName[]): string | null {
  for (const name of names) {
    const why = whyNot(name);
    if (why !== null) return why;
  }
  return null;
}

function whyNot(name: ServiceName): string | null {
  switch (name) {
    case "kafka":
      return withJava("Kafka", kafkaFolder);
    case "opensearch":
      return withJava("OpenSearch", opensearchFolder);
    case "minio":
      return existsSync(minioBinary) ? null : `MinIO is not here: ${INSTALL}`;
    case "toxiproxy":
      return existsSync(toxiproxyBinary) ? null : `toxiproxy is not here: ${INSTALL}`;
    case "postgres":
      return findPostgres() === null ? `PostgreSQL is not here: ${INSTALL}` : null;
    case "openssl":
      return findProgram("openssl") === null ? "openssl is not here to make a certificate" : null;
  }
}

function withJava(title: string, folder: string): string | null {
  if (!existsSync(folder)) return `${title} is not here: ${INSTALL}`;
  return findJava() === null ? `${title} needs Java 17 or newer` : null;
}
