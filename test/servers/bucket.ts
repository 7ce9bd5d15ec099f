// A bucket of its own on a suite's MinIO, and the options that lead to it.
import { Client } from "minio";
import { type StoreOptions, storeOptions } from "../../src/store/index.ts";
import type { MinioServer } from "../services/index.ts";

export const clientOf = (server: MinioServer): Client =>
  new Client({
    endPoint: server.host,
    port: server.port,
    useSSL: false,
    accessKey: server.accessKey,
    secretKey: server.secretKey,
    region: "us-east-1",
  });

export async function newBucket(
  server: MinioServer,
  name: string,
  over: Partial<StoreOptions["s3"]> = {},
): Promise<StoreOptions["s3"]> {
  await clientOf(server).makeBucket(name);
  const { endpoint, accessKey, secretKey } = server;
  return { ...storeOptions.parse({}).s3, ...over, endpoint, accessKey, secretKey, bucket: name };
}
