// What `doctor` finds of the services a role needs: each asked once as the role itself would, with what to do about it.
import { asError, describe } from "../base/index.ts";
import type { Config } from "../config.ts";
import { NotConnected } from "../engine/index.ts";
import { claimStore, serverStore } from "../store/index.ts";
import { checkTopics } from "../wire/index.ts";
import type { Finding } from "./doctor.ts";
import type { Io } from "./io.ts";
import { software } from "./open-folder.ts";

export async function serviceFindings(
  role: "ingestor" | "processor",
  config: Config,
  folder: string,
  io: Pick<Io, "clock" | "stop">,
): Promise<Finding[]> {
  const found = [await kafka(config), await objectStore(config, io)];
  return role === "processor" ? [...found, await database(config, folder, io)] : found;
}

async function kafka({ wire }: Config): Promise<Finding> {
  const check = "kafka";
  const topics = await checkTopics(wire);
  const where = wire.bootstrapServers.join(", ");
  if (topics.ok) return { check, level: "ok", found: `${where}, every topic there`, advice: null };
  const { kind, message } = topics.error;
  const advice =
    kind === "away"
      ? "start the broker, or say where it is with KAFKA_BOOTSTRAP_SERVERS"
      : kind === "refused"
        ? "correct KAFKA_SASL_* and KAFKA_SSL_CA"
        : "millrace topics create";
  return { check, level: "fail", found: message, advice };
}

async function objectStore({ store }: Config, io: Pick<Io, "clock" | "stop">): Promise<Finding> {
  const check = "object store";
  if (store.s3.endpoint === null)
    return {
      check,
      level: "fail",
      found: "MINIO_ENDPOINT is not set",
      advice: "set it, with keys and bucket",
    };
  const advice = "start it, or correct MINIO_ENDPOINT, MINIO_ACCESS_KEY, MINIO_SECRET_KEY, MINIO_BUCKET";
  return asked(check, `${store.s3.endpoint}, bucket ${store.s3.bucket}`, advice, async () => {
    const claims = claimStore(store.s3, io.clock);
    return { connect: () => claims.connect(io.stop), close: () => claims.close() };
  });
}

async function database({ store }: Config, folder: string, io: Pick<Io, "clock" | "stop">): Promise<Finding> {
  const advice = "start it, or correct DATABASE_URL; a schema newer than this program needs a newer program";
  return asked("database", "reached and up to date", advice, async () => {
    const servers = serverStore(folder, store, software(), io.clock);
    return { connect: () => servers.metadata.connect(io.stop), close: () => servers.close() };
  });
}

async function asked(
  check: string,
  found: string,
  advice: string,
  open: () => Promise<{ connect(): Promise<void>; close(): Promise<void> }>,
): Promise<Finding> {
  try {
    const service = await open();
    try {
      await service.connect();
    } finally {
      await service.close();
    }
    return { check, level: "ok", found, advice: null };
  } catch (thrown) {
    const error = asError(thrown);
    const what = error instanceof NotConnected ? "is away: " : "";
    return { check, level: "fail", found: `${what}${describe(error)}`, advice };
  }
}
