// A real MinIO: one disk, one user, plain HTTP. Knows no bucket.
import { join } from "node:path";
import { minioBinary } from "./places.ts";
import { freePort } from "./ports.ts";
import { launch, type Server, serverFolder } from "./server.ts";

export interface MinioServer extends Server {
  /** http://host:port */
  readonly endpoint: string;
  readonly host: string;
  readonly port: number;
  readonly accessKey: string;
  readonly secretKey: string;
}

const HOST = "127.0.0.1";
const ACCESS_KEY = "millrace";
const SECRET_KEY = "correct-horse";
const START_MS_MAX = 60_000;
const ASK_MS_MAX = 2_000;

export async function startMinio(): Promise<MinioServer> {
  const folder = serverFolder("minio");
  const [port, consolePort] = [await freePort(), await freePort()];
  const endpoint = `http://${HOST}:${port}`;
  const server = await launch({
    name: "MinIO",
    folder,
    command: minioBinary,
    args: [
      ...["server", "--address", `${HOST}:${port}`, "--console-address", `${HOST}:${consolePort}`],
      ...["--config-dir", join(folder, "config"), join(folder, "data")],
    ],
    env: {
      MINIO_ROOT_USER: ACCESS_KEY,
      MINIO_ROOT_PASSWORD: SECRET_KEY,
      MINIO_BROWSER: "off",
      MINIO_UPDATE: "off",
    },
    startMsMax: START_MS_MAX,
    answers: async () => {
      const answer = await fetch(`${endpoint}/minio/health/ready`, {
        signal: AbortSignal.timeout(ASK_MS_MAX),
      });
      await answer.arrayBuffer();
      if (!answer.ok) throw new Error(`MinIO is not ready: ${answer.status}`);
    },
  });
  return { ...server, endpoint, host: HOST, port, accessKey: ACCESS_KEY, secretKey: SECRET_KEY };
}
